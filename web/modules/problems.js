// Every problem in words: its own where this place has them, else those of all places.
import { text } from "/modules/texts.js";

const FAMILY = /-(?:not-found|exists)$/;

// `place` is a family of texts that says what a code means on one page. A code that has no
// words (from a node newer than this page) is a failure like any other; its bare code and
// the detail, which is English, are for the console.
export function explain({ code = "", message = "" }, place = "problem") {
  const family = FAMILY.exec(code);
  const keys = [`${place}.${code}`, `problem.${code}`, family && `problem.any${family[0]}`];
  for (const key of keys.filter(Boolean)) if (text(key) !== key) return text(key);
  console.warn("a problem without words", code, message);
  return text("problem.other");
}
