/** Remembers which photo is at the top of the screen, across new rows, views and reloads. */

import type { Layout } from "../layout/justified.ts";
import { rowAt } from "../layout/window.ts";
import { LOOKS, written, type Place } from "../state/place.ts";
import { route } from "../state/route.svelte.ts";

interface Kept {
  id: string;
  /** From the photo's top to the top of the screen. */
  offset: number;
  /** How many photos were loaded down to it. */
  count: number;
}

const places = new Map<string, Kept | null>();

function keyOf(place: Place): string {
  return written({ ...place, ...LOOKS });
}

/** Notes what is at `y` of the grid; null at the very top, where new photos should come into view. */
export function keepPlace(layout: Layout, photos: readonly { id: string }[], y: number): void {
  if (layout.rows.length === 0) return;
  const row = layout.rows[rowAt(layout.rows, y)];
  const photo = row && photos[row.first];
  const kept = photo && y > 0 ? { id: photo.id, offset: y - row.top, count: row.first + row.count } : null;
  const key = keyOf(route.place);
  places.set(key, kept);
}

/** Written when the page goes, not while it scrolls: a reload comes back to the same photo. */
window.addEventListener("pagehide", () => {
  try {
    for (const [key, kept] of places) {
      if (kept) sessionStorage.setItem(`place ${key}`, JSON.stringify(kept));
      else sessionStorage.removeItem(`place ${key}`);
    }
  } catch {
    // A browser that keeps nothing only forgets the place.
  }
});

/** Where the grid should be scrolled to, or null where there is nothing to remember. */
export function remembered(layout: Layout, photos: readonly { id: string }[], place: Place): number | null {
  const kept = placeOf(place);
  if (!kept) return null;
  const index = photos.findIndex((photo) => photo.id === kept.id);
  const row = layout.rows[layout.row[index] ?? -1];
  return row ? row.top + kept.offset : null;
}

/** How many photos must be loaded to come back to where a view was left. */
export function countNeeded(place: Place): number {
  return placeOf(place)?.count ?? 0;
}

/** A view that is asked for anew begins at its top. */
export function forgetPlace(place: Place): void {
  places.set(keyOf(place), null);
}

function placeOf(place: Place): Kept | null {
  const key = keyOf(place);
  const kept = places.get(key);
  if (kept !== undefined) return kept;
  try {
    return JSON.parse(sessionStorage.getItem(`place ${key}`) ?? "null") as Kept | null;
  } catch {
    return null;
  }
}
