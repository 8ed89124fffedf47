// Photographs of one application: taken or chosen, small at once, with their progress.
import { button, made } from "/modules/dom.js";
import { KINDS, send, shrink } from "/modules/apply/photos.js";
import { explain } from "/modules/problems.js";
import { text, word } from "/modules/texts.js";

const shown = new WeakMap();

// A gallery whose place another one took is drawn no more; what it still sends, arrives.
export class Gallery {
  constructor(root, photos, changed) {
    Object.assign(this, { root, photos, changed });
    shown.set(root, this);
    this.draw();
  }

  draw() {
    if (shown.get(this.root) !== this) return;
    this.root.replaceChildren(...KINDS.map((kind) => this.slot(kind)));
  }

  slot(kind) {
    const box = made("div", "slot");
    box.dataset.kind = kind;
    const label = made("label", "button", word("document", kind));
    const input = made("input", "unseen", "", { type: "file", accept: "image/*,application/pdf", multiple: true });
    input.addEventListener("change", () => this.take(kind, [...input.files]));
    label.append(input);
    const said = made("p", "wrong", "");
    said.setAttribute("role", "alert");
    box.append(label, ...this.photos.filter((photo) => photo.kind === kind).map((photo) => this.shown(photo)), said);
    return box;
  }

  shown(photo) {
    const box = made("figure", "photo");
    if (photo.is_kept) box.append(made("span", "pdf", text("apply.photo_of_last")));
    else if (photo.blob.type.startsWith("image/")) {
      const image = made("img", "", "", { alt: word("document", photo.kind), src: URL.createObjectURL(photo.blob) });
      image.addEventListener("load", () => URL.revokeObjectURL(image.src));
      box.append(image);
    } else box.append(made("span", "pdf", "PDF"));
    const caption = made("figcaption", "", this.standing(photo));
    if (photo.problem) caption.append(button("apply.send_again", () => this.send(photo), "quiet"));
    caption.append(button("apply.remove_photo", () => this.remove(photo), "quiet"));
    if (!photo.is_kept) box.append(made("progress", "", "", { value: photo.progress ?? 0, ariaLabel: text("apply.sent") }));
    box.append(caption);
    return box;
  }

  standing(photo) {
    if (photo.is_kept) return "";
    if (photo.hash) return text("apply.photo_sent", { kb: Math.ceil(photo.blob.size / 1024) });
    if (photo.problem) return explain({ code: photo.problem });
    return text("apply.photo_kept", { kb: Math.ceil(photo.blob.size / 1024) });
  }

  async take(kind, files) {
    for (const file of files) {
      try {
        const photo = { kind, blob: await shrink(file, kind), progress: 0 };
        this.photos.push(photo);
        this.draw();
        this.changed();
        this.send(photo);
      } catch (error) {
        this.root.querySelector(`[data-kind=${kind}] .wrong`).textContent = explain(error);
      }
    }
  }

  async send(photo) {
    await send(photo, () => this.progress(photo)).catch(() => {});
    this.draw();
    this.changed();
  }

  progress(photo) {
    const at = this.photos.filter((other) => other.kind === photo.kind).indexOf(photo);
    const bars = this.root.querySelectorAll(`[data-kind=${photo.kind}] progress`);
    if (bars[at]) bars[at].value = photo.progress;
  }

  remove(photo) {
    this.photos.splice(this.photos.indexOf(photo), 1);
    this.draw();
    this.changed();
  }
}
