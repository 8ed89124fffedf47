// QR codes out of pictures, by zxing compiled to WebAssembly from this very host.
const WASM = "/dist/zxing-wasm/zxing_reader.wasm";
const OPTIONS = { formats: ["QRCode"], tryHarder: true, maxNumberOfSymbols: 1 };
const MOST_PIXELS = 2048;
const reader = globalThis.ZXingWASM;

// Settled once the reader is here, or will not come.
export const ready = Promise.resolve(reader?.prepareZXingModule({
  overrides: { locateFile: (name, folder) => (name.endsWith(".wasm") ? WASM : folder + name) },
  fireImmediately: true,
})).catch(() => {});

export async function readCode(image) {
  const [found] = await reader.readBarcodes(image, OPTIONS);
  return found?.text ?? null;
}

// A photo, scaled to what a code needs; raises where the file is no picture.
export async function readPhoto(file) {
  const picture = await createImageBitmap(file);
  const scale = Math.min(1, MOST_PIXELS / Math.max(picture.width, picture.height));
  const canvas = document.createElement("canvas");
  canvas.width = Math.round(picture.width * scale);
  canvas.height = Math.round(picture.height * scale);
  const pen = canvas.getContext("2d");
  pen.drawImage(picture, 0, 0, canvas.width, canvas.height);
  picture.close();
  return readCode(pen.getImageData(0, 0, canvas.width, canvas.height));
}
