/**
 * Photos on their way out: off the page at once, deleted for good when the time to undo is over.
 *
 * The gateway knows no way back, so it is told late. A page that goes tells it at once, and what it
 * could not tell is kept with the tab and told by the next page in it.
 */

import { api, OURS, photoPath } from "../api/client.ts";

/** Long enough to read the notice and reach for it. */
export const UNDO_MS = 8_000;
/** A page that goes may send few words: more photos than these are deleted at once, and asked about before. */
export const MOST_UNDOABLE = 40;
const KEPT = "leaving";
/** What was left over longer ago may have been uploaded again since. */
const FRESH_MS = 60_000;

export interface Departure {
  ids: readonly string[];
  /** Called once: with what went wrong, if anything did. */
  gone(failures: Error[]): void;
}

interface Row {
  id: string;
  at: number;
}

class Leaving {
  ids = $state.raw<ReadonlySet<string>>(new Set());
  #pending = new Map<Departure, number>();

  constructor() {
    window.addEventListener("pagehide", () => this.#now());
  }

  /** Takes them off the page; gives back how to put them back. */
  start(departure: Departure): () => void {
    this.#pending.set(departure, window.setTimeout(() => void this.#send(departure), UNDO_MS));
    this.#hide();
    return () => this.#undo(departure);
  }

  /** Takes back the latest; false when there is none. */
  undoLatest(): boolean {
    const latest = [...this.#pending.keys()].at(-1);
    if (latest) this.#undo(latest);
    return latest !== undefined;
  }

  /** Finishes what an earlier page of this tab was told to delete. */
  async finish(): Promise<void> {
    const rows = remembered().filter(({ at }) => Date.now() - at < FRESH_MS);
    await Promise.all(rows.map(({ id }) => api.remove(id).catch(() => undefined)));
    remember([]);
  }

  #undo(departure: Departure): void {
    window.clearTimeout(this.#pending.get(departure));
    this.#pending.delete(departure);
    this.#hide();
  }

  async #send(departure: Departure): Promise<void> {
    const failures: Error[] = [];
    await Promise.all(departure.ids.map((id) => api.remove(id).catch((error: Error) => failures.push(error))));
    departure.gone(failures);
    this.#pending.delete(departure);
    this.#hide();
  }

  /** The page goes: what was waiting is told now, on a call that outlives the page. */
  #now(): void {
    for (const [departure, timer] of this.#pending) {
      window.clearTimeout(timer);
      for (const id of departure.ids) {
        void fetch(photoPath(id), { method: "DELETE", headers: OURS, keepalive: true }).catch(() => undefined);
      }
    }
  }

  #hide(): void {
    const ids = [...this.#pending.keys()].flatMap((departure) => departure.ids);
    this.ids = new Set(ids);
    remember(ids.map((id) => ({ id, at: Date.now() })));
  }
}

function remembered(): Row[] {
  try {
    return JSON.parse(sessionStorage.getItem(KEPT) ?? "[]") as Row[];
  } catch {
    return [];
  }
}

function remember(rows: Row[]): void {
  try {
    sessionStorage.setItem(KEPT, JSON.stringify(rows));
  } catch {
    // A browser that keeps nothing still sends them when the page goes.
  }
}

export const leaving = new Leaving();
