/** What an address says: which photos, how they are shown, and which one is open. */

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
  /** "1": photos that look the same, instead of all. */
  "twins",
  /** All photos from this day on, back in time. */
  "until",
  /** Size of the photos in the grid. */
  "size",
  /** "1": the maps and pickers are open. */
  "refine",
  /** The photo that is open. */
  "photo",
  /** The techniques that are drawn over it, with commas between; empty means those that it was found by. */
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
/** How sure a match must be where the address does not say it. */
export const USUAL_STRICTNESS = 50;
/** What belongs to one question, and is over with it. */
export const OF_ONE_QUESTION = { weaker: "", like: "", by: "", until: "", twins: "" };
/** What changes how photos are shown, and not which. */
export const LOOKS = { size: "", refine: "", photo: "", draw: "" };

export function read(search: string): Place {
  const pairs = new URLSearchParams(search);
  const said = (name: keyof Place) => {
    // Composed, as the gateway counts the characters of a query.
    const value = pairs.get(name)?.trim().normalize() ?? "";
    return FORMS[name]?.test(value) === false ? "" : value;
  };
  return Object.fromEntries(NAMES.map((name) => [name, said(name)])) as Place;
}

/** How sure a match must be, where that is other than usual; else nothing. */
export function ownStrictness({ q, like, strictness }: Place): string {
  return (q || like) && strictness && Number(strictness) !== USUAL_STRICTNESS ? strictness : "";
}

export function written(place: Place): string {
  const pairs = new URLSearchParams();
  for (const name of NAMES) if (place[name]) pairs.set(name, place[name]);
  const text = pairs.toString();
  return text ? `/?${text}` : "/";
}

/** Where a change leads to: another question has another cut, no question has no strictness, and over no photo nothing is drawn. */
export function moved(from: Place, change: Partial<Place>): Place {
  const other = (name: keyof Place) => change[name] !== undefined && change[name] !== from[name];
  const over = other("q") ? OF_ONE_QUESTION : other("like") || other("by") ? { weaker: "" } : {};
  const place = { ...from, ...over, ...change };
  const sort = place.q || (place.sort === "oldest" && !place.like && !place.until) ? place.sort : "";
  return { ...place, sort, ...(place.q ? {} : { strictness: "" }), ...(place.photo ? {} : { draw: "" }) };
}
