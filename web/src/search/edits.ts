/** Puts parts into a query and takes them out, so that what is left can still be read. Pure. */

import type { Chip } from "../api/types.ts";
import { joins, plainOf, tokensOf, VALUE, type Token } from "./grammar.ts";

/** The fields that facets are asked for by, where they have another name. */
const FIELDS: Record<string, string> = { composition: "technique", colour: "color" };
const VALUES = new RegExp(VALUE, "g");
/** `name:a,b` and what it is compared with. */
const LIST = new RegExp(`^([a-z][a-z_-]*:\\s*)(${VALUE}(?:\\s*,\\s*${VALUE})+)(.*)$`, "i");

/** What a facet adds to the query: of the matches, those that are called just so. */
export function narrowing(kind: string, name: string): string {
  const plain = /^[^\s()"“”<>=,]+$/.test(name);
  const said = plain ? name : name.includes('"') ? `“${name}”` : `"${name}"`;
  return `${FIELDS[kind] ?? kind}:=${said}`;
}

/** The query without its characters `[start, end)`, counted as Python does; the rest means what it meant. */
export function without(query: string, start: number, end: number): string {
  const [from, to] = placeOf(query, start, end);
  const tokens = gapped(tokensOf(query), from, to);
  const wanted = tokens && plainOf(tokens);
  if (!tokens || wanted === null) return `${query.slice(0, from)} ${query.slice(to)}`.replace(/\s+/g, " ").trim();
  const before = tokens.filter((token) => token.start < from && token.text);
  const after = tokens.filter((token) => token.start >= from && token.end > to && token.text);
  const ways = waysToJoin(before, after).map(tidied);
  const way = ways.find((one) => plainOf(one) === wanted);
  return way ? written(way) : wanted;
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
  const values = list.match(VALUES) ?? [];
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

/** Nothing in the place of `[from, to)`, however many words stood there: "golden retriever" is one part. */
function gapped(tokens: readonly Token[] | null, from: number, to: number): Token[] | null {
  const left = tokens?.map((token) => cut(token, from, to));
  const isGone = ({ text, start, end }: Token) => !text || (start >= from && end <= to);
  const first = left?.findIndex(isGone);
  return left?.filter((token, place) => place === first || !isGone(token)) ?? null;
}

/** A part without the characters `[from, to)`: of "dog,cat" the other word, or nothing. */
function cut(token: Token, from: number, to: number): Token {
  if (token.sort !== "part" || token.end <= from || token.start >= to) return token;
  const left = token.text.slice(0, Math.max(0, from - token.start)).replace(/[\p{P}+]+$/u, "");
  const right = token.text.slice(to - token.start).replace(/^[\p{P}+]+/u, "");
  return { ...token, text: [left, right].filter(Boolean).join(",") };
}

/** The ways to close the gap between two halves, the likeliest to be right first. */
function waysToJoin(before: readonly Token[], after: readonly Token[]): Token[][] {
  const bare = unsigned(before);
  const last = bare.at(-1);
  const unjoined = last && joins(last) ? bare.slice(0, -1) : bare;
  const rest = after[0] && joins(after[0]) ? after.slice(1) : after;
  return [
    // The sign of a part that must not be there goes with it,
    [...bare, ...after],
    [...unjoined, ...after],
    [...unjoined, ...rest],
    // unless it denies a whole list.
    [...before, ...rest],
  ];
}

/** Without the signs that deny what comes next. */
function unsigned(tokens: readonly Token[]): Token[] {
  return tokens.slice(0, tokens.findLastIndex(({ sort }) => sort !== "not") + 1);
}

/** Nothing is left in parentheses, beside an "or", or to be denied, where a part was taken out. */
function tidied(tokens: readonly Token[]): Token[] {
  let left = [...tokens];
  for (let length = -1; length !== left.length; ) {
    length = left.length;
    left = left.filter((token, place) => !isStray(token, left[place - 1], left[place + 1]));
    const empty = left.findIndex(({ sort }, place) => sort === "open" && left[place + 1]?.sort === "close");
    if (empty >= 0) left = [...unsigned(left.slice(0, empty)), ...left.slice(empty + 2)];
  }
  return left.map((token, place) => (isAlone(left, place) ? { ...token, text: token.text.replace(/^neither/i, "no") } : token));
}

function isStray(token: Token, before: Token | undefined, after: Token | undefined): boolean {
  const begins = !before || before.sort === "open" || before.sort === "not";
  const ends = !after || after.sort === "close";
  if (token.sort === "not") return ends || joins(after);
  return joins(token) && (begins || ends || joins(before));
}

/** A "neither" that denies one thing only. */
function isAlone(tokens: readonly Token[], place: number): boolean {
  if (!/^neither/i.test(tokens[place]!.text) || tokens[place]!.sort !== "not") return false;
  let [end, depth] = [place + 1, 0];
  for (; end < tokens.length; end++) {
    const { sort } = tokens[end]!;
    depth += Number(sort === "open") - Number(sort === "close");
    if (depth === 0 && sort !== "not") break;
  }
  const next = tokens[end + 1];
  return !next || (next.sort !== "or" && next.sort !== "and");
}

function written(tokens: readonly Token[]): string {
  const opens = (token: Token | undefined) => !token || token.sort === "open" || /^[-!]$/.test(token.text);
  return tokens.map((token, place) => (opens(tokens[place - 1]) || token.sort === "close" ? token.text : ` ${token.text}`)).join("");
}
