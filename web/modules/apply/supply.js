// What the desk asked for: told in a line and in photographs, and the desk clock goes on.
import { Gallery } from "/modules/apply/gallery.js";
import { sendAll } from "/modules/apply/photos.js";
import { ask } from "/modules/client.js";
import { by, made } from "/modules/dom.js";
import { explain } from "/modules/problems.js";
import { inChinese } from "/modules/texts.js";

export function openSupply(one, done) {
  const dialog = by("supply");
  const photos = [];
  by("supply-what").replaceChildren(...one.missing.map((what) => made("li", "", what)));
  by("supply-plate").textContent = one.plate;
  by("supply-note").value = "";
  by("supply-said").hidden = true;
  new Gallery(by("supply-photos"), photos, () => {});
  by("supply-send").onclick = async () => {
    by("supply-send").disabled = true;
    try {
      const documents = await sendAll(photos, () => {});
      const body = { note: by("supply-note").value.trim() || inChinese("apply.supplied") };
      if (documents.length) body.documents = documents;
      await ask(`/v1/passes/${encodeURIComponent(one.pass_id)}/information`, body);
      dialog.close();
      await done();
    } catch (error) {
      by("supply-said").hidden = false;
      by("supply-said").textContent = explain(error);
    }
    by("supply-send").disabled = false;
  };
  by("supply-close").onclick = () => dialog.close();
  dialog.showModal();
}
