/** The address is the state: what is shown can be reloaded, shared, and left with the back button. */

import { taste } from "./taste.svelte.ts";

const NAMES = [
  "q",
  /** Only photos of this status; empty means all. */
  "status",
  /** "1": also the matches below the cut. */
  "weaker",
  /** How sure a match must be, 0 to 100; empty means as the gallery thinks right. */
  "strictness",
  /** "newest" or "oldest"; empty means the best match first, and of all photos the newest. */
  "sort",
  /** Photos like this one, of the gallery or dropped on the search box. */
  "like",
  /** What they are alike in. */
  "by",
  /** All photos from this day on, back in time. */
  "until",
  /** Size of the photos in the grid. */
  "size",
  /** "1": the maps and pickers are open. */
  "refine",
  /** The photo that is open. */
  "photo",
  /** The techniques that are drawn over it, with commas between. */
  "draw",
] as const;

export type Place = Record<(typeof NAMES)[number], string>;

/** What these say must look so; anything else is as if it were not said. */
const FORMS: Partial<Record<keyof Place, RegExp>> = {
  strictness: /^(100|\d{1,2})$/,
  sort: /^(newest|oldest)$/,
  by: /^(meaning|composition|mood|colour)$/,
  until: /^\d{4}-\d\d-\d\d$/,
  size: /^[0-4]$/,
};
/** What belongs to one question, and is over with it. */
const OF_ONE_QUESTION = { weaker: "", like: "", by: "", until: "" };
/** What changes how photos are shown, and not which. */
export const LOOKS = { size: "", refine: "", photo: "", draw: "" };

export function read(search: string): Place {
  const pairs = new URLSearchParams(search);
  const said = (name: keyof Place) => {
    const value = pairs.get(name)?.trim() ?? "";
    return FORMS[name]?.test(value) === false ? "" : value;
  };
  return Object.fromEntries(NAMES.map((name) => [name, said(name)])) as Place;
}

export function written(place: Place): string {
  const pairs = new URLSearchParams();
  for (const name of NAMES) if (place[name]) pairs.set(name, place[name]);
  const text = pairs.toString();
  return text ? `/?${text}` : "/";
}

/** Where a change leads to: another question has another cut, no question has no strictness, and over no photo nothing is drawn. */
export function moved(from: Place, change: Partial<Place>): Place {
  const asked = change.q !== undefined && change.q !== from.q;
  const place = { ...from, ...(asked ? OF_ONE_QUESTION : {}), ...change };
  const sort = place.q || (place.sort === "oldest" && !place.like && !place.until) ? place.sort : "";
  return { ...place, sort, ...(place.q ? {} : { strictness: "" }), ...(place.photo ? {} : { draw: "" }) };
}

class Route {
  /** What the address says, or else what the person likes on this device. */
  get size(): number {
    return this.place.size ? Number(this.place.size) : taste.density;
  }

  place = $state.raw<Place>(read(location.search));

  /** A new place begins at its top; one come back to is as it was left. */
  fresh = false;

  constructor() {
    history.scrollRestoration = "manual";
    window.addEventListener("popstate", () => {
      this.fresh = false;
      this.place = read(location.search);
    });
  }

  /** Goes on to another place; `replace` leaves no step for the back button. */
  go(change: Partial<Place>, { replace = false } = {}): void {
    const place = moved(this.place, change);
    if (written(place) === written(this.place)) return;
    if (replace) history.replaceState(history.state, "", written(place));
    else history.pushState({ from: written(this.place) }, "", written(place));
    this.fresh = true;
    this.place = place;
  }

  /** Everything, newest first. */
  home(): void {
    this.go({ q: "", status: "", photo: "", ...OF_ONE_QUESTION });
  }

  setSize(size: number): void {
    taste.setDensity(size);
    this.go({ size: String(taste.density) }, { replace: true });
  }

  open(photo: string): void {
    // From photo to photo, back should leave the viewer and not walk through all of them.
    this.go({ photo }, { replace: this.place.photo !== "" });
  }

  /** Closes the photo: back to the grid it was opened from, if it was. */
  close(): void {
    const closed = this.link({ photo: "" });
    const state = history.state as { from?: string } | null;
    if (state?.from === closed) history.back();
    else this.go({ photo: "" }, { replace: true });
  }

  link(change: Partial<Place>): string {
    return written(moved(this.place, change));
  }
}

export const route = new Route();
