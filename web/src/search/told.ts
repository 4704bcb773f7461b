/** Says in plain words what was understood of a query. Pure. */

import type { Chip } from "../api/types.ts";
import { texts } from "../texts.ts";
import { pointOf } from "./fields.ts";
import { nearestMood } from "./moods.ts";

const FIELD = /^([a-z]+):(.*)$/i;
/** How much of a tag or a colour there must be; what a number is compared with is in its meaning. */
const LEAST = /.([<>]=?[\d.]+%?)$/;
const VALUES = /"[^"]*"|[^",]+/g;

/** One part of the query, without the signs that only the search reads. */
export function toldOf(chip: Pick<Chip, "text" | "meaning" | "negated">): string {
  const said = chip.negated ? texts.search.not : "";
  const [, name, value] = FIELD.exec(chip.text) ?? [];
  if (name !== undefined && value !== undefined) return said + valueOf(name.toLowerCase(), value, chip.meaning);
  const [text, meaning] = [chip.text.toLowerCase(), chip.meaning.toLowerCase()];
  if (!meaning || meaning === text) return said + chip.text;
  return said + (meaning.includes(text) ? chip.meaning : `${chip.text}: ${chip.meaning}`);
}

/** The whole query: as it was typed, unless pickers wrote fields into it. */
export function titleOf(q: string, chips: readonly Chip[]): string {
  const fields = chips.some((chip) => FIELD.test(chip.text));
  return fields ? chips.map(toldOf).join(", ") : q;
}

function valueOf(name: string, value: string, meaning: string): string {
  const point = name === "feeling" ? pointOf(value) : null;
  if (point) return texts.search.near(nearestMood(point));
  const least = LEAST.exec(value)?.[1] ?? "";
  const values = (value.match(VALUES) ?? []).map((one) => one.replaceAll('"', ""));
  const plain = meaning.replace(values.join(", "), () => texts.search.either(values));
  return [plain || value, least && !meaning.includes(least) ? least : ""].filter(Boolean).join(" ");
}
