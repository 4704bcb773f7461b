/** A photo to search by, kept with the tab only: a reload finds it again, a shared address does not. */

const NAME = "dropped-";
/** What the eyes look at is hardly more; a tab may keep about five million letters. */
const LONGEST_SIDE = 1_400;
const QUALITY = 0.85;

/** Of a kind that the browser cannot draw, or too large to keep: for this page only. */
const held = new Map<string, Blob>();

export function isDropped(like: string): boolean {
  return like.startsWith(NAME);
}

/** Keeps the photo and gives it a name for the address. */
export async function keepDropped(file: File): Promise<string> {
  const name = `${NAME}${Date.now().toString(36)}`;
  const smaller = await drawn(file).catch(() => null);
  held.set(name, smaller ?? file);
  try {
    for (const old of Object.keys(sessionStorage)) if (isDropped(old)) sessionStorage.removeItem(old);
    if (smaller) sessionStorage.setItem(name, await letters(smaller));
  } catch {
    // A browser that keeps nothing forgets the photo with the page.
  }
  return name;
}

export async function droppedPhoto(name: string): Promise<Blob | null> {
  const photo = held.get(name);
  if (photo) return photo;
  const kept = sessionStorage.getItem(name);
  if (!kept) return null;
  const bytes = Uint8Array.from(atob(kept), (letter) => letter.charCodeAt(0));
  return new Blob([bytes], { type: "image/jpeg" });
}

async function drawn(file: File): Promise<Blob> {
  const whole = await createImageBitmap(file);
  const scale = Math.min(1, LONGEST_SIDE / Math.max(whole.width, whole.height));
  const canvas = document.createElement("canvas");
  canvas.width = Math.round(whole.width * scale);
  canvas.height = Math.round(whole.height * scale);
  canvas.getContext("2d")!.drawImage(whole, 0, 0, canvas.width, canvas.height);
  whole.close();
  return new Promise((resolve, reject) => {
    canvas.toBlob((blob) => (blob ? resolve(blob) : reject(new Error("not drawn"))), "image/jpeg", QUALITY);
  });
}

async function letters(blob: Blob): Promise<string> {
  const bytes = new Uint8Array(await blob.arrayBuffer());
  return btoa(Array.from(bytes, (byte) => String.fromCharCode(byte)).join(""));
}
