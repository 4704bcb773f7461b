/** Which of a photo's copies is sharp enough for a place on the screen. Pure arithmetic. */

/** Longest side of the `thumb` copy. */
const THUMB_SIDE = 400;
/** A thumb stretched this much still looks right in a grid; beyond it, it looks soft. */
const STRETCH = 2.2;

export function sourceFor(photo: { thumb: string; display: string }, width: number, height: number, density: number): string {
  return Math.max(width, height) * density > THUMB_SIDE * STRETCH ? photo.display : photo.thumb;
}
