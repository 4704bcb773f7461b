/** Fetches what the search box offers: completions, or what there is to find at all. */

import { me } from "../account/me.svelte.ts";
import { api, type Query } from "../api/client.ts";
import type { Kind } from "../api/types.ts";
import { taste } from "../state/taste.svelte.ts";
import { texts } from "../texts.ts";
import { completions, endsOf, TECHNIQUES, type Group, type Option } from "./suggest.ts";

const WAIT_MS = 40;
const MOST_WORDS = 8;

export class Offers {
  groups = $state.raw<Group[]>([]);
  options = $derived(this.groups.flatMap((group) => group.options));
  #asked = 0;
  #timer = 0;

  /** Follows the typing; only the answer to the last letter counts. */
  type(typed: string): void {
    const mine = ++this.#asked;
    window.clearTimeout(this.#timer);
    if (!typed.trim()) {
      this.groups = this.#plain([], []);
      void this.#discover(mine);
      return;
    }
    this.#timer = window.setTimeout(() => void this.#complete(typed, mine), WAIT_MS);
  }

  async #complete(typed: string, mine: number): Promise<void> {
    const answers = await Promise.all(
      endsOf(typed).map(async (end) => ({
        end,
        tags: (await api.tags({ prefix: end.prefix, kind: end.kind, limit: MOST_WORDS }).catch(() => null))?.tags ?? [],
      })),
    );
    if (mine !== this.#asked) return;
    const options = completions(answers);
    this.groups = options.length ? [{ name: texts.search.suggestions, options }] : [];
  }

  async #discover(mine: number): Promise<void> {
    const words = async (kind: Kind) =>
      (await api.tags({ kind, limit: MOST_WORDS }).catch(() => null))?.tags.map((tag): Option => ({
        form: "tag",
        ...tag,
        query: tag.text,
      })) ?? [];
    const [moods, contents, saved] = await Promise.all([words("mood"), words("label"), this.#saved()]);
    if (mine !== this.#asked) return;
    this.groups = this.#plain(moods, contents, saved);
    // Counting takes a search for each, so the numbers come into what is there already.
    const counted = saved.length ? await this.#saved({ count: "true" }) : [];
    if (counted.length && mine === this.#asked) this.groups = this.#plain(moods, contents, counted);
  }

  async #saved(query: Query = {}): Promise<Option[]> {
    if (!me.edits) return [];
    const searches = (await api.searches(query).catch(() => null))?.searches ?? [];
    return searches.slice(0, MOST_WORDS).map((saved): Option => ({
      ...{ form: "saved", text: saved.name, query: saved.query, saved },
      ...(saved.total === null ? {} : { count: saved.total }),
    }));
  }

  #plain(moods: Option[], contents: Option[], saved: Option[] = []): Group[] {
    const recent = taste.recent.slice(0, 4).map((text): Option => ({ form: "recent", text, query: text }));
    if (recent.length) recent.push({ form: "forget", text: texts.search.forget, query: "" });
    const techniques = TECHNIQUES.map((text): Option => ({ form: "technique", text, query: text }));
    return [
      { name: texts.search.saved, options: saved },
      { name: texts.search.recent, options: recent },
      { name: texts.search.techniques, options: techniques },
      { name: texts.search.moods, options: moods },
      { name: texts.search.contents, options: contents },
    ].filter((group) => group.options.length);
  }
}
