/** Puts parts into a query and takes them out, so that what is left can still be read. Pure. */

import type { Chip } from "../api/types.ts";

/** The fields that facets are asked for by, where they have another name. */
const FIELDS: Record<string, string> = { composition: "technique", colour: "color" };
const DENIED = /(?:[-!]|\b(?:not|no|without|except)\s+|w\/o\s+)$/i;
const JOINING = String.raw`(?:or|and|\|+|&+)`;
const VALUE = /"[^"]*"|“[^”“]*”|[^\s()"“”<>=,]+/g;
/** `name:a,b` and what it is compared with. */
const LIST = new RegExp(`^([a-z][a-z_-]*:\\s*)((?:${VALUE.source})(?:\\s*,\\s*(?:${VALUE.source}))+)(.*)$`, "i");
const QUOTED = /"[^"]*"|“[^”“]*”/g;

/** What a facet adds to the query: of the matches, those that are called just so. */
export function narrowing(kind: string, name: string): string {
  const plain = /^[^\s()"“”<>=,]+$/.test(name);
  const said = plain ? name : name.includes('"') ? `“${name}”` : `"${name}"`;
  return `${FIELDS[kind] ?? kind}:=${said}`;
}

/** The query without its characters `[start, end)`, counted as Python does. */
export function without(query: string, start: number, end: number): string {
  const letters = [...query];
  // The sign of a part that must not be there goes with it.
  const before = letters.slice(0, start).join("").replace(DENIED, "");
  return tidied(`${before} ${letters.slice(end).join("")}`);
}

type Placed = Pick<Chip, "start" | "end" | "meaning">;

/** The query without what this chip of it says: of a list (`label:cat,dog`) its value only. */
export function withoutChip(query: string, chips: readonly Placed[], chip: Placed): string {
  const beside = chips.filter(({ start, end }) => start === chip.start && end === chip.end);
  const letters = [...query];
  const list = listWithout(letters.slice(chip.start, chip.end).join(""), beside, beside.indexOf(chip));
  if (list === null) return without(query, chip.start, chip.end);
  return [...letters.slice(0, chip.start), list, ...letters.slice(chip.end)].join("");
}

/** A field without one of its values; null when it has no other. */
function listWithout(field: string, meant: readonly Placed[], place: number): string | null {
  const [, name, list, rest] = LIST.exec(field) ?? [];
  if (list === undefined || meant.length < 2) return null;
  const values = list.match(VALUE) ?? [];
  const others = meant.filter((_, index) => index !== place).map(({ meaning }) => meaning.toLowerCase());
  // Values that mean the same are one chip.
  const left = values.filter((value, index) =>
    values.length === meant.length ? index !== place : others.includes(value.replace(/["“”]/g, "").toLowerCase()),
  );
  return left.length ? `${name}${left.join(",")}${rest}` : null;
}

/** Where a part stands for whoever counts as browsers do. */
export function placeOf(query: string, start: number, end: number): [number, number] {
  const letters = [...query];
  const length = (until: number) => letters.slice(0, until).join("").length;
  return [length(start), length(end)];
}

/** Nothing is left in parentheses, beside an "or", or to be denied, where a part was taken out. */
function tidied(query: string): string {
  const quotes: string[] = [];
  let text = query.replace(QUOTED, (quote) => `\u0000${quotes.push(quote) - 1}\u0000`);
  for (let before = ""; before !== text; ) {
    before = text;
    text = text
      .replace(/(?:[-!]|\b(?:not|no|without|except)\s+|w\/o\s+)?\(\s*\)/gi, " ")
      .replace(new RegExp(`(^|\\()\\s*${JOINING}(?=\\s|$)`, "gi"), "$1")
      .replace(new RegExp(`(?<=\\s|^)${JOINING}\\s*(\\)|$)`, "gi"), "$1")
      .replace(new RegExp(`(?<=\\s)(${JOINING})(?:\\s+${JOINING})+(?=\\s)`, "gi"), "$1")
      .replace(/\s+/g, " ")
      .replace(/\( /g, "(")
      .replace(/ \)/g, ")")
      .trim();
  }
  return text.replace(/\u0000(\d+)\u0000/g, (_, place: string) => quotes[Number(place)]!);
}
