// The photographs beside the fields: opened one by one, each reading on the record.
import { made } from "/modules/dom.js";
import { enlarge, openedOf } from "/modules/desk/photos.js";
import { part, plain } from "/modules/redraw.js";
import { text, word } from "/modules/texts.js";

export function papersOf({ documents = [] }, acts) {
  if (!documents.length) return [plain("none", made("p", "empty", text("desk.no_papers")))];
  return documents.map((document, i) => part(document.hash, [document.kind, i, openedOf(document)], () => paper(document, i, acts)));
}

function paper(document, i, acts) {
  const figure = made("figure", "paper");
  figure.dataset.paper = document.hash;
  const caption = made("figcaption", "", `${word("document", document.kind)} `);
  caption.append(made("kbd", "", String(i + 1)));
  figure.append(caption, ...inside(document, i, acts));
  return figure;
}

function inside(document, i, acts) {
  const shown = openedOf(document);
  if (shown?.image) return [photograph(shown.image, document)];
  if (shown?.url) return [made("a", "button", "PDF", { href: shown.url, target: "_blank", rel: "noopener" })];
  const said = text(shown?.isAsked ? "loading" : "desk.open_paper");
  const open = made("button", "veil", said, { type: "button" });
  open.dataset.act = "paper";
  open.addEventListener("click", () => acts.paper(i));
  return shown?.problem ? [made("p", "bad", text(shown.problem)), open] : [open];
}

function photograph(image, document) {
  const zoom = made("button", "zoom", "", { type: "button", ariaLabel: text("desk.zoom") });
  image.alt = word("document", document.kind);
  zoom.dataset.act = "paper";
  zoom.append(image);
  zoom.addEventListener("click", () => enlarge(document.hash));
  return zoom;
}
