// How a phone comes to trust the county's certificate: the file, and what to compare.
import { loadTexts, switchLanguage } from "/modules/texts.js";

const by = (id) => document.getElementById(id);

async function compare() {
  const answer = await fetch("/trust/fingerprint").catch(() => null);
  by("none").hidden = answer?.status !== 404;
  by("file").hidden = answer?.status === 404;
  by("steps").hidden = answer?.status === 404;
  if (answer?.ok) by("fingerprint").textContent = (await answer.json()).sha256;
}

await loadTexts();
switchLanguage(() => {});
await compare();
