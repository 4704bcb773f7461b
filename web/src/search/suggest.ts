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

/** Fields whose values are tags, and of what kind. */
const FIELDS: Record<string, Kind | null> = {
  label: "label",
  mood: "mood",
  technique: "composition",
  composition: "composition",
  user: "user",
  tag: null,
};
const FIELD = new RegExp(`(?:^|[\\s(!-])(?:${Object.keys(FIELDS).join("|")}):(?:[^\\s":<>()=]*|"[^"]*)$`, "i");
/** What may stand before a word: it denies, opens a group, or a quote. */
const BEFORE = /^[-!("]+/;

/** An end of what is typed that may begin a tag: plain, in quotes that were opened, or as the value of a field. */
export interface End {
  before: string;
  prefix: string;
  as: "word" | "quote" | "value";
  kind?: Kind;
}

/** The longest first: "a leading li" has three, "mood:me" one, of moods. */
export function endsOf(typed: string): End[] {
  const field = FIELD.exec(typed);
  if (field) return [endOfField(typed, typed.lastIndexOf(":") + 1)];
  const words = typed.trimStart().split(/\s+/).filter(Boolean);
  if (words.length === 0 || /\s$/.test(typed)) return [];
  const most = Math.min(LONGEST_TAG, words.length);
  return Array.from({ length: most }, (_, index) => endOfWords(typed, words.slice(words.length - most + index).join(" ")))
    .filter((end) => end.prefix);
}

function endOfField(typed: string, at: number): End {
  const name = /(\w+):$/.exec(typed.slice(0, at))?.[1]?.toLowerCase() ?? "";
  const kind = FIELDS[name];
  return { before: typed.slice(0, at), prefix: typed.slice(at).replace(/^"/, ""), as: "value", ...(kind ? { kind } : {}) };
}

function endOfWords(typed: string, words: string): End {
  const sign = BEFORE.exec(words)?.[0] ?? "";
  const prefix = words.slice(sign.length);
  return { before: typed.slice(0, typed.length - prefix.length), prefix, as: sign.endsWith('"') ? "quote" : "word" };
}

/** The completions of `typed`, those of the longest beginning first. */
export function completions(answers: { end: End; tags: Pick<TagCount, "kind" | "text" | "count">[] }[]): Option[] {
  const seen = new Set<string>();
  const options: Option[] = [];
  for (const { end, tags } of answers) {
    for (const { kind, text, count } of tags) {
      const key = `${kind} ${text}`;
      if (seen.has(key) || options.length === MOST) continue;
      seen.add(key);
      options.push({ form: "tag", text, kind, count, query: completed(end, text) });
    }
  }
  return options;
}

function completed({ before, as }: End, text: string): string {
  const value = as === "value" && !/^[\w-]+$/.test(text) ? `"${text}"` : text;
  return (before + value + (as === "quote" ? '"' : "")).replace(/\s+/g, " ").trim();
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
