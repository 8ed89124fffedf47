// Photographs as evidence: made small on the device, sent with progress, sent again.

export const KINDS = ["driving_licence", "vehicle_licence", "crew_id", "application_form", "other"];
export const LONGEST_PX = 1600;
const MOST_BYTES = 80 << 20;
const MOST_PDF = 4 << 20;
const MAY_BE_PDF = ["application_form", "other"];
const QUALITIES = [0.82, 0.65, 0.45];
const ENOUGH_BYTES = 900 << 10;
const TRIES = 3;
const FRESH_MS = 20 * 3_600_000;

// A JPEG of at most 1600 px, whatever came in; throws {code} for what is no picture.
export async function shrink(file, kind) {
  if (file.size > MOST_BYTES) throw fault("photo_large");
  if (file.type === "application/pdf" && MAY_BE_PDF.includes(kind)) {
    if (file.size > MOST_PDF) throw fault("pdf_large");
    return file;
  }
  let picture;
  try {
    picture = await createImageBitmap(file);
  } catch {
    throw fault("photo_unreadable");
  }
  const scale = Math.min(1, LONGEST_PX / Math.max(picture.width, picture.height));
  const canvas = document.createElement("canvas");
  canvas.width = Math.max(1, Math.round(picture.width * scale));
  canvas.height = Math.max(1, Math.round(picture.height * scale));
  canvas.getContext("2d").drawImage(picture, 0, 0, canvas.width, canvas.height);
  picture.close();
  let blob;
  for (const quality of QUALITIES) {
    blob = await new Promise((done) => canvas.toBlob(done, "image/jpeg", quality));
    if (blob.size <= ENOUGH_BYTES) break;
  }
  return blob;
}

// Sends what has not arrived yet; `told` hears the progress of each from 0 to 1.
export async function sendAll(photos, told) {
  for (const photo of photos) {
    if (photo.is_kept || (photo.hash && Date.now() - photo.sent < FRESH_MS)) continue;
    await send(photo, told);
  }
  return photos.map(({ kind, hash }) => ({ kind, hash }));
}

export async function send(photo, told) {
  for (let tried = 1; ; tried += 1) {
    try {
      photo.progress = 0;
      photo.problem = "";
      const { hash } = await post(photo, told);
      Object.assign(photo, { hash, sent: Date.now(), progress: 1 });
      told();
      return;
    } catch (error) {
      const isFinal = error.status >= 400 && error.status < 500 && error.status !== 429;
      if (isFinal || tried >= TRIES) {
        photo.problem = error.code ?? "offline";
        told();
        throw error;
      }
      await new Promise((done) => setTimeout(done, 500 * 2 ** tried));
    }
  }
}

// XMLHttpRequest, for fetch says nothing of how much has gone up.
function post(photo, told) {
  return new Promise((done, failed) => {
    const request = new XMLHttpRequest();
    request.open("POST", "/v1/documents");
    request.setRequestHeader("Content-Type", photo.blob.type);
    request.setRequestHeader("X-Greenchannel", "1");
    request.responseType = "json";
    request.upload.onprogress = (event) => {
      if (event.lengthComputable) photo.progress = event.loaded / event.total;
      told();
    };
    request.onerror = () => failed(fault("offline"));
    request.onload = () => {
      const body = request.response ?? {};
      if (request.status < 300 && body.hash) return done(body);
      failed(Object.assign(fault(body.code ?? "failed"), { status: request.status, message: body.detail ?? "" }));
    };
    request.send(photo.blob);
  });
}

const fault = (code) => Object.assign(new Error(code), { code });
