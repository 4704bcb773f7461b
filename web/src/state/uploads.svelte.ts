/** The upload queue: a few photos at a time, each followed until it can be found. */

import { me } from "../account/me.svelte.ts";
import { aborted, api, Failure, unfinished } from "../api/client.ts";
import type { Change, Stage, Status } from "../api/types.ts";
import { send, sendDirect, type Sending } from "../api/upload.ts";
import { taste } from "./taste.svelte.ts";
import { shrink } from "../upload/shrink.ts";
import { forget, keep, leftOver, type Kept } from "../upload/store.ts";

export type Phase = "waiting" | "sending" | "kept" | "duplicate" | "refused" | "lost" | "cancelled";

/** Three keep a home line full while one waits for its answer; browsers allow six per origin. */
const PARALLEL = 3;
const ATTEMPTS = 6;
const FIRST_WAIT_MS = 1_000;
const LONGEST_WAIT_MS = 20_000;
/** The live channel may be quicker than the answer to the upload. */
const REMEMBERED_CHANGES = 500;

let count = 0;

export class Upload {
  readonly key = ++count;
  phase = $state<Phase>("waiting");
  sent = $state(0);
  /** Bytes that really travel; the file's own unless it was made smaller. */
  size = $state(0);
  photo = $state<string | null>(null);
  stage = $state<Stage>("uploaded");
  status = $state<Status>("queued");
  /** Why it was refused, or failed. */
  message = $state("");
  attempts = 0;
  /** All of it may have arrived with only the answer lost: then the photo it doubles is itself. */
  delivered: boolean;
  sending: Sending | null = null;
  /** Its copy on disk, while it still has to be sent. */
  kept: Promise<number | null>;

  constructor(
    readonly file: File,
    /** Of how many that were chosen together this is one. */
    readonly together: number,
    /** No cloud provider may see it; as it was wished when it was chosen. */
    readonly localOnly: boolean,
    kept?: Kept,
  ) {
    this.size = file.size;
    this.delivered = kept !== undefined;
    this.kept = kept ? Promise.resolve(kept.key) : keep(file, localOnly);
    void this.kept.then((key) => (this.safe = key !== null));
  }

  /** A reload would not lose it. */
  safe = $state(false);

  get pending(): boolean {
    return this.phase === "waiting" || this.phase === "sending";
  }

  /** The gateway, or the person, has said the last word about sending it. */
  get answered(): boolean {
    return !this.pending && this.phase !== "lost";
  }

  get settled(): boolean {
    return !this.pending && !this.following;
  }

  /** Kept by the gateway, not yet searchable. */
  get following(): boolean {
    return (this.phase === "kept" || this.phase === "duplicate") && unfinished(this.status);
  }

  get failed(): boolean {
    return this.phase === "lost" || (this.phase === "kept" && this.status === "failed");
  }
}

class Uploads {
  list = $state<Upload[]>([]);
  paused = $state(false);
  #changes = new Map<string, Change>();

  get busy(): boolean {
    return this.list.some((upload) => !upload.settled);
  }

  /** Pending files that a reload would lose. */
  get unsafe(): boolean {
    return this.list.some((upload) => upload.pending && !upload.safe);
  }

  add(files: Iterable<File>): void {
    const chosen = [...files];
    this.#put(chosen.map((file) => new Upload(file, chosen.length, taste.localOnly)));
  }

  /** Goes on with what was being sent before the page was reloaded. */
  async resume(): Promise<void> {
    const left = await leftOver();
    this.#put(left.map((kept) => new Upload(kept.file, left.length, kept.localOnly, kept)));
  }

  pause(paused: boolean): void {
    this.paused = paused;
    this.#pump();
  }

  cancel(upload: Upload): void {
    if (upload.sending) return upload.sending.abort();
    upload.phase = "cancelled";
    void release(upload);
    this.#pump();
  }

  cancelAll(): void {
    for (const upload of this.list) if (upload.pending) this.cancel(upload);
  }

  retry(upload: Upload): void {
    if (upload.photo && upload.status === "failed") {
      upload.status = "queued";
      void api.retry(upload.photo).catch((error: Error) => {
        upload.status = "failed";
        upload.message = error.message;
      });
      return;
    }
    upload.attempts = 0;
    upload.phase = "waiting";
    this.#pump();
  }

  #put(added: Upload[]): void {
    this.list = [...added.reverse(), ...this.list];
    this.#pump();
  }

  /** Takes the finished ones off the list. */
  clear(): void {
    this.list = this.list.filter((upload) => !upload.settled);
  }

  change(change: Change): void {
    this.#changes.delete(change.id);
    this.#changes.set(change.id, change);
    if (this.#changes.size > REMEMBERED_CHANGES) this.#changes.delete(this.#changes.keys().next().value!);
    for (const upload of this.list) if (upload.photo === change.id) follow(upload, change);
  }

  /** Asks for the state of those on their way, after changes were missed. */
  async recheck(): Promise<void> {
    for (const upload of this.list) {
      if (!upload.photo || !upload.following) continue;
      const photo = await api.photo(upload.photo).catch(() => null);
      if (photo) follow(upload, photo);
    }
  }

  #pump(): void {
    if (this.paused) return;
    let room = PARALLEL - this.list.filter((upload) => upload.phase === "sending").length;
    // The list is newest first; files go in the order they were given.
    for (let at = this.list.length - 1; at >= 0 && room > 0; at--) {
      const upload = this.list[at]!;
      if (upload.phase !== "waiting") continue;
      room--;
      void this.#send(upload);
    }
  }

  async #send(upload: Upload): Promise<void> {
    upload.phase = "sending";
    upload.sent = 0;
    upload.message = "";
    try {
      const photo = taste.originals ? upload.file : await shrink(upload.file);
      // It may have been cancelled meanwhile.
      if (upload.phase !== "sending") return;
      upload.size = photo.size;
      const way = me.is.direct ? sendDirect : send;
      upload.sending = way(photo, upload, (sent) => (upload.sent = sent));
      const accepted = await upload.sending.done;
      upload.sent = upload.size;
      upload.photo = accepted.id;
      upload.status = accepted.status;
      upload.stage = accepted.status === "ready" ? "searchable" : "uploaded";
      upload.phase = accepted.duplicate && !upload.delivered ? "duplicate" : "kept";
      const change = this.#changes.get(accepted.id);
      if (change) follow(upload, change);
    } catch (error) {
      await this.#fail(upload, error);
    }
    upload.sending = null;
    if (upload.answered) void release(upload);
    this.#pump();
  }

  /** Waits and tries again while time may heal it; the same bytes are the same photo, so it is safe. */
  async #fail(upload: Upload, error: unknown): Promise<void> {
    if (aborted(error)) {
      upload.phase = "cancelled";
      return;
    }
    upload.message = (error as Error).message;
    if (!(error instanceof Failure) || !error.passing) {
      upload.phase = "refused";
      return;
    }
    upload.delivered ||= error.status === 0 && upload.sent >= upload.size;
    // Without a network nothing was tried at all.
    if (navigator.onLine && ++upload.attempts >= ATTEMPTS) {
      upload.phase = "lost";
      return;
    }
    upload.sending = null;
    await patience(upload.attempts);
    if (upload.phase === "sending") upload.phase = "waiting";
  }
}

/** The file need not survive a reload any more. */
async function release(upload: Upload): Promise<void> {
  const key = await upload.kept;
  if (key !== null) await forget({ key, file: upload.file });
}

/** Waits longer each time, and in any case until there is a network. */
async function patience(attempts: number): Promise<void> {
  if (!navigator.onLine) await new Promise((resolve) => window.addEventListener("online", resolve, { once: true }));
  const wait = Math.min(LONGEST_WAIT_MS, FIRST_WAIT_MS * 2 ** Math.max(0, attempts - 1));
  await new Promise((resolve) => setTimeout(resolve, wait * (0.5 + Math.random())));
}

function follow(upload: Upload, { status, stage, reason }: Pick<Change, "status" | "stage" | "reason">): void {
  upload.status = status;
  upload.stage = status === "ready" ? "searchable" : stage;
  upload.message = status === "failed" || status === "partial" ? (reason?.text ?? "") : "";
}

export const uploads = new Uploads();
