/** Off the main thread: a large JPEG as a smaller one. */

import { headerOf, upright, withSegments } from "./jpeg.ts";

/** Tags and the display copy are made from 2,000 pixels: more than that is for zooming. */
const LONGEST_SIDE = 2_880;
/** High enough that a second encoding is not seen, at two thirds of what a camera writes. */
const QUALITY = 0.88;
/** What it must save at least, to be worth not being the original. */
const WORTH = 0.75;

/** Null: better sent as it is. */
async function shrunk(file: File): Promise<Blob | null> {
  const header = headerOf(new Uint8Array(await file.arrayBuffer()));
  if (!header || Math.max(header.width, header.height) <= LONGEST_SIDE) return null;
  const whole = await createImageBitmap(file, { imageOrientation: "from-image" });
  const scale = LONGEST_SIDE / Math.max(whole.width, whole.height);
  const canvas = new OffscreenCanvas(Math.round(whole.width * scale), Math.round(whole.height * scale));
  const pen = canvas.getContext("2d", { alpha: false });
  if (!pen) return null;
  pen.imageSmoothingQuality = "high";
  pen.drawImage(whole, 0, 0, canvas.width, canvas.height);
  whole.close();
  const pixels = new Uint8Array(await (await canvas.convertToBlob({ type: "image/jpeg", quality: QUALITY })).arrayBuffer());
  const made = withSegments(pixels, header.segments.map(upright));
  return made.length < file.size * WORTH ? new Blob([made], { type: "image/jpeg" }) : null;
}

self.onmessage = ({ data: { number, file } }: MessageEvent<{ number: number; file: File }>) => {
  void shrunk(file)
    .catch(() => null)
    .then((blob) => self.postMessage({ number, blob }));
};
