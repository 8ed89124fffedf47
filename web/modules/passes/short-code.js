// The eight characters of a paper pass, as people type them; the last one checks.
export const ALPHABET = "23456789ABCDEFGHJKMNPQRSTVWXY";
export const LENGTH = 8;

export const normaliseCode = (text) => text.normalize("NFKC").toUpperCase().replace(/[\s-]/g, "");

export function isShortCode(text) {
  const values = [...normaliseCode(text)].map((character) => ALPHABET.indexOf(character));
  if (values.length !== LENGTH || values.includes(-1)) return false;
  const check = values.pop();
  return values.reduce((sum, value, place) => sum + value * (place + 1), 0) % ALPHABET.length === check;
}
