/** The photos on show: all of them newest first, or the matches of a search, page by page. */

import { aborted, api, Failure, unfinished } from "../api/client.ts";
import type { Change, Chip, Count, Hit, Photo, SearchAnswer } from "../api/types.ts";
import { droppedPhoto, isDropped } from "../search/dropped.ts";
import { texts } from "../texts.ts";
import { leaving } from "./leaving.svelte.ts";
import { gone, withChanges, withHead, withMore } from "./merge.ts";

/** A photo of the grid; the matches of a search know why they match. */
export type Shown = Photo & Partial<Pick<Hit, "likeness" | "why">>;

export interface View {
  q: string;
  status: string;
  /** Also the matches below the cut. */
  weaker: boolean;
  strictness: string;
  sort: string;
  /** Photos like this one, alike in `by`. */
  like: string;
  by: string;
  /** Nothing newer than this day. */
  until: string;
}

export const EVERYTHING: View = { q: "", status: "", weaker: false, strictness: "", sort: "", like: "", by: "", until: "" };

/** What an answer says besides its photos. */
type Besides = Partial<Omit<SearchAnswer, "photos">>;

interface Page extends Besides {
  photos: Shown[];
  cursor: string | null;
  total: number;
}

/** Enough for the first screen at once; more per question while one scrolls (the most there is). */
const FIRST_PAGE = 80;
const NEXT_PAGE = 200;
/** Changes come in bursts (four per photo): gather them before asking for what they brought. */
const GATHER_MS = 400;

class Gallery {
  #all = $state.raw<Shown[]>([]);
  #total = $state(0);
  /** Without those that are being deleted: each comes back when that is undone. */
  photos = $derived(leaving.ids.size ? this.#all.filter((photo) => !leaving.ids.has(photo.id)) : this.#all);
  total = $derived(this.#total - (this.#all.length - this.photos.length));
  facets = $state.raw<Record<string, Count[]>>({});
  loading = $state(true);
  loadingMore = $state(false);
  /** While it stands nothing more is loaded by itself. */
  failure = $state.raw<Error | null>(null);
  /** Photos came since this search was made. */
  stale = $state(false);
  view = $state.raw<View>(EVERYTHING);
  /** How the query was understood. */
  chips = $state.raw<Chip[]>([]);
  didYouMean = $state("");
  meaning = $state(true);
  weaker = $state(0);
  /** False: there are at least `total`. */
  complete = $state(true);

  #cursor = $state<string | null>(null);
  #running = new AbortController();
  #changes = new Map<string, Change>();
  #timer = 0;
  #frame = 0;

  /** The matches of a question, best first, and not photos by their date. */
  get ranked(): boolean {
    return this.view.q !== "" || this.view.like !== "";
  }

  get more(): boolean {
    return this.#cursor !== null;
  }

  find(id: string): Shown | undefined {
    return this.photos.find((photo) => photo.id === id);
  }

  /** Shows another view from its beginning. */
  async show(view: View): Promise<void> {
    this.view = view;
    this.#all = [];
    this.#total = 0;
    this.#tell({});
    await this.reload();
  }

  /** Asks again for the view on show; what is on the page stays until the answer is there. */
  async reload(): Promise<void> {
    this.#running.abort();
    const running = (this.#running = new AbortController());
    this.loading = true;
    this.failure = null;
    this.stale = false;
    this.#cursor = null;
    try {
      this.#take(await this.#page(null, running.signal));
    } catch (error) {
      if (aborted(error) || running.signal.aborted) return;
      this.failure = error as Error;
    }
    this.loading = false;
  }

  async loadMore(): Promise<void> {
    if (this.#cursor === null || this.failure || this.loading || this.loadingMore) return;
    const { signal } = this.#running;
    this.loadingMore = true;
    try {
      const page = await this.#page(this.#cursor, signal);
      if (signal.aborted) return;
      this.#all = withMore(this.#all, page.photos);
      this.#cursor = page.cursor;
      this.#total = page.total;
    } catch (error) {
      if (!signal.aborted) this.failure = error as Error;
    } finally {
      this.loadingMore = false;
    }
  }

  /** Asks once more for what could not be had: the next photos, or the whole view. */
  async again(): Promise<void> {
    const passing = this.failure instanceof Failure && this.failure.passing;
    if (this.#cursor === null || !passing) return await this.reload();
    this.failure = null;
    await this.loadMore();
  }

  /** Takes in a change that the gateway told of; many of them cost one frame. */
  change(change: Change): void {
    this.#changes.set(change.id, change);
    this.#frame ||= requestAnimationFrame(() => this.#apply());
  }

  /** Takes photos off the page at once, before the gateway says so to everybody. */
  drop(ids: Iterable<string>): void {
    const lost = new Set(ids);
    const left = this.#all.filter((photo) => !lost.has(photo.id));
    this.#total -= this.#all.length - left.length;
    this.#all = left;
  }

  update(photo: Photo): void {
    this.#all = this.#all.map((old) => (old.id === photo.id ? { ...old, ...pick(photo) } : old));
  }

  #apply(): void {
    this.#frame = 0;
    const changes = this.#changes;
    this.#changes = new Map();
    const { list, removed, unknown } = withChanges(this.#all, changes);
    this.#all = list;
    this.#total -= removed;
    const finished = [...changes.values()].some((change) => !gone(change) && !unfinished(change.status));
    // Oldest first, what is new belongs to an end that may not be loaded.
    if (this.ranked || this.view.sort === "oldest") this.stale ||= unknown && finished;
    else if (unknown || finished) this.#refreshSoon();
  }

  #refreshSoon(): void {
    if (this.#timer) return;
    this.#timer = window.setTimeout(() => {
      this.#timer = 0;
      if (!this.ranked && this.view.sort !== "oldest") void this.#refresh();
    }, GATHER_MS);
  }

  /** Fetches the newest page again and puts it above what is loaded. */
  async #refresh(): Promise<void> {
    const { signal } = this.#running;
    const view = this.view;
    const page = await this.#page(null, signal).catch(() => null);
    if (!page || signal.aborted || view !== this.view) return;
    const photos = withHead(this.#all, page.photos, page.cursor === null);
    if (photos === null || page.cursor === null || this.#all.length === 0) this.#take(page);
    else {
      this.#all = photos;
      this.#total = page.total;
    }
  }

  async #page(cursor: string | null, signal: AbortSignal): Promise<Page> {
    const { q, status, weaker, strictness, sort, like, by, until } = this.view;
    const limit = cursor === null ? FIRST_PAGE : NEXT_PAGE;
    const cut = { strictness, weaker: weaker ? "true" : null };
    if (isDropped(like)) {
      const photo = await droppedPhoto(like);
      if (!photo) throw new Error(texts.alike.lost);
      return await api.byPhoto(photo, { by, q, limit: NEXT_PAGE, ...cut }, signal);
    }
    if (like) return await api.similar(like, { by, q, limit: NEXT_PAGE, ...cut }, signal);
    if (q) return await api.search({ q, cursor, limit, sort, ...cut }, signal);
    const from = cursor === null && until ? await this.#cursorOf(until, signal) : cursor;
    return await api.photos({ cursor: from, status, limit, sort }, signal);
  }

  /** Where the list begins with this day, or the next one before it. */
  async #cursorOf(until: string, signal: AbortSignal): Promise<string | null> {
    const { days } = await api.days(signal);
    return days.find(({ day }) => day <= until)?.cursor ?? null;
  }

  #take(page: Page): void {
    this.#all = page.photos;
    this.#cursor = page.cursor;
    this.#total = page.total;
    this.#tell(page);
  }

  #tell(answer: Besides): void {
    this.facets = answer.facets ?? {};
    this.chips = answer.chips ?? [];
    this.didYouMean = answer.did_you_mean ?? "";
    this.meaning = answer.meaning ?? true;
    this.weaker = answer.weaker ?? 0;
    this.complete = answer.complete ?? true;
  }
}

/** The fields of the grid, of a photo that may have more. */
function pick(photo: Photo): Photo {
  const { id, status, stage, generation, filename, width, height, taken_at, uploaded_at } = photo;
  const { thumbhash, palette, caption, reason, original, display, thumb } = photo;
  return {
    ...{ id, status, stage, generation, filename, width, height, taken_at, uploaded_at },
    ...{ thumbhash, palette, caption, reason, original, display, thumb },
  };
}

export const gallery = new Gallery();
