// Every word that a page shows: Chinese first, English by a switch.
const KEPT = "greenchannel.language";
// The only words outside of web/texts: what to say when those did not come.
const LOST = { "zh-CN": "页面文字没有载入。请检查网络，再试一次。", en: "The words of this page did not load. Check the network, then try again." };
const AGAIN = "重试 · Retry";
let words = {};
let chinese = null;

export const language = () => localStorage.getItem(KEPT) ?? "zh";

export async function loadTexts() {
  words = await readWords();
  document.documentElement.lang = language() === "zh" ? "zh-CN" : "en";
  for (const element of document.querySelectorAll("[data-text]")) {
    element.textContent = text(element.dataset.text);
  }
  for (const element of document.querySelectorAll("[data-hint]")) {
    element.placeholder = text(element.dataset.hint);
  }
}

// Asked for until they are there: without its words a page is empty buttons.
async function readWords() {
  for (;;) {
    const answer = await fetch(`/texts/${language()}.json`).catch(() => null);
    const found = answer?.ok && (await answer.json().catch(() => null));
    if (found) return found;
    await untilAgain();
  }
}

// Says so in both languages, until somebody taps or the network is back.
function untilAgain() {
  const box = document.createElement("section");
  const again = Object.assign(document.createElement("button"), { type: "button", textContent: AGAIN });
  const lines = Object.entries(LOST).map(([lang, said]) => Object.assign(document.createElement("p"), { lang, textContent: said }));
  box.className = `notice lost-words ${Object.keys(words).length ? "" : "alone"}`;
  box.setAttribute("role", "alert");
  box.append(...lines, again);
  document.body.prepend(box);
  document.title ||= AGAIN;
  return new Promise((resolve) => {
    again.addEventListener("click", resolve);
    addEventListener("online", resolve, { once: true });
  }).then(() => box.remove());
}

export function text(key, values = {}) {
  const found = words[key] ?? key;
  return found.replace(/\{(\w+)\}/g, (_, name) => values[name] ?? "");
}

// A word of the API (a state, a kind): its own text, or itself where there is none.
export const word = (group, value) => words[`${group}.${value}`] ?? value ?? "";

// What goes on record or on paper is in Chinese, whatever language its writer reads.
export async function loadChinese() {
  if (language() === "zh") chinese = words;
  else if (!chinese) chinese = await fetch("/texts/zh.json").then((answer) => answer.json()).catch(() => null);
}

export const inChinese = (key) => chinese?.[key] ?? text(key);

// Of one thing said about another, and of several in a row.
export const saying = (name, what) => text("says", { name, what });
export const listing = (all) => all.join(text("and"));

export function switchLanguage(redraw) {
  document.getElementById("language").addEventListener("click", async () => {
    localStorage.setItem(KEPT, language() === "zh" ? "en" : "zh");
    await loadTexts();
    redraw();
  });
}
