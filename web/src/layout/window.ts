/** Which rows are worth having in the page, and where the arrow keys lead. No DOM here. */

import type { Layout, Row } from "./justified.ts";

export interface Window {
  /** Rows `[first, end)`. */
  first: number;
  end: number;
}

/** The first row whose bottom is below `y`. */
export function rowAt(rows: Row[], y: number): number {
  let low = 0;
  let high = rows.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    const row = rows[middle]!;
    if (row.top + row.height < y) low = middle + 1;
    else high = middle;
  }
  return low;
}

/**
 * The rows that `[top, bottom)` shows, and as many around them as `budget` photos allow.
 *
 * A budget of photos and not a margin in pixels: a dense grid on a large screen shows many photos,
 * and each costs the same whether it is seen or not.
 */
export function windowOf({ rows }: Layout, top: number, bottom: number, budget: number): Window {
  let first = Math.min(rowAt(rows, top), Math.max(0, rows.length - 1));
  let end = first;
  let photos = 0;
  while (end < rows.length && (end === first || rows[end]!.top < bottom)) photos += rows[end++]!.count;
  for (let more = true; more; ) {
    more = false;
    const after = rows[end];
    if (after && photos + after.count <= budget && after.top < bottom + (bottom - top)) {
      photos += after.count;
      end++;
      more = true;
    }
    const before = rows[first - 1];
    if (before && photos + before.count <= budget && before.top > top - (bottom - top)) {
      photos += before.count;
      first--;
      more = true;
    }
  }
  return { first, end };
}

export type Step = "left" | "right" | "up" | "down" | "start" | "end";

/** The photo that an arrow key leads to from `photo`: up and down keep to the same column. */
export function neighbour(layout: Layout, photo: number, step: Step): number {
  const last = layout.left.length - 1;
  if (step === "left") return Math.max(0, photo - 1);
  if (step === "right") return Math.min(last, photo + 1);
  if (step === "start") return 0;
  if (step === "end") return last;
  const row = layout.rows[layout.row[photo]! + (step === "up" ? -1 : 1)];
  return row ? nearest(layout, row, layout.left[photo]! + layout.width[photo]! / 2) : photo;
}

function nearest(layout: Layout, row: Row, centre: number): number {
  let best = row.first;
  for (let photo = row.first; photo < row.first + row.count; photo++) {
    if (distance(layout, photo, centre) < distance(layout, best, centre)) best = photo;
  }
  return best;
}

function distance(layout: Layout, photo: number, centre: number): number {
  return Math.abs(layout.left[photo]! + layout.width[photo]! / 2 - centre);
}

/** The photos that a rectangle (grid coordinates) touches: what dragging a box selects. */
export function within(layout: Layout, x: [number, number], y: [number, number]): number[] {
  const [left, right] = [Math.min(...x), Math.max(...x)];
  const [top, bottom] = [Math.min(...y), Math.max(...y)];
  const touched: number[] = [];
  for (let at = rowAt(layout.rows, top); at < layout.rows.length; at++) {
    const row = layout.rows[at]!;
    if (row.top > bottom) break;
    for (let photo = row.first; photo < row.first + row.count; photo++) {
      if (layout.left[photo]! <= right && layout.left[photo]! + layout.width[photo]! >= left) touched.push(photo);
    }
  }
  return touched;
}
