import { expect, test } from "vitest";

import { sectionsOf } from "./sections.ts";

const words = { today: "Today", yesterday: "Yesterday", month: (day: Date) => `${day.getFullYear()}-${day.getMonth() + 1}` };
const now = new Date(2026, 10, 22, 12);

function day(year: number, month: number, date: number): string {
  return new Date(year, month - 1, date, 9).toISOString();
}

test("photos are cut into today, yesterday and months", () => {
  const days = [day(2026, 11, 22), day(2026, 11, 22), day(2026, 11, 21), day(2026, 11, 3), day(2026, 10, 30), day(2025, 10, 1)];
  expect(sectionsOf(days, now, words)).toEqual([
    { heading: "Today", first: 0, count: 2 },
    { heading: "Yesterday", first: 2, count: 1 },
    { heading: "2026-11", first: 3, count: 1 },
    { heading: "2026-10", first: 4, count: 1 },
    { heading: "2025-10", first: 5, count: 1 },
  ]);
});

test("a clock that runs ahead is still today, and no photos make no sections", () => {
  expect(sectionsOf([day(2026, 11, 23)], now, words)[0]!.heading).toBe("Today");
  expect(sectionsOf([], now, words)).toEqual([]);
});
