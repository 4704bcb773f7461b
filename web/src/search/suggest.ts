/** What the search box offers while one types. Pure: the answers of the gateway are given to it. */

import type { Kind, SavedSearch, TagCount } from "../api/types.ts";

export interface Option {
  form: "saved" | "recent" | "technique" | "tag" | "forget";
  text: string;
  /** The whole query once this is chosen. */
  query: string;
  kind?: Kind;
  count?: number;
  saved?: SavedSearch;
}

export interface Group {
  name: string;
  options: Option[];
}

export const TECHNIQUES = ["rule of thirds", "centered", "pattern", "leading lines", "symmetry", "framing"];

/** A tag has up to this many words, so that many may be its beginning. */
const LONGEST_TAG = 3;
const MOST = 8;

/** The ends of what is typed that may begin a tag, the longest first: "a leading li" gives three. */
export function prefixesOf(typed: string): string[] {
  const words = typed.trimStart().split(/\s+/).filter(Boolean);
  if (words.length === 0 || /\s$/.test(typed)) return [];
  return Array.from({ length: Math.min(LONGEST_TAG, words.length) }, (_, index) =>
    words.slice(Math.max(0, words.length - Math.min(LONGEST_TAG, words.length) + index)).join(" "),
  );
}

/** The completions of `typed`, those of the longest beginning first. */
export function completions(typed: string, answers: { prefix: string; tags: Pick<TagCount, "kind" | "text" | "count">[] }[]): Option[] {
  const seen = new Set<string>();
  const options: Option[] = [];
  for (const { prefix, tags } of answers) {
    const kept = typed.slice(0, typed.length - prefix.length);
    for (const { kind, text, count } of tags) {
      const key = `${kind} ${text}`;
      if (seen.has(key) || options.length === MOST) continue;
      seen.add(key);
      options.push({ form: "tag", text, kind, count, query: `${kept}${text}`.replace(/\s+/g, " ").trim() });
    }
  }
  return options;
}

/** Whether the query says this tag, as whole words. */
export function says(query: string, tag: string): boolean {
  return ` ${spaced(query)} `.includes(` ${spaced(tag)} `);
}

export function withTag(query: string, tag: string): string {
  return says(query, tag) ? query : `${query.trim()} ${tag}`.trim();
}

export function withoutTag(query: string, tag: string): string {
  const padded = ` ${query.trim().replace(/\s+/g, " ")} `;
  const at = ` ${spaced(query)} `.indexOf(` ${spaced(tag)} `);
  return at < 0 ? query : `${padded.slice(0, at)} ${padded.slice(at + spaced(tag).length + 2)}`.replace(/\s+/g, " ").trim();
}

function spaced(text: string): string {
  return text.toLowerCase().trim().replace(/\s+/g, " ");
}
