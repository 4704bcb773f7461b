import { expect, test } from "vitest";

import { arrange, shape, type Layout, type Section, type Spacing } from "./justified.ts";

const spacing: Spacing = { width: 1200, target: 240, gap: 8 };

function one(count: number): Section[] {
  return [{ heading: "", first: 0, count }];
}

/** Shapes as photographers make them, the same in every run. */
function shapes(count: number): Float64Array {
  const usual = [1.5, 0.667, 1.333, 1.778, 1, 0.75, 1.5, 2.35];
  return Float64Array.from({ length: count }, (_, index) => usual[(index * 7 + (index >> 3)) % usual.length]!);
}

function right(layout: Layout, photo: number): number {
  return layout.left[photo]! + layout.width[photo]!;
}

test("every full row ends at the right edge and keeps the photos' shapes", () => {
  const ratios = shapes(500);
  const layout = arrange(ratios, one(500), spacing);
  for (const row of layout.rows.slice(0, -1)) {
    expect(right(layout, row.first + row.count - 1)).toBeCloseTo(1200, 1);
    for (let photo = row.first; photo < row.first + row.count; photo++) {
      expect(layout.width[photo]! / row.height).toBeCloseTo(ratios[photo]!, 1);
    }
  }
});

test("rows follow one another without overlap and hold every photo once", () => {
  const layout = arrange(shapes(300), one(300), spacing);
  let next = 0;
  layout.rows.forEach((row, index) => {
    expect(row.first).toBe(next);
    next += row.count;
    const after = layout.rows[index + 1];
    if (after) expect(after.top).toBeCloseTo(row.top + row.height + 8, 3);
  });
  expect(next).toBe(300);
});

test("row heights stay near the target", () => {
  const { rows } = arrange(shapes(500), one(500), spacing);
  for (const { height } of rows.slice(0, -1)) {
    expect(height).toBeGreaterThan(240 * 0.7);
    expect(height).toBeLessThan(240 * 1.4);
  }
});

test("a short last row is not stretched", () => {
  const layout = arrange([1.5, 1.5], one(2), spacing);
  expect(layout.rows[0]!.height).toBe(240);
  expect(right(layout, 1)).toBeLessThan(800);
});

test("one more photo at the end leaves the rows above where they were", () => {
  const ratios = shapes(200);
  const before = arrange(ratios.slice(0, 150), one(150), spacing);
  const after = arrange(ratios, one(200), spacing);
  expect(after.rows.slice(0, before.rows.length - 1)).toEqual(before.rows.slice(0, -1));
});

test("a lone portrait on a phone is not taller than twice the target", () => {
  const layout = arrange([0.4], one(1), { width: 360, target: 130, gap: 4 });
  expect(layout.rows[0]!.height).toBeLessThanOrEqual(260);
});

test("sections begin on a new row below their heading", () => {
  const sections = [
    { heading: "Today", first: 0, count: 3 },
    { heading: "Yesterday", first: 3, count: 2 },
  ];
  const { rows } = arrange(shapes(5), sections, { ...spacing, heading: 50 });
  expect(rows[0]).toMatchObject({ top: 50, first: 0, opens: 0 });
  const second = rows.find((row) => row.first === 3)!;
  const above = rows[rows.indexOf(second) - 1]!;
  expect(second.opens).toBe(1);
  expect(second.top).toBeCloseTo(above.top + above.height + 8 + 50, 3);
});

test("captions make room under each row", () => {
  const ratios = shapes(60);
  const plain = arrange(ratios, one(60), spacing);
  const captioned = arrange(ratios, one(60), { ...spacing, caption: 28 });
  expect(captioned.height - plain.height).toBeCloseTo(28 * plain.rows.length, 1);
});

test("odd sizes get a shape that can be laid out", () => {
  expect(shape(0, 0)).toBe(1.5);
  expect(shape(Number.NaN, 100)).toBe(1.5);
  expect(shape(30_000, 10)).toBe(4);
  expect(shape(10, 30_000)).toBe(0.4);
});

test("no room and no photos make no rows", () => {
  expect(arrange(shapes(10), one(10), { ...spacing, width: 0 }).rows).toEqual([]);
  expect(arrange([], one(0), spacing).height).toBe(0);
});

test("100,000 photos are laid out within a frame or two", () => {
  const ratios = shapes(100_000);
  arrange(ratios, one(100_000), spacing);
  // The quickest of many: a machine that does something else meanwhile is not what is measured.
  const times = Array.from({ length: 25 }, () => {
    const start = performance.now();
    arrange(ratios, one(100_000), spacing);
    return performance.now() - start;
  });
  expect(Math.min(...times)).toBeLessThan(20);
});
