/** In which order a photo's labels are told: what is in it, then its light and colour, then its form; and its guesses. */

import type { Guess, PhotoDetail, PhotoTag } from "../api/types.ts";

/** What measures only pixels knows light and colour; what the camera wrote knows form and time. */
const MEASURED = ["pixels-", "exif-"];

function rank(tag: PhotoTag): number {
  return MEASURED.findIndex((model) => tag.model.startsWith(model));
}

export function ordered(tags: readonly PhotoTag[]): PhotoTag[] {
  return [...tags].sort((a, b) => rank(a) - rank(b) || b.confidence - a.confidence);
}

/** Less likely is mostly wrong, and more at once is work. */
const LIKELY = 0.3;
const MOST = 6;

/** The likeliest guesses, without words that the photo has as a tag of another kind. */
export function worthAsking({ guesses, tags }: Pick<PhotoDetail, "guesses" | "tags">): Guess[] {
  const said = new Set(tags.map((tag) => tag.text));
  // A search that is older than this page tells none.
  return (guesses ?? []).filter(({ text, confidence }) => confidence >= LIKELY && !said.has(text)).slice(0, MOST);
}
