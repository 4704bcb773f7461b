/** Cuts a list of photos, newest first, into the stretches that people remember. No DOM here. */

import type { Section } from "./justified.ts";

export interface Words {
  today: string;
  yesterday: string;
  month(day: Date): string;
}

/** One section per run of equal headings, so `days` must be in the order shown. */
export function sectionsOf(days: readonly string[], now: Date, words: Words): Section[] {
  const sections: Section[] = [];
  const named = new Map<string, string>();
  days.forEach((day, index) => {
    // The day in UTC is only a cheap key: the heading comes from the local date.
    const hour = day.slice(0, 13);
    let heading = named.get(hour);
    if (heading === undefined) named.set(hour, (heading = headingOf(new Date(day), now, words)));
    const current = sections.at(-1);
    if (current && current.heading === heading) current.count++;
    else sections.push({ heading, first: index, count: 1 });
  });
  return sections;
}

export function headingOf(day: Date, now: Date, words: Words): string {
  const past = daysBetween(day, now);
  if (past <= 0) return words.today;
  if (past === 1) return words.yesterday;
  return words.month(day);
}

function daysBetween(day: Date, now: Date): number {
  const midnight = (of: Date) => Date.UTC(of.getFullYear(), of.getMonth(), of.getDate());
  return Math.round((midnight(now) - midnight(day)) / 86_400_000);
}
