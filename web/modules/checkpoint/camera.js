// The camera looks for a QR code in the middle square, every 80 ms.
import { readCode } from "/modules/checkpoint/decode.js";

const EVERY_MS = 80;
const SIDE = 720;
const GONE_MS = 3000;
const WANTED = {
  audio: false,
  video: { facingMode: { ideal: "environment" }, width: { ideal: 1280 }, height: { ideal: 720 } },
};

export class Camera {
  constructor(video, found) {
    this.video = video;
    this.found = found;
    this.canvas = document.createElement("canvas");
    this.pen = this.canvas.getContext("2d", { willReadFrequently: true });
    this.last = { text: "", ms: 0 };
    this.stream = null;
  }

  // Raises what the browser says: NotAllowedError, NotFoundError, NotReadableError.
  async start() {
    if (!navigator.mediaDevices) throw new DOMException("", "InsecureError");
    this.stop();
    this.stream = await navigator.mediaDevices.getUserMedia(WANTED);
    this.video.srcObject = this.stream;
    await this.video.play();
    this.tick(this.stream);
  }

  stop() {
    for (const track of this.stream?.getTracks() ?? []) track.stop();
    this.stream = null;
  }

  get hasTorch() {
    return Boolean(this.stream?.getVideoTracks()[0]?.getCapabilities?.().torch);
  }

  async light(isOn) {
    await this.stream?.getVideoTracks()[0]?.applyConstraints({ advanced: [{ torch: isOn }] });
  }

  async tick(stream) {
    if (stream !== this.stream) return;
    const seenMs = performance.now();
    const text = this.video.videoWidth && !document.hidden ? await readCode(this.square()).catch(() => null) : null;
    if (text !== null && stream === this.stream) this.saw(text, seenMs);
    setTimeout(() => this.tick(stream), EVERY_MS);
  }

  // One code held still is one scan: it counts again once it was out of sight.
  saw(text, seenMs) {
    const isSame = text === this.last.text && seenMs - this.last.ms < GONE_MS;
    this.last = { text, ms: seenMs };
    if (!isSame) this.found(text, seenMs);
  }

  square() {
    const { videoWidth: width, videoHeight: height } = this.video;
    const side = Math.min(width, height);
    const size = Math.min(side, SIDE);
    this.canvas.width = size;
    this.canvas.height = size;
    this.pen.drawImage(this.video, (width - side) / 2, (height - side) / 2, side, side, 0, 0, size, size);
    return this.pen.getImageData(0, 0, size, size);
  }
}
