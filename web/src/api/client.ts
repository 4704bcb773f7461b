/** Calls to the gateway: each gives its answer or throws a `Failure` that people can read. */

import { texts } from "../texts.ts";
import type {
  DayPage,
  GalleryStatus,
  Imported,
  NewSavedSearch,
  PhotoDetail,
  PhotoPage,
  Problem,
  SavedSearch,
  SavedSearches,
  SearchAnswer,
  Status,
  TagCount,
  TagEdit,
  TwinPage,
  Uploaded,
} from "./types.ts";

export class Failure extends Error {
  override name = "Failure";

  constructor(
    message: string,
    readonly status: number,
    readonly code: string,
    /** Of a query that cannot be read: its character, counted as Python does. */
    readonly position: number | null = null,
  ) {
    super(message);
  }

  /** The gateway or the network is away: trying again later may help. */
  get passing(): boolean {
    return this.status === 0 || this.status === 429 || this.status >= 500;
  }
}

export type Query = Record<string, string | number | null | undefined>;

/** Other sites cannot send it: what changes anything must have it. */
export const OURS = { "X-Imgcap": "page" };

const PATIENCE_MS = 20_000;
/** For an answer that comes when many photos have been read. */
const LONG_PATIENCE_MS = 180_000;

export const api = {
  photos: (query: Query, signal?: AbortSignal) => ask<PhotoPage>("GET", `/api/photos${queried(query)}`, { signal }),
  photo: (id: string, signal?: AbortSignal) => ask<PhotoDetail>("GET", photoPath(id), { signal }),
  search: (query: Query, signal?: AbortSignal) => ask<SearchAnswer>("GET", `/api/search${queried(query)}`, { signal }),
  similar: (id: string, query: Query, signal?: AbortSignal) =>
    ask<SearchAnswer>("GET", `${photoPath(id)}/similar${queried(query)}`, { signal }),
  byPhoto: (photo: Blob, query: Query, signal?: AbortSignal) =>
    ask<SearchAnswer>("POST", `/api/search/by-photo${queried(query)}`, { signal, photo }),
  days: (signal?: AbortSignal) => ask<DayPage>("GET", "/api/photos/days", { signal }),
  samples: () => ask<Uploaded>("POST", "/api/samples", { patience: LONG_PATIENCE_MS }),
  tags: (query: Query, signal?: AbortSignal) => ask<{ tags: TagCount[] }>("GET", `/api/tags${queried(query)}`, { signal }),
  status: (signal?: AbortSignal) => ask<GalleryStatus>("GET", "/api/status", { signal }),
  remove: (id: string) => ask<void>("DELETE", photoPath(id)),
  retry: (id: string) => ask<void>("POST", `${photoPath(id)}/retry`),
  retryFailed: () => ask<{ retried: number }>("POST", "/api/photos/retry-failed"),
  searches: (query: Query = {}) => ask<SavedSearches>("GET", `/api/searches${queried(query)}`),
  saveSearch: (body: NewSavedSearch) => ask<SavedSearch>("POST", "/api/searches", { body }),
  lookAtSearch: (id: string) => ask<void>("POST", `/api/searches/${id}/look`),
  forgetSearch: (id: string) => ask<void>("DELETE", `/api/searches/${id}`),
  twins: (signal?: AbortSignal) => ask<TwinPage>("GET", "/api/duplicates?limit=200", { signal }),
  keepOne: (keep: string, remove: string[]) => ask<void>("POST", "/api/duplicates/keep", { body: { keep, remove } }),
  keywords: (file: File) => ask<Imported>("POST", `/api/keywords${queried({ filename: file.name })}`, { photo: file, patience: LONG_PATIENCE_MS }),
  editTags: (id: string, edit: TagEdit) => ask<PhotoDetail>("PATCH", `${photoPath(id)}/tags`, { body: edit }),
};

export function photoPath(id: string): string {
  return `/api/photos/${encodeURIComponent(id)}`;
}

export function unfinished(status: Status): boolean {
  return status === "receiving" || status === "queued";
}

interface Asking {
  signal?: AbortSignal | undefined;
  body?: unknown;
  photo?: Blob;
  patience?: number;
}

async function ask<Answer>(method: string, path: string, { signal, body, photo, patience: most = PATIENCE_MS }: Asking = {}): Promise<Answer> {
  const patience = AbortSignal.timeout(most);
  const init: RequestInit = { method, headers: OURS, signal: signal ? AbortSignal.any([signal, patience]) : patience };
  if (photo) {
    init.body = photo;
    init.headers = { ...OURS, "Content-Type": photo.type || "image/unknown" };
  }
  if (body !== undefined) {
    init.body = JSON.stringify(body);
    init.headers = { ...OURS, "Content-Type": "application/json" };
  }
  const answer = await fetch(path, init).catch((error: unknown) => {
    if (signal?.aborted) throw error;
    throw new Failure(texts.errors.away, 0, "away");
  });
  if (!answer.ok) throw failureOf(answer.status, await answer.text());
  return (answer.status === 204 || answer.headers.get("Content-Length") === "0"
    ? undefined
    : await answer.json().catch((error: unknown) => {
        if (signal?.aborted) throw error;
      })) as Answer;
}

/** Reads a problem+json body, or makes the best of any other. */
export function failureOf(status: number, body: string): Failure {
  const problem = problemOf(body);
  const message = problem?.detail || problem?.title || texts.errors.status(status);
  return new Failure(message, status, problem?.code ?? `http-${status}`, problem?.position ?? null);
}

export function problemOf(body: string): Problem | null {
  try {
    const read: unknown = JSON.parse(body);
    return typeof read === "object" && read !== null ? (read as Problem) : null;
  } catch {
    return null;
  }
}

/** Everything that matches, as a file to keep. */
export function exportPath(query: Query): string {
  return `/api/search/export${queried(query)}`;
}

function queried(query: Query): string {
  const pairs = new URLSearchParams();
  for (const [name, value] of Object.entries(query)) {
    if (value !== null && value !== undefined && value !== "") pairs.set(name, String(value));
  }
  const text = pairs.toString();
  return text ? `?${text}` : "";
}

export function aborted(error: unknown): boolean {
  return error instanceof DOMException && error.name === "AbortError";
}
