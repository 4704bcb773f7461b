/** The blurred picture that stands where a photo will be. */

import { thumbHashToDataURL } from "thumbhash";

const made = new Map<string, string>();
/** A screen shows about a hundred; more are kept for scrolling back and forth. */
const KEPT = 2_000;

/** A CSS `background-image`, or "none" where the hash cannot be read. */
export function placeholderOf(hash: string): string {
  let image = made.get(hash);
  if (image === undefined) {
    image = paint(hash);
    if (made.size >= KEPT) made.delete(made.keys().next().value!);
    made.set(hash, image);
  }
  return image;
}

function paint(hash: string): string {
  try {
    const bytes = Uint8Array.from(atob(hash), (letter) => letter.charCodeAt(0));
    return bytes.length < 5 ? "none" : `url("${thumbHashToDataURL(bytes)}")`;
  } catch {
    return "none";
  }
}
