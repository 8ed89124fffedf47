// Photographs of applications: each look is on the record, and what was opened stays.
import { by } from "/modules/dom.js";

const opened = new Map();

export const openedOf = ({ hash }) => opened.get(hash);

// Opens one and brings it into view; one that is open already is enlarged.
export async function turnTo({ hash }, draw) {
  const before = opened.get(hash);
  if (before && !before.problem) return before.image && enlarge(hash);
  opened.set(hash, { isAsked: true });
  draw();
  opened.set(hash, await read(hash));
  draw();
  document.querySelector(`[data-paper="${hash}"]`)?.scrollIntoView({ block: "nearest" });
}

// The image itself is kept: drawn anew it would blink, and what is read would jump.
async function read(hash) {
  const answer = await fetch(`/v1/documents/${hash}`).catch(() => null);
  if (!answer?.ok) return { problem: "desk.paper_lost" };
  const blob = await answer.blob().catch(() => null);
  if (!blob) return { problem: "desk.paper_lost" };
  const url = URL.createObjectURL(blob);
  if (blob.type === "application/pdf") return { url };
  const image = Object.assign(new Image(), { src: url });
  await image.decode().catch(() => {});
  return { url, image };
}

export function enlarge(hash) {
  const { url, image } = opened.get(hash);
  Object.assign(by("big-image"), { src: url, alt: image.alt });
  by("big").dataset.paper = hash;
  by("big").showModal();
}

// Over an enlarged photograph its own key puts it back, another one takes its place.
export function instead(paper, draw) {
  const { dataset } = by("big");
  by("big").close();
  if (paper && paper.hash !== dataset.paper) turnTo(paper, draw);
}
