/** What of a match is worth telling. Pure. */

import type { Why } from "../api/types.ts";
import { texts } from "../texts.ts";
import { pointOf } from "./fields.ts";
import { nearestMood } from "./moods.ts";

/** Less than this rounds to nothing. */
const LEAST = 0.005;

/** What a tag added to the match, or how surely the photo has it times how like the words it is. */
export function worthOf({ points, likeness, confidence }: Pick<Why, "points" | "likeness" | "confidence">): number {
  return points || likeness * confidence;
}

/** What matched, in a word or two: of points of the map of moods, the mood that is nearest. */
export function nameOf({ kind, tag }: Pick<Why, "kind" | "tag">): string {
  if (kind === "meaning") return texts.search.whole;
  const point = pointOf(tag.replace(/^feels like /, "").replace(/\s/g, ""));
  return point ? texts.search.near(nearestMood(point)) : tag;
}

export function weighty(why: readonly Why[]): Why[] {
  return why.filter((word) => worthOf(word) >= LEAST);
}
