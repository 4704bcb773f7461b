/** Which photos are chosen, so that one act can be done to all of them. */

import { SvelteSet } from "svelte/reactivity";

class Selection {
  ids = new SvelteSet<string>();
  /** Where a range begins. */
  #anchor: string | null = null;

  get any(): boolean {
    return this.ids.size > 0;
  }

  toggle(id: string): void {
    if (!this.ids.delete(id)) this.ids.add(id);
    this.#anchor = id;
  }

  /** Adds everything between the last one touched and `id`. */
  reach(id: string, order: readonly { id: string }[]): void {
    const to = order.findIndex((photo) => photo.id === id);
    const from = order.findIndex((photo) => photo.id === this.#anchor);
    if (from < 0) return this.toggle(id);
    for (const photo of order.slice(Math.min(from, to), Math.max(from, to) + 1)) this.ids.add(photo.id);
  }

  set(ids: Iterable<string>): void {
    this.ids.clear();
    for (const id of ids) this.ids.add(id);
  }

  clear(): void {
    this.ids.clear();
    this.#anchor = null;
  }
}

export const selection = new Selection();
