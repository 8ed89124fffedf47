// The pass as one picture, for phones that show it without a network.
import { text } from "/modules/texts.js";

const WIDTH = 900;
const MARGIN = 50;
const QR = 640;
const LINE = 54;
const FONT = '"Noto Sans CJK SC", "PingFang SC", "Microsoft YaHei", sans-serif';
const PLATES = { blue: "#1c5fb8", yellow: "#f2b705", green: "#46b36b", black: "#111111" };

export async function drawPicture(pass, facts, code) {
  const qr = await loaded(pass.qr);
  const lines = facts.map(([name, value]) => [text(name), value]);
  const canvas = document.createElement("canvas");
  canvas.width = WIDTH;
  canvas.height = 330 + QR + 110 + lines.length * LINE + MARGIN;
  const pen = canvas.getContext("2d");
  pen.fillStyle = "#ffffff";
  pen.fillRect(0, 0, canvas.width, canvas.height);
  pen.fillStyle = "#1f7a3d";
  pen.fillRect(0, 0, WIDTH, 16);
  centred(pen, pass.issuer_name, 80, 36, "#1c241b");
  centred(pen, text("pass_page.title"), 145, 52, "#1f7a3d");
  plate(pen, pass, 235);
  pen.imageSmoothingEnabled = false;
  pen.drawImage(qr, (WIDTH - QR) / 2, 300, QR, QR);
  if (pass.short_code) centred(pen, `${text("pass_page.short_code")} ${code}`, 350 + QR + 20, 46, "#1c241b");
  lines.forEach(([name, value], at) => row(pen, name, value, 350 + QR + 90 + at * LINE));
  return canvas.toDataURL("image/png");
}

function plate(pen, pass, y) {
  const shown = [pass.plate, pass.trailer].filter(Boolean).join("  ");
  pen.font = `700 64px ${FONT}`;
  const width = pen.measureText(shown).width + 60;
  pen.fillStyle = PLATES[pass.plate_kind] ?? "#ffffff";
  pen.fillRect((WIDTH - width) / 2, y - 62, width, 84);
  const isDark = ["blue", "black"].includes(pass.plate_kind);
  centred(pen, shown, y, 64, isDark ? "#ffffff" : "#111111");
}

function centred(pen, words, y, size, colour) {
  pen.font = `700 ${size}px ${FONT}`;
  pen.fillStyle = colour;
  pen.textAlign = "center";
  pen.fillText(words, WIDTH / 2, y, WIDTH - 2 * MARGIN);
}

function row(pen, name, value, y) {
  pen.textAlign = "left";
  pen.font = `400 32px ${FONT}`;
  pen.fillStyle = "#5d6a5b";
  pen.fillText(name, MARGIN, y, 170);
  pen.fillStyle = "#1c241b";
  pen.fillText(value, MARGIN + 190, y, WIDTH - 2 * MARGIN - 190);
}

function loaded(source) {
  const image = new Image();
  image.src = source;
  return image.decode().then(() => image);
}
