// Every word that a page shows: Chinese first, English by a switch.
const KEPT = "greenchannel.language";
let words = {};

export const language = () => localStorage.getItem(KEPT) ?? "zh";

export async function loadTexts() {
  const answer = await fetch(`/texts/${language()}.json`);
  words = await answer.json();
  document.documentElement.lang = language() === "zh" ? "zh-CN" : "en";
  for (const element of document.querySelectorAll("[data-text]")) {
    element.textContent = text(element.dataset.text);
  }
  for (const element of document.querySelectorAll("[data-hint]")) {
    element.placeholder = text(element.dataset.hint);
  }
}

export function text(key, values = {}) {
  const found = words[key] ?? key;
  return found.replace(/\{(\w+)\}/g, (_, name) => values[name] ?? "");
}

// A word of the API (a state, a kind): its own text, or itself where there is none.
export const word = (group, value) => words[`${group}.${value}`] ?? value ?? "";

export function switchLanguage(redraw) {
  document.getElementById("language").addEventListener("click", async () => {
    localStorage.setItem(KEPT, language() === "zh" ? "en" : "zh");
    await loadTexts();
    redraw();
  });
}
