/** Makes large photos smaller before they are sent, in a worker; what cannot be is sent as it is. */

/** Smaller files are sent faster than they are shrunk. */
const LARGE_BYTES = 1_500_000;
/** A photo of 50 megapixels on a slow phone; beyond it, sending it whole is quicker. */
const PATIENCE_MS = 30_000;

let worker: Worker | null = null;
let count = 0;
const waiting = new Map<number, (blob: Blob | null) => void>();

/** The photo to send: the file itself unless a smaller copy does as well. */
export async function shrink(file: File): Promise<File> {
  if (!worthTrying(file)) return file;
  const blob = await ask(file).catch(() => null);
  return blob ? new File([blob], file.name, { type: blob.type, lastModified: file.lastModified }) : file;
}

function worthTrying(file: File): boolean {
  const jpeg = file.type === "image/jpeg" || /\.jpe?g$/i.test(file.name);
  return jpeg && file.size > LARGE_BYTES && "OffscreenCanvas" in globalThis && "Worker" in globalThis;
}

function ask(file: File): Promise<Blob | null> {
  const number = ++count;
  return new Promise((resolve) => {
    const timer = window.setTimeout(() => answer(number, null), PATIENCE_MS);
    waiting.set(number, (blob) => {
      window.clearTimeout(timer);
      resolve(blob);
    });
    (worker ??= hired()).postMessage({ number, file });
  });
}

function hired(): Worker {
  const fresh = new Worker(new URL("./shrink.worker.ts", import.meta.url), { type: "module" });
  fresh.onmessage = ({ data }: MessageEvent<{ number: number; blob: Blob | null }>) => answer(data.number, data.blob);
  // One that cannot start, or runs out of memory, leaves every photo as it is.
  fresh.onerror = () => {
    fresh.terminate();
    worker = null;
    for (const number of [...waiting.keys()]) answer(number, null);
  };
  return fresh;
}

function answer(number: number, blob: Blob | null): void {
  waiting.get(number)?.(blob);
  waiting.delete(number);
}
