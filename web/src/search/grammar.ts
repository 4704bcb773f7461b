/** Reads a query as the search does: what its words join and what they deny. Pure. */

type Sort = "open" | "close" | "not" | "or" | "and" | "part";

/** A word that joins, a sign, or a part with the place where it stands. */
export interface Token {
  sort: Sort;
  text: string;
  start: number;
  end: number;
}

type Tree = string | { sort: "all" | "any" | "not"; of: Tree[] } | null;
interface Item {
  /** What denies it, outermost first. */
  signs: string[];
  tree: Tree;
}

const QUOTED = String.raw`"[^"]*"|“[^”“]*”`;
export const VALUE = String.raw`(?:${QUOTED}|[^\s()"“”<>=,]+)`;
const COMPARED = String.raw`\s*(?:[<>]=?|=)\s*`;
/** In "without a dog or a cat" this asks for nothing. */
const ARTICLE = String.raw`(?:\s+(?:an?|the|any|some)(?=\s+(?!(?:or|nor|and)\b)[^\s()&|]))?`;
const SORTS: readonly (readonly [Sort, RegExp])[] = [
  ["open", /\(/y],
  ["close", /\)/y],
  ["not", new RegExp(`(?:not|neither|without|w/o|no|except|excluding)${ARTICLE}(?=[\\s("“]|$)|[-!](?=[^\\s)])`, "iy")],
  ["or", new RegExp(`(?:or|nor|\\|+)${ARTICLE}(?=[\\s("“]|$)`, "iy")],
  ["and", new RegExp(`(?:and|&+)${ARTICLE}(?=[\\s("“)]|$)`, "iy")],
  ["part", new RegExp(`[a-z][a-z_-]*:(?!//)(?:${COMPARED}${VALUE}|\\s*${VALUE}(?:\\s*,\\s*${VALUE})*(?:${COMPARED}${VALUE})?)`, "iy")],
  ["part", new RegExp(`(?:${QUOTED})(?:${COMPARED}\\.?\\d[^\\s()"“”<>=,]*)?`, "y")],
  ["part", /[^\s()"“”]+/y],
];
/** These deny all that they list: "no people or cars". */
const DENY_ALL = /^(?:no|neither|without|w\/o|except|excluding)\b/i;
/** Joins sentences, and asks for nothing. */
const BUT = /^but$/i;

export function joins({ sort, text }: Token): boolean {
  return sort === "or" || sort === "and" || (sort === "part" && BUT.test(text));
}

/** The query in its tokens; null when it cannot be read. */
export function tokensOf(query: string): Token[] | null {
  const tokens: Token[] = [];
  for (let start = query.search(/\S/); start >= 0 && start < query.length; ) {
    const found = SORTS.map(([sort, form]) => ({ sort, text: matchAt(form, query, start) })).find(({ text }) => text);
    if (!found) return null;
    const end = start + found.text.length;
    tokens.push({ ...found, start, end });
    start = end + /^\s*/.exec(query.slice(end))![0].length;
  }
  return tokens;
}

function matchAt(form: RegExp, query: string, start: number): string {
  form.lastIndex = start;
  return form.exec(query)?.[0] ?? "";
}

/** The same for all ways to say the same, and itself a query; null when it cannot be read. */
export function plainOf(tokens: readonly Token[]): string | null {
  try {
    return tokens.length ? shown(new Reader(tokens).whole()) : "";
  } catch {
    return null;
  }
}

class Reader {
  #next = 0;
  readonly #tokens: readonly Token[];

  constructor(tokens: readonly Token[]) {
    this.#tokens = tokens;
  }

  whole(): Tree {
    const tree = this.#both();
    if (this.#next < this.#tokens.length) throw new Error("not expected here");
    return tree;
  }

  /** What stands side by side; "without people and cars" denies both. */
  #both(): Tree {
    const found: Tree[] = [];
    let listed: Tree[] = [];
    let joined = false;
    for (let first = this.#next; !this.#ends() || this.#next === first; ) {
      if (this.#take("and")) {
        joined = true;
        continue;
      }
      const items = this.#either();
      const plain = items.every(({ signs }) => !signs.length);
      if (listed.length && joined && plain) listed.push(...items.map(({ tree }) => tree));
      else {
        found.push(not(many("any", listed)));
        const lists = items.length === 1 && deniesAll(items[0]!);
        listed = lists ? [inner(items[0]!)] : [];
        if (!lists) found.push(alternatives(items));
      }
      joined = false;
    }
    return many("all", [...found, not(many("any", listed))]);
  }

  #either(): Item[] {
    const items = [this.#item()];
    while (this.#take("or")) items.push(this.#item());
    return items;
  }

  #item(): Item {
    const signs: string[] = [];
    for (let sign = this.#take("not"); sign; sign = this.#take("not")) signs.push(sign.text);
    if (!this.#take("open")) {
      const part = this.#take("part");
      if (!part) throw new Error("something is missing");
      return { signs, tree: BUT.test(part.text) ? null : part.text || null };
    }
    const tree = this.#both();
    if (!this.#take("close")) throw new Error("not closed");
    return { signs, tree };
  }

  #ends(): boolean {
    return (this.#tokens[this.#next]?.sort ?? "close") === "close";
  }

  #take(sort: Sort): Token | null {
    const token = this.#tokens[this.#next];
    if (token?.sort !== sort) return null;
    this.#next++;
    return token;
  }
}

function deniesAll({ signs }: Item): boolean {
  return DENY_ALL.test(signs[0] ?? "");
}

/** Without the first sign of it. */
function inner({ signs, tree }: Item): Tree {
  return signs.slice(1).reduce(not, tree);
}

function alternatives(items: readonly Item[]): Tree {
  const [first, ...rest] = items as [Item, ...Item[]];
  const listing = rest.length && deniesAll(first) && rest.every(({ signs }) => !signs.length);
  if (listing) return not(many("any", [inner(first), ...rest.map(({ tree }) => tree)]));
  return many("any", items.map(({ signs, tree }) => signs.reduce(not, tree)));
}

function not(tree: Tree): Tree {
  if (tree === null) return null;
  return typeof tree === "object" && tree.sort === "not" ? tree.of[0]! : { sort: "not", of: [tree] };
}

function many(sort: "all" | "any", trees: readonly Tree[]): Tree {
  const of = trees.flatMap((tree) => (tree === null ? [] : typeof tree === "object" && tree.sort === sort ? tree.of : [tree]));
  return of.length > 1 ? { sort, of } : (of[0] ?? null);
}

function shown(tree: Tree): string {
  if (tree === null || typeof tree === "string") return tree ?? "";
  const parts = tree.of.map((one) => (one && typeof one === "object" && one.sort !== "not" ? `(${shown(one)})` : shown(one)));
  return tree.sort === "not" ? `-${parts[0]}` : parts.join(tree.sort === "any" ? " or " : " ");
}
