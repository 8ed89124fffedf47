// Number plates: their shapes (GA 36), and how they are typed, also with gloves.
export const PROVINCES = [..."鲁京津沪渝冀豫云辽黑湘皖新苏浙赣鄂桂甘晋蒙陕吉闽贵粤青藏川宁琼"];
export const SIGNS = [..."1234567890ABCDEFGHJKLMNPQRSTUVWXYZ"];
export const LAST_SIGNS = [..."挂学警港澳领"];
export const LONGEST = 8;
const LETTER = "A-HJ-NP-Z";
const SHAPE = new RegExp(
  `^[${PROVINCES.join("")}][${LETTER}]` +
    `(?:[${LETTER}0-9]{4}[${LETTER}0-9${LAST_SIGNS.join("")}]|[A-HJK][${LETTER}0-9][0-9]{4}|[0-9]{5}[A-HJK])$`,
);

export const isPlate = (text) => SHAPE.test(text);
export const isNewEnergy = (text) => text.length === LONGEST;

export function plain(text) {
  return text.normalize("NFKC").replace(/[\s.·•・‧∙\-_]+/g, "").toUpperCase();
}

// The keys that may come next.
export function nextKeys(typed) {
  if (typed.length === 0) return PROVINCES;
  if (typed.length === 1) return SIGNS.filter((sign) => sign > "9");
  return typed.length === 6 ? [...SIGNS, ...LAST_SIGNS] : SIGNS;
}

export function spaced(plate) {
  return plate ? `${plate.slice(0, 2)}·${plate.slice(2)}` : "";
}
