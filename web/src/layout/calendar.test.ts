import { expect, test } from "vitest";

import { dayAt, partOf, yearsOf } from "./calendar.ts";

const days = [
  { day: "2026-03-02", count: 10 },
  { day: "2026-01-15", count: 30 },
  { day: "2024-12-31", count: 60 },
];

test("a day has as much of the rail as it has photos", () => {
  expect([0, 0.09, 0.1, 0.39, 0.4, 1, 7, -1].map((part) => dayAt(days, part))).toEqual([0, 0, 1, 1, 2, 2, 2, 0]);
  expect([0, 1, 2].map((index) => partOf(days, index))).toEqual([0, 0.1, 0.4]);
  expect(dayAt([], 0.5)).toBe(-1);
});

test("a year is written where it begins, unless another stands there", () => {
  expect(yearsOf(days)).toEqual([
    { year: "2026", part: 0 },
    { year: "2024", part: 0.4 },
  ]);
  expect(yearsOf([{ day: "2026-01-01", count: 1 }, { day: "2025-12-31", count: 99 }]).map(({ year }) => year)).toEqual(["2026"]);
});
