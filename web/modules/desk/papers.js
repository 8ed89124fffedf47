// The photographs beside the fields: opened one by one, each reading on the record.
import { made } from "/modules/dom.js";
import { text, word } from "/modules/texts.js";

export function drawPapers(request, acts) {
  const box = made("div", "papers");
  const found = request.documents ?? [];
  if (!found.length) box.append(made("p", "empty", text("desk.no_papers")));
  found.forEach((document, i) => box.append(paper(document, i, acts)));
  return box;
}

function paper(document, i, acts) {
  const figure = made("figure", "paper");
  const shown = acts.opened.get(document.hash);
  figure.append(made("figcaption", "", word("document", document.kind)));
  if (!shown) {
    const open = made("button", "veil", text("desk.open_paper", { key: i + 1 }), { type: "button" });
    open.addEventListener("click", () => acts.openPaper(document));
    figure.append(open);
  } else if (shown.problem) {
    figure.append(made("p", "bad", shown.problem));
  } else if (shown.type === "application/pdf") {
    figure.append(made("a", "button", "PDF", { href: shown.url, target: "_blank", rel: "noopener" }));
  } else {
    const image = made("img", "", "", { src: shown.url, alt: word("document", document.kind) });
    const zoom = made("button", "zoom", "", { type: "button", ariaLabel: text("desk.zoom") });
    zoom.append(image);
    zoom.addEventListener("click", () => acts.zoom(shown.url, image.alt));
    figure.append(zoom);
  }
  return figure;
}
