/** Says in plain words what was understood of a query. Pure. */

import type { Chip } from "../api/types.ts";
import { texts } from "../texts.ts";
import { pointOf } from "./fields.ts";
import { nearestMood } from "./moods.ts";

const FIELD = /^[a-z]+:(.*)$/i;

/** One part of the query, without the signs that only the search reads. */
export function toldOf(chip: Pick<Chip, "text" | "meaning" | "negated">): string {
  const said = chip.negated ? texts.search.not : "";
  const value = FIELD.exec(chip.text)?.[1];
  if (value !== undefined) return said + valueOf(value, chip.meaning);
  const [text, meaning] = [chip.text.toLowerCase(), chip.meaning.toLowerCase()];
  if (!meaning || meaning === text) return said + chip.text;
  return said + (meaning.includes(text) ? chip.meaning : `${chip.text}: ${chip.meaning}`);
}

/** The whole query: as it was typed, unless pickers wrote fields into it. */
export function titleOf(q: string, chips: readonly Chip[]): string {
  const fields = chips.some((chip) => FIELD.test(chip.text));
  return fields ? chips.map(toldOf).join(", ") : q;
}

function valueOf(value: string, meaning: string): string {
  const point = pointOf(value);
  if (point) return texts.search.near(nearestMood(point));
  const least = /[<>]=?[\d.]+%?$/.exec(value)?.[0] ?? "";
  return [meaning || value, least && !meaning.includes(least) ? least : ""].filter(Boolean).join(" ");
}
