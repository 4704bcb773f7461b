/** The photos of the make-believe gateway: their tags were written by hand. */

import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";

import type { Change, Guess, Hit, Kind, Photo, PhotoDetail, PhotoTag, Stage, TagEdit, TagName } from "../src/api/types.ts";
import told from "./samples.json" with { type: "json" };

interface Told {
  width: number;
  height: number;
  thumbhash: string;
  palette: { hex: string; amount: number }[];
  labels: string[];
  moods: string[];
  composition: Record<string, number>;
}
const samples = told.photos as unknown as Record<string, Told>;
const evidence = told.evidence as Record<string, Record<string, unknown>>;

const STAGES: Stage[] = ["uploaded", "tagged", "embedded", "searchable"];
const STAGE_MS = 900;
const DAY_MS = 86_400_000;

export class Gallery {
  #photos: PhotoDetail[] = [];
  #bytes = new Map<string, Buffer>();
  #listeners = new Set<(change: Change) => void>();

  constructor(folder: string, count: number) {
    const names = Object.keys(samples);
    for (let index = 0; index < count; index++) {
      const name = names[index % names.length]!;
      const id = hash(`${name} ${Math.floor(index / names.length)}`);
      const photo = made(id, name, samples[name]!, new Date(Date.now() - Math.floor(index / 9) ** 2 * DAY_MS));
      if (index === 3 && count > 3) fail(photo);
      this.#photos.push(photo);
      if (index < names.length) this.#bytes.set(id, readFileSync(folder + name));
    }
  }

  page(query: URLSearchParams) {
    const status = query.get("status");
    const all = status ? this.#photos.filter((photo) => photo.status === status) : this.#photos;
    const { slice, cursor } = cut(all, query);
    return { photos: slice.map(brief), cursor, total: all.length };
  }

  detail(id: string) {
    return this.#photos.find((photo) => photo.id === id) ?? refusal(404, "no-such-photo", "There is no such photo.");
  }

  bytes(id: string, read: (name: string) => Buffer): Buffer {
    const photo = this.#photos.find((one) => one.id === id);
    return this.#bytes.get(id) ?? read(photo?.filename ?? "cat.jpg");
  }

  take(filename: string, body: Buffer) {
    if (body[0] !== 0xff || body[1] !== 0xd8) {
      const message = "This is not a JPEG, PNG, WebP, GIF, AVIF, HEIC or TIFF photo.";
      return { ...refusal(415, "unsupported-type", message), errors: [{ filename, code: "unsupported-type", message }] };
    }
    const id = hash(body);
    const known = this.#photos.find((photo) => photo.id === id || (photo.filename === filename && photo.bytes === body.length));
    if (known) return answer(known, filename, true);
    const photo = made(id, filename, sampleFor(filename), new Date());
    Object.assign(photo, { status: "queued", stage: "uploaded", bytes: body.length });
    this.#photos.unshift(photo);
    this.#bytes.set(id, body);
    this.#advance(photo, 0);
    return answer(photo, filename, false);
  }

  remove(id: string): void {
    const photo = this.#photos.find((one) => one.id === id);
    this.#photos = this.#photos.filter((one) => one.id !== id);
    if (photo) this.#tell({ ...photo, status: "deleting" });
  }

  retry(id: string) {
    const photo = this.#photos.find((one) => one.id === id);
    if (photo) this.#advance(Object.assign(photo, { status: "queued", stage: "uploaded", reason: null }), 0);
    return {};
  }

  retryFailed() {
    const failed = this.#photos.filter((photo) => photo.status === "failed");
    for (const photo of failed) this.retry(photo.id);
    return { retried: failed.length };
  }

  edit(id: string, { add = [], remove = [] }: TagEdit) {
    const photo = this.#photos.find((one) => one.id === id);
    if (!photo) return refusal(404, "no-such-photo", "There is no such photo.");
    const not = (names: TagName[]) => (word: TagName) => !names.some((one) => one.kind === word.kind && one.text === word.text);
    photo.tags = photo.tags.filter(not(remove));
    photo.guesses = photo.guesses.filter(not([...add, ...remove]));
    for (const { kind, text } of add) photo.tags.push(tag(kind, text, 1, "user"));
    return photo;
  }

  search(query: URLSearchParams) {
    const q = query.get("q") ?? "";
    const words = q.toLowerCase().split(/\s+/);
    const hits = this.#photos
      .map((photo): Hit => {
        const named = words.some((word) => photo.filename.includes(word));
        const found = photo.tags.filter((tag) => words.some((word) => tag.text.includes(word)));
        const sum = found.reduce((all, tag) => all + tag.confidence, 0) || 1;
        const why = found.map(({ kind, text, source, confidence }) => ({ tag: text, kind, source, confidence, likeness: 1, share: confidence / sum, points: confidence / words.length, term: text, guess: false }));
        return { ...brief(photo), likeness: Math.min(1, (sum / words.length) * 0.95) * (found.length || named ? 1 : 0), why };
      })
      .filter((hit) => hit.likeness)
      .sort((a, b) => b.likeness - a.likeness);
    const { slice, cursor } = cut(hits, query);
    return { query: q, photos: slice, facets: this.#facets(hits.map((hit) => hit.id)), cursor, total: hits.length };
  }

  tags(query: URLSearchParams) {
    const prefix = (query.get("prefix") ?? "").toLowerCase();
    const all = Object.entries(this.#facets(this.#photos.map((photo) => photo.id))).flatMap(([kind, counts]) =>
      counts.map((count) => ({ kind, ...count })),
    );
    const wanted = all.filter(({ kind, text }) => text.startsWith(prefix) && (query.get("kind") ?? kind) === kind);
    return { tags: wanted.sort((a, b) => b.count - a.count).slice(0, Number(query.get("limit") ?? 10)) };
  }

  status() {
    const photos: Record<string, number> = {};
    for (const { status } of this.#photos) photos[status] = (photos[status] ?? 0) + 1;
    const queue = { ready: photos["queued"] ?? 0, consumers: 1 };
    return { version: "0.1.0", photos, queues: { tagger: queue, embedder: queue }, oldest_unfinished_seconds: null, tags: 90, spent: "0", services: {} };
  }

  listen(listener: (change: Change) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  #facets(ids: string[]): Record<string, { text: string; count: number }[]> {
    const wanted = new Set(ids);
    const counts: Record<string, Map<string, number>> = {};
    for (const photo of this.#photos) {
      if (!wanted.has(photo.id)) continue;
      for (const { kind, text } of photo.tags) (counts[kind] ??= new Map()).set(text, (counts[kind].get(text) ?? 0) + 1);
    }
    const sorted = (of: Map<string, number>) => [...of].map(([text, count]) => ({ text, count })).sort((a, b) => b.count - a.count);
    return Object.fromEntries(Object.entries(counts).map(([kind, of]) => [kind, sorted(of)]));
  }

  #advance(photo: PhotoDetail, stage: number): void {
    photo.stage = STAGES[stage]!;
    if (stage === STAGES.length - 1) photo.status = "ready";
    this.#tell(photo);
    if (stage < STAGES.length - 1) setTimeout(() => this.#advance(photo, stage + 1), STAGE_MS * (0.5 + Math.random()));
  }

  #tell({ id, status, stage, generation, reason }: Change): void {
    for (const listener of this.#listeners) listener({ id, status, stage, generation, reason });
  }
}

function sampleFor(filename: string): Told {
  const name = Object.keys(samples).find((one) => filename.startsWith(one.replace(".jpg", "")));
  return samples[name ?? "cat.jpg"]!;
}

function made(id: string, filename: string, sample: Told, uploaded: Date): PhotoDetail {
  const { width, height, thumbhash, palette, labels, moods, composition } = sample;
  const tags = [
    ...labels.map((text, index) => tag("label", text, 0.94 - index * 0.13, "local")),
    ...moods.map((text, index) => tag("mood", text, 0.81 - index * 0.2, "local")),
    ...Object.entries(composition).map(([text, sure]) => ({ ...tag("composition", text, sure, "local"), evidence: evidence[text] ?? null })),
  ];
  if (filename === "cat.jpg") tags.push(tag("user", '<img src=x onerror="alert(1)">', 1, "user"));
  const url = `/api/photos/${id}`;
  const photo: Photo = {
    ...{ id, filename, width, height, thumbhash, palette: palette.map((one) => ({ ...one, lab: [0, 0, 0] as [number, number, number] })), status: "ready", stage: "searchable", generation: 1 },
    ...{ taken_at: uploaded.toISOString(), uploaded_at: uploaded.toISOString(), caption: "", reason: null },
    ...{ original: `${url}/original?v=1`, display: `${url}/display?v=1`, thumb: `${url}/thumb?v=1` },
  };
  const exif = { camera_make: "FUJIFILM", camera_model: "X-T5", lens: "XF 23mm F1.4", exposure_seconds: 0.004, f_number: 2.8, iso: 400, focal_length_mm: 23, taken_at: null, latitude: null, longitude: null };
  return { ...photo, content_type: "image/jpeg", bytes: 1_840_000, sha256: hash(id).repeat(2), exif, tags, guesses: guessed(tags), tagger: "local 1", embedder: "minilm 1", cost: "0", attempts: 1, local_only: false, sent: [] };
}

function fail(photo: PhotoDetail): void {
  const reason = { code: "rate-limited", text: "The tagger was told to slow down.", next_try: new Date(Date.now() + 300_000).toISOString() };
  Object.assign(photo, { status: "failed", stage: "uploaded", tags: [], guesses: [], reason });
}

function tag(kind: Kind, text: string, confidence: number, source: string): PhotoTag {
  return { kind, text, confidence, source, model: source, evidence: null };
}

/** Likeliest first, and one too many and one too unlikely to be shown. */
function guessed(tags: PhotoTag[]): Guess[] {
  const words = ["clouds", "lake", "house", "dreamy", "snow", "river", "street", "fog"];
  return words
    .filter((text) => !tags.some((tag) => tag.text === text))
    .map((text, index) => ({ kind: text === "dreamy" ? "mood" : "label", text, confidence: 0.64 - index * 0.05 }));
}

function brief(photo: PhotoDetail): Photo {
  const { content_type: _, bytes: __, sha256: ___, exif: ____, tags: _____, guesses: ______, ...rest } = photo;
  return rest;
}

function cut<P>(all: P[], query: URLSearchParams): { slice: P[]; cursor: string | null } {
  const from = Number(query.get("cursor") ?? 0);
  const to = from + Number(query.get("limit") ?? 50);
  return { slice: all.slice(from, to), cursor: to < all.length ? String(to) : null };
}

function answer(photo: Photo, filename: string, duplicate: boolean) {
  return { photos: [{ filename, id: photo.id, status: photo.status, duplicate, url: `/api/photos/${photo.id}` }], errors: [] };
}

function refusal(status: number, code: string, detail: string) {
  return { type: "about:blank", title: detail, status, detail, code };
}

function hash(of: string | Buffer): string {
  return createHash("sha256").update(of).digest("hex").slice(0, 32);
}
