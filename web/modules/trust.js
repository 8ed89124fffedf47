// How a phone comes to trust the county's certificate: the file, and what to compare.
import { ask, stateOf } from "/modules/client.js";
import { by } from "/modules/dom.js";
import { loadTexts, switchLanguage, text } from "/modules/texts.js";

async function compare() {
  by("fingerprint").textContent = text("loading");
  const answer = await ask("/trust/fingerprint").catch((error) => error);
  by("none").hidden = answer.status !== 404;
  by("file").hidden = by("steps").hidden = answer.status === 404;
  by("fingerprint").textContent = answer.sha256 ?? text(`state.${stateOf(answer)}`);
}

await loadTexts();
switchLanguage(compare);
await compare();
