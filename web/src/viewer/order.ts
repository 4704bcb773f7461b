/** In which order a photo's labels are told: what is in it, then its light and colour, then its form. */

import type { PhotoTag } from "../api/types.ts";

/** What measures only pixels knows light and colour; what the camera wrote knows form and time. */
const MEASURED = ["pixels-", "exif-"];

function rank(tag: PhotoTag): number {
  return MEASURED.findIndex((model) => tag.model.startsWith(model));
}

export function ordered(tags: readonly PhotoTag[]): PhotoTag[] {
  return [...tags].sort((a, b) => rank(a) - rank(b) || b.confidence - a.confidence);
}
