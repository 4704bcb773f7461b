/** Sends one photo as a raw body. XHR and not fetch: only it tells how much has been sent. */

import { texts } from "../texts.ts";
import { Failure, failureOf, OURS, problemOf } from "./client.ts";
import type { Accepted, Uploaded } from "./types.ts";

export interface Sending {
  done: Promise<Accepted>;
  abort(): void;
}

const TYPES: Record<string, string> = {
  avif: "image/avif",
  gif: "image/gif",
  heic: "image/heic",
  heif: "image/heif",
  jpeg: "image/jpeg",
  jpg: "image/jpeg",
  png: "image/png",
  tif: "image/tiff",
  tiff: "image/tiff",
  webp: "image/webp",
};

/** The gateway looks at the bytes; the type only has to be an image's for a raw body. */
export function typeOf(file: { name: string; type: string }): string {
  if (file.type.startsWith("image/")) return file.type;
  return TYPES[file.name.split(".").at(-1)!.toLowerCase()] ?? "image/unknown";
}

/** What is wished for a photo. `together`: of how many it is one; of many, each may wait for half the price. */
export interface Wishes {
  readonly together: number;
  readonly localOnly: boolean;
}

export function send(file: File, wishes: Wishes, progress: (sent: number) => void): Sending {
  const request = new XMLHttpRequest();
  const done = new Promise<Accepted>((resolve, reject) => {
    request.open("POST", `/api/photos?${named(file, wishes)}`);
    request.setRequestHeader("Content-Type", typeOf(file));
    for (const [name, value] of Object.entries(OURS)) request.setRequestHeader(name, value);
    request.upload.addEventListener("progress", (event) => progress(event.loaded));
    request.addEventListener("load", () => {
      const accepted = acceptedOf(request.status, request.responseText);
      if (accepted instanceof Failure) reject(accepted);
      else resolve(accepted);
    });
    failing(request, reject);
    request.send(file);
  });
  return { done, abort: () => request.abort() };
}

interface Form {
  id: string;
  url: string;
  fields: Record<string, string>;
}

/** The same by way of the store itself: a form from us, the bytes to the store, and a word to us. */
export function sendDirect(file: File, wishes: Wishes, progress: (sent: number) => void): Sending {
  const stop = new AbortController();
  const go = async (): Promise<Accepted> => {
    const begun = await ours("/api/uploads", stop.signal);
    const form = problemOf(begun.body) as unknown as Form | null;
    if (begun.status !== 201 || !form) throw failureOf(begun.status, begun.body);
    await put(file, form, stop.signal, progress);
    const taken = await ours(`/api/uploads/${form.id}?${named(file, wishes)}`, stop.signal);
    const accepted = acceptedOf(taken.status, taken.body);
    if (accepted instanceof Failure) throw accepted;
    return accepted;
  };
  return { done: go(), abort: () => stop.abort() };
}

async function ours(path: string, signal: AbortSignal): Promise<{ status: number; body: string }> {
  try {
    const answer = await fetch(path, { method: "POST", headers: OURS, signal });
    return { status: answer.status, body: await answer.text() };
  } catch (error) {
    if (signal.aborted) throw new DOMException("cancelled", "AbortError");
    throw error instanceof Failure ? error : new Failure(texts.errors.away, 0, "away");
  }
}

function put(file: File, form: Form, signal: AbortSignal, progress: (sent: number) => void): Promise<void> {
  const request = new XMLHttpRequest();
  const fields = new FormData();
  for (const [name, value] of Object.entries(form.fields)) fields.set(name, value);
  fields.set("file", file); // what comes after it is not read
  return new Promise((resolve, reject) => {
    request.open("POST", form.url);
    request.upload.addEventListener("progress", (event) => progress(Math.min(event.loaded, file.size)));
    request.addEventListener("load", () => {
      if (request.status >= 200 && request.status < 300) resolve();
      else reject(new Failure(texts.errors.status(request.status), request.status, "store-refused"));
    });
    failing(request, reject);
    signal.addEventListener("abort", () => request.abort());
    request.send(fields);
  });
}

function named(file: File, { together, localOnly }: Wishes): string {
  return `filename=${encodeURIComponent(file.name)}&together=${together}${localOnly ? "&local_only=true" : ""}`;
}

function failing(request: XMLHttpRequest, reject: (error: Error) => void): void {
  request.addEventListener("error", () => reject(new Failure(texts.errors.away, 0, "away")));
  request.addEventListener("abort", () => reject(new DOMException("cancelled", "AbortError")));
}

/** The one photo that was taken, or why it was not. */
export function acceptedOf(status: number, body: string): Accepted | Failure {
  if (status >= 200 && status < 300) {
    const answer = problemOf(body) as unknown as Uploaded | null;
    const accepted = answer?.photos?.[0];
    if (accepted) return accepted;
    const refused = answer?.errors?.[0];
    if (refused) return new Failure(refused.message, 422, refused.code);
    return new Failure(texts.errors.status(status), 502, "unreadable-answer");
  }
  const refused = problemOf(body)?.errors?.[0];
  return refused ? new Failure(refused.message, status, refused.code) : failureOf(status, body);
}
