// What the desk asked for: told in a line and in photographs, and the desk clock goes on.
import { Gallery } from "/modules/apply/gallery.js";
import { say } from "/modules/apply/notice.js";
import { sendAll } from "/modules/apply/photos.js";
import { ask } from "/modules/client.js";
import { by, made } from "/modules/dom.js";
import { explain } from "/modules/problems.js";
import { inChinese, saying } from "/modules/texts.js";

let shown = null;

export function openSupply(one, done) {
  const dialog = by("supply");
  const photos = [];
  const mine = {};
  shown = mine;
  by("supply-what").replaceChildren(...one.missing.map((what) => made("li", "", what)));
  by("supply-plate").textContent = one.plate;
  by("supply-note").value = "";
  by("supply-said").hidden = true;
  by("supply-send").disabled = false;
  new Gallery(by("supply-photos"), photos, () => {});
  by("supply-send").onclick = async () => {
    by("supply-send").disabled = true;
    try {
      await supply(one, by("supply-note").value.trim(), photos);
      if (shown === mine) dialog.close();
      await done();
    } catch (error) {
      if (!dialog.open || shown !== mine) return say(saying(one.plate, explain(error)));
      by("supply-said").hidden = false;
      by("supply-said").textContent = explain(error);
    }
    if (shown === mine) by("supply-send").disabled = false;
    return undefined;
  };
  by("supply-close").onclick = () => dialog.close();
  dialog.showModal();
}

// Photographs take their time: meanwhile the dialog may be about another application.
async function supply(one, note, photos) {
  const documents = await sendAll(photos, () => {});
  const body = { note: note || inChinese("apply.supplied") };
  if (documents.length) body.documents = documents;
  await ask(`/v1/passes/${encodeURIComponent(one.pass_id)}/information`, body);
}
