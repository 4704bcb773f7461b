/** How the gallery is: what waits, what failed, whether the gateway can be reached. */

import { api } from "../api/client.ts";
import type { GalleryStatus } from "../api/types.ts";

const EVERY_MS = 20_000;
const SOON_MS = 800;

class Health {
  status = $state.raw<GalleryStatus | null>(null);
  /** The gateway answers. */
  reached = $state(true);
  online = $state(navigator.onLine);
  /** Photos finished per second, seen over the last minutes; 0 while unknown. */
  pace = $state(0);

  #timer = 0;
  #due = Infinity;
  #before: { at: number; waiting: number } | null = null;

  waiting = $derived((this.status?.photos.queued ?? 0) + (this.status?.photos.receiving ?? 0));
  failed = $derived(this.status?.photos.failed ?? 0);
  partial = $derived(this.status?.photos.partial ?? 0);
  kept = $derived(Object.values(this.status?.photos ?? {}).reduce((sum, count) => sum + count, 0));

  start(): () => void {
    const connection = () => {
      this.online = navigator.onLine;
      if (this.online) this.soon();
    };
    const visible = () => document.visibilityState === "visible" && this.soon();
    window.addEventListener("online", connection);
    window.addEventListener("offline", connection);
    document.addEventListener("visibilitychange", visible);
    void this.ask();
    return () => {
      window.clearTimeout(this.#timer);
      window.removeEventListener("online", connection);
      window.removeEventListener("offline", connection);
      document.removeEventListener("visibilitychange", visible);
    };
  }

  /** Asks within a moment: many changes in a row are one question, and never put it off. */
  soon(): void {
    this.#askIn(SOON_MS);
  }

  #askIn(wait: number): void {
    const due = performance.now() + wait;
    if (due >= this.#due) return;
    window.clearTimeout(this.#timer);
    this.#due = due;
    this.#timer = window.setTimeout(() => void this.ask(), wait);
  }

  async ask(): Promise<void> {
    window.clearTimeout(this.#timer);
    this.#due = Infinity;
    if (document.visibilityState === "visible") {
      try {
        this.status = await api.status();
        this.reached = true;
        this.#measure();
      } catch {
        this.reached = false;
      }
    }
    this.#askIn(this.reached ? EVERY_MS : EVERY_MS / 5);
  }

  /** Seconds until all is done, at the pace of late. */
  get left(): number | null {
    if (this.waiting === 0) return null;
    return this.status?.backlog_seconds ?? (this.pace > 0 ? this.waiting / this.pace : null);
  }

  #measure(): void {
    const now = { at: performance.now() / 1000, waiting: this.waiting };
    const before = this.#before;
    if (before && now.at - before.at < 2) return;
    this.#before = now;
    if (!before || now.waiting === 0) return;
    const pace = (before.waiting - now.waiting) / (now.at - before.at);
    if (pace > 0) this.pace = this.pace ? (this.pace + pace) / 2 : pace;
  }
}

export const health = new Health();
