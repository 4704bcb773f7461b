/** Numbers and dates as people write them. */

import type { Exif, Photo, Sent } from "./api/types.ts";
import { texts } from "./texts.ts";

const LANGUAGE = "en";
const month = new Intl.DateTimeFormat(LANGUAGE, { month: "long", year: "numeric" });
const day = new Intl.DateTimeFormat(LANGUAGE, { dateStyle: "medium", timeZone: "UTC" });
const moment = new Intl.DateTimeFormat(LANGUAGE, { dateStyle: "medium", timeStyle: "short" });
const relative = new Intl.RelativeTimeFormat(LANGUAGE, { numeric: "auto" });

export function monthOf(day: Date): string {
  return month.format(day);
}

/** A day as the address writes it (`2026-11-22`), in words. */
export function dayOf(iso: string): string {
  const date = new Date(`${iso}T00:00:00Z`);
  return Number.isNaN(date.getTime()) ? iso : day.format(date);
}

export function momentOf(iso: string): string {
  const date = new Date(iso);
  return Number.isNaN(date.getTime()) ? "" : moment.format(date);
}

export function soonOf(iso: string, now: Date = new Date()): string {
  const seconds = Math.round((new Date(iso).getTime() - now.getTime()) / 1000);
  if (Number.isNaN(seconds)) return "";
  if (Math.abs(seconds) < 90) return relative.format(seconds, "second");
  if (Math.abs(seconds) < 5400) return relative.format(Math.round(seconds / 60), "minute");
  return relative.format(Math.round(seconds / 3600), "hour");
}

export function spanOf(seconds: number): string {
  if (seconds < 60) return texts.spans.moment;
  if (seconds < 5400) return texts.spans.minutes(Math.round(seconds / 60));
  return texts.spans.hours(Math.round(seconds / 3600));
}

export function bytesOf(bytes: number): string {
  if (bytes < 1_000) return `${bytes} B`;
  if (bytes < 1_000_000) return `${Math.round(bytes / 1_000)} kB`;
  return `${(bytes / 1_000_000).toFixed(bytes < 100_000_000 ? 1 : 0)} MB`;
}

/** What of a photo left the house: who got it, by which prompt, how much of it, and the price. */
export function sentOf({ provider, model, prompt, width, height, words, bytes, cost }: Sent): string {
  const { pixels, sent, sentWords, sentNothing } = texts.panel;
  const who = [provider, model, prompt].filter(Boolean).join(" ");
  const what = width ? pixels(width, height) : sentWords(words);
  return sent(who, what, bytes ? bytesOf(bytes) : sentNothing, Number(cost).toFixed(4));
}

export function percentOf(part: number): string {
  return `${Math.round(part * 100)} %`;
}

export function megapixelsOf(width: number, height: number): string {
  const count = (width * height) / 1_000_000;
  return count < 10 ? count.toFixed(1) : count.toFixed(0);
}

/** 1/250 s · f/2.8 · ISO 400 · 35 mm */
export function exposureOf(exif: Partial<Exif>): string {
  return [
    exif.exposure_seconds ? shutterOf(exif.exposure_seconds) : "",
    exif.f_number ? `f/${trimmed(exif.f_number)}` : "",
    exif.iso ? `ISO ${exif.iso}` : "",
    exif.focal_length_mm ? `${trimmed(exif.focal_length_mm)} mm` : "",
  ]
    .filter(Boolean)
    .join(" · ");
}

function shutterOf(seconds: number): string {
  if (seconds >= 0.4) return `${trimmed(seconds)} s`;
  return `1/${Math.round(1 / seconds)} s`;
}

function trimmed(value: number): string {
  return String(Math.round(value * 10) / 10);
}

/** "Canon EOS R5": cameras often repeat their maker in the model. */
export function cameraOf({ camera_make: make, camera_model: model }: Partial<Exif>): string {
  if (!model) return make ?? "";
  if (!make || model.toLowerCase().startsWith(make.toLowerCase().split(" ")[0]!)) return model;
  return `${make} ${model}`;
}

/** What a screen reader says of the photo: its caption, else what it was found by, else its name. */
export function altOf(photo: Pick<Photo, "caption" | "filename"> & { why?: { tag: string; kind: string }[] }): string {
  if (photo.caption) return photo.caption;
  const tags = photo.why?.filter((why) => why.kind !== "meaning").map((why) => why.tag).join(", ");
  return tags ? `${tags} (${photo.filename})` : photo.filename || texts.viewer.untitled;
}
