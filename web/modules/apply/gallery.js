// Photographs of one application: taken or chosen, small at once, with their progress.
import { button, made } from "/modules/dom.js";
import { KINDS, send, shrink } from "/modules/apply/photos.js";
import { explain } from "/modules/problems.js";
import { box, part, redraw } from "/modules/redraw.js";
import { text, word } from "/modules/texts.js";

const shown = new WeakMap();
const names = new WeakMap();
let named = 0;

function nameOf(photo) {
  if (!names.has(photo)) names.set(photo, (named += 1));
  return names.get(photo);
}

// A gallery whose place another one took is drawn no more; what it still sends, arrives.
export class Gallery {
  constructor(root, photos, changed) {
    Object.assign(this, { root, photos, changed, said: {} });
    shown.set(root, this);
    this.draw();
  }

  draw() {
    if (shown.get(this.root) !== this) return;
    redraw(this.root, KINDS.map((kind) => this.slot(kind)));
  }

  slot(kind) {
    const slot = made("div", "slot");
    slot.dataset.kind = kind;
    const own = this.photos.filter((photo) => photo.kind === kind);
    return box(kind, slot, [
      part("choose", [nameOf(this.photos), kind], () => this.chooser(kind)),
      ...own.map((photo) => part(nameOf(photo), [photo.hash, photo.problem], () => this.shown(photo))),
      part("said", this.said[kind], () => made("p", "wrong", this.said[kind], { role: "alert" })),
    ]);
  }

  chooser(kind) {
    const label = made("label", "button", word("document", kind));
    const input = made("input", "unseen", "", { type: "file", accept: "image/*,application/pdf", multiple: true });
    input.addEventListener("change", () => this.take(kind, [...input.files]));
    label.append(input);
    return label;
  }

  shown(photo) {
    const figure = made("figure", "photo");
    if (photo.is_kept) figure.append(made("span", "pdf", text("apply.photo_of_last")));
    else if (photo.blob.type.startsWith("image/")) {
      const image = made("img", "", "", { alt: word("document", photo.kind), src: URL.createObjectURL(photo.blob) });
      image.addEventListener("load", () => URL.revokeObjectURL(image.src));
      figure.append(image);
    } else figure.append(made("span", "pdf", "PDF"));
    const caption = made("figcaption", "", this.standing(photo));
    if (photo.problem) caption.append(button("apply.send_again", () => this.send(photo), "quiet"));
    caption.append(button("apply.remove_photo", () => this.remove(photo), "quiet"));
    if (!photo.is_kept) figure.append(made("progress", "", "", { value: photo.progress ?? 0, ariaLabel: text("apply.sent") }));
    figure.append(caption);
    return figure;
  }

  standing(photo) {
    if (photo.is_kept) return "";
    if (photo.hash) return text("apply.photo_sent", { kb: Math.ceil(photo.blob.size / 1024) });
    if (photo.problem) return explain({ code: photo.problem });
    return text("apply.photo_kept", { kb: Math.ceil(photo.blob.size / 1024) });
  }

  async take(kind, files) {
    this.said[kind] = "";
    for (const file of files) {
      try {
        const photo = { kind, blob: await shrink(file, kind), progress: 0 };
        this.photos.push(photo);
        this.draw();
        this.changed();
        this.send(photo);
      } catch (error) {
        this.said[kind] = explain(error);
        this.draw();
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
