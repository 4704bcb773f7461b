/** Fetches what the search box offers: completions, or what there is to find at all. */

import { api } from "../api/client.ts";
import type { Kind } from "../api/types.ts";
import { taste } from "../state/taste.svelte.ts";
import { texts } from "../texts.ts";
import { completions, prefixesOf, TECHNIQUES, type Group, type Option } from "./suggest.ts";

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
      prefixesOf(typed).map(async (prefix) => ({
        prefix,
        tags: (await api.tags({ prefix, limit: MOST_WORDS }).catch(() => null))?.tags ?? [],
      })),
    );
    if (mine !== this.#asked) return;
    const options = completions(typed, answers);
    this.groups = options.length ? [{ name: texts.search.suggestions, options }] : [];
  }

  async #discover(mine: number): Promise<void> {
    const words = async (kind: Kind) =>
      (await api.tags({ kind, limit: MOST_WORDS }).catch(() => null))?.tags.map((tag): Option => ({
        form: "tag",
        ...tag,
        query: tag.text,
      })) ?? [];
    const [moods, contents] = await Promise.all([words("mood"), words("label")]);
    if (mine === this.#asked) this.groups = this.#plain(moods, contents);
  }

  #plain(moods: Option[], contents: Option[]): Group[] {
    const recent = taste.recent.slice(0, 4).map((text): Option => ({ form: "recent", text, query: text }));
    if (recent.length) recent.push({ form: "forget", text: texts.search.forget, query: "" });
    const techniques = TECHNIQUES.map((text): Option => ({ form: "technique", text, query: text }));
    return [
      { name: texts.search.recent, options: recent },
      { name: texts.search.techniques, options: techniques },
      { name: texts.search.moods, options: moods },
      { name: texts.search.contents, options: contents },
    ].filter((group) => group.options.length);
  }
}
