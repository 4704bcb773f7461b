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

/** `together`: of how many in all it is one; of many, each may wait for half the price. */
export function send(file: File, together: number, progress: (sent: number) => void): Sending {
  const request = new XMLHttpRequest();
  const done = new Promise<Accepted>((resolve, reject) => {
    request.open("POST", `/api/photos?filename=${encodeURIComponent(file.name)}&together=${together}`);
    request.setRequestHeader("Content-Type", typeOf(file));
    for (const [name, value] of Object.entries(OURS)) request.setRequestHeader(name, value);
    request.upload.addEventListener("progress", (event) => progress(event.loaded));
    request.addEventListener("load", () => {
      const accepted = acceptedOf(request.status, request.responseText);
      if (accepted instanceof Failure) reject(accepted);
      else resolve(accepted);
    });
    request.addEventListener("error", () => reject(new Failure(texts.errors.away, 0, "away")));
    request.addEventListener("abort", () => reject(new DOMException("cancelled", "AbortError")));
    request.send(file);
  });
  return { done, abort: () => request.abort() };
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
