/** The gateway's live channel: what happened to photos, until the page closes. */

import type { Change } from "./types.ts";

export interface Listener {
  photo(change: Change): void;
  /** Too much was missed to be told one by one. */
  reload(): void;
  /** Whether the channel is open now. */
  live(open: boolean): void;
}

const FIRST_WAIT_MS = 1_000;
const LONGEST_WAIT_MS = 30_000;

/**
 * Listens until the returned function is called.
 *
 * The browser reconnects (with Last-Event-ID) after a lost connection, but gives up for good when a
 * proxy answers 502 while the gateway restarts: then we open the channel anew and reload, because a
 * new EventSource cannot say what it has seen.
 */
export function listen(listener: Listener): () => void {
  let source: EventSource;
  let timer = 0;
  let wait = FIRST_WAIT_MS;
  let reopened = false;

  function open(): void {
    source = new EventSource("/api/events");
    source.addEventListener("open", () => {
      wait = FIRST_WAIT_MS;
      listener.live(true);
      if (reopened) listener.reload();
      reopened = false;
    });
    source.addEventListener("photo", (event) => listener.photo(JSON.parse(event.data as string) as Change));
    source.addEventListener("reload", () => listener.reload());
    source.addEventListener("error", () => {
      listener.live(false);
      if (source.readyState !== EventSource.CLOSED) return;
      reopened = true;
      timer = window.setTimeout(open, wait);
      wait = Math.min(LONGEST_WAIT_MS, wait * 2);
    });
  }

  open();
  return () => {
    window.clearTimeout(timer);
    source.close();
  };
}
