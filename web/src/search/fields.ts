/** Puts fields (`name:value`) into a query, finds them there and takes them out. Pure. */

const VALUE = `(?:"[^"]*"|[^\\s"])+`;

function pattern(names: readonly string[]): RegExp {
  return new RegExp(`(^|\\s)(?:${names.join("|")}):(${VALUE})`, "gi");
}

/** What the query says of a field, or "" when nothing. */
export function fieldOf(query: string, ...names: string[]): string {
  return pattern(names).exec(query)?.[2]?.replaceAll('"', "") ?? "";
}

export function withoutFields(query: string, names: readonly string[]): string {
  return query.replace(pattern(names), "$1").replace(/\s+/g, " ").trim();
}

/** The query with these fields said so, and in no other way; an empty value takes a field out. */
export function withFields(query: string, fields: Record<string, string>, synonyms: readonly string[] = []): string {
  const rest = withoutFields(query, [...Object.keys(fields), ...synonyms]);
  const said = Object.entries(fields)
    .filter(([, value]) => value)
    .map(([name, value]) => `${name}:${quoted(value)}`);
  return [rest, ...said].filter(Boolean).join(" ");
}

/** A name of two words needs quotes; what compares stands after them: `"sky blue">20%`. */
function quoted(value: string): string {
  const [, name, rest] = /^(.*?)((?:[<>]=?.*)?)$/.exec(value) as unknown as [string, string, string];
  return /\s/.test(name) ? `"${name}"${rest}` : value;
}

/** `0.4,-0.6` as a point of the map of moods, each part -1..1. */
export function pointOf(value: string): { x: number; y: number } | null {
  const found = /^(-?\d*\.?\d+),(-?\d*\.?\d+)$/.exec(value);
  return found ? { x: held(Number(found[1])), y: held(Number(found[2])) } : null;
}

/** In steps of a twentieth, which is finer than moods are. */
export function pointed({ x, y }: { x: number; y: number }): string {
  return `${round(held(x))},${round(held(y))}`;
}

function held(value: number): number {
  return Math.min(1, Math.max(-1, value));
}

function round(value: number): number {
  // Adding nothing makes a plain zero of the minus zero.
  return Math.round(value * 20) / 20 + 0;
}
