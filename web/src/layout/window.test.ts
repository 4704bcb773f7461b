import { expect, test } from "vitest";

import { arrange } from "./justified.ts";
import { neighbour, rowAt, windowOf, within } from "./window.ts";

const COUNT = 100_000;
const ratios = new Float64Array(COUNT).fill(1.5);
const layout = arrange(ratios, [{ heading: "", first: 0, count: COUNT }], { width: 1200, target: 200, gap: 10 });
const rowHeight = layout.rows[0]!.height + 10;

function photosIn({ first, end }: { first: number; end: number }): number {
  return layout.rows.slice(first, end).reduce((sum, row) => sum + row.count, 0);
}

test("the window holds what is seen, and no more photos than the budget", () => {
  for (const top of [0, 12_345, layout.height - 900]) {
    const shown = windowOf(layout, top, top + 900, 110);
    expect(layout.rows[shown.first]!.top).toBeLessThanOrEqual(top + rowHeight);
    const last = layout.rows[shown.end - 1]!;
    expect(last.top + last.height).toBeGreaterThanOrEqual(Math.min(top + 900, layout.height) - rowHeight);
    expect(photosIn(shown)).toBeLessThanOrEqual(110);
  }
});

test("what is seen is shown even when it is more than the budget", () => {
  const shown = windowOf(layout, 0, 5_000, 10);
  expect(photosIn(shown)).toBeGreaterThan(60);
});

test("an empty layout has an empty window", () => {
  const none = arrange([], [], { width: 1200, target: 200, gap: 10 });
  expect(windowOf(none, 0, 900, 110)).toEqual({ first: 0, end: 0 });
});

test("a window far below the end is the last row", () => {
  const shown = windowOf(layout, layout.height + 9_999, layout.height + 10_999, 20);
  expect(shown.end).toBe(layout.rows.length);
});

test("the row at a height is the first that is not above it", () => {
  expect(rowAt(layout.rows, 0)).toBe(0);
  expect(rowAt(layout.rows, rowHeight * 3 + 1)).toBe(3);
  expect(rowAt(layout.rows, layout.height + 1)).toBe(layout.rows.length);
});

test("arrow keys walk in reading order and keep to the column", () => {
  const second = layout.rows[1]!;
  expect(neighbour(layout, 0, "left")).toBe(0);
  expect(neighbour(layout, 0, "right")).toBe(1);
  expect(neighbour(layout, 1, "down")).toBe(second.first + 1);
  expect(neighbour(layout, second.first + 1, "up")).toBe(1);
  expect(neighbour(layout, 0, "up")).toBe(0);
  expect(neighbour(layout, 5, "start")).toBe(0);
  expect(neighbour(layout, 5, "end")).toBe(COUNT - 1);
});

test("a dragged box touches the photos under it, whichever way it was drawn", () => {
  const forwards = within(layout, [0, 50], [0, rowHeight + 5]);
  expect(forwards).toEqual([0, layout.rows[1]!.first]);
  expect(within(layout, [50, 0], [rowHeight + 5, 0])).toEqual(forwards);
});
