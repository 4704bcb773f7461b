import { expect, test } from "vitest";

import { drawingOf, isPlaced, type Stroke } from "./evidence.ts";

function lines(strokes: Stroke[], weight: Stroke["weight"]) {
  return strokes.filter((stroke) => stroke.form === "line" && stroke.weight === weight);
}

test("thirds are drawn with the subject, its power point and the way between", () => {
  const evidence = { subject: { box: [0.5, 0.25, 0.2, 0.3], point: [0.6, 0.4] }, power_point: [0.6667, 0.3333] };
  const { strokes } = drawingOf("rule of thirds", evidence, 900, 600);
  expect(lines(strokes, "guide")).toHaveLength(4);
  expect(strokes).toContainEqual({ form: "box", weight: "subject", at: [450, 150], size: [180, 180] });
  expect(strokes).toContainEqual({ form: "dot", weight: "subject", at: [540, 240] });
  expect(lines(strokes, "subject")).toHaveLength(1);
});

test("a mirror axis and leading lines land on their pixels", () => {
  const axis = drawingOf("symmetry", { axis: { from: [0.5, 0], to: [0.5, 1] } }, 1000, 500);
  expect(axis.strokes).toEqual([{ form: "line", weight: "found", from: [500, 0], to: [500, 500] }]);
  const lead = drawingOf("leading lines", { lines: [[0, 1, 0.5, 0.5]], vanishing_point: [0.5, 0.5] }, 1000, 500);
  expect(lead.strokes).toEqual([
    { form: "line", weight: "found", from: [0, 500], to: [500, 250] },
    { form: "ring", weight: "found", at: [500, 250] },
  ]);
});

test("a lattice fills the photo and never leaves it", () => {
  const evidence = { lattice: { origin: [0.5, 0.5], steps: [[0.25, 0], [0, 0.25]] } };
  const { strokes } = drawingOf("pattern", evidence, 400, 400);
  expect(strokes).toHaveLength(25);
  for (const stroke of strokes) {
    if (stroke.form !== "dot") throw new Error(stroke.form);
    expect(Math.min(...stroke.at)).toBeGreaterThanOrEqual(0);
    expect(Math.max(...stroke.at)).toBeLessThanOrEqual(400);
  }
});

test("a frame dims what is outside it", () => {
  const { window, strokes } = drawingOf("framing", { frame: [0.25, 0.25, 0.5, 0.5] }, 800, 400);
  expect(window).toEqual({ at: [200, 100], size: [400, 200] });
  expect(strokes).toHaveLength(1);
});

test("each box of a thing seen is drawn, and no more than can be told apart", () => {
  const boxes = [
    [0.1, 0.5, 0.2, 0.25],
    [0.5, 0, 0.5, 1],
  ];
  expect(drawingOf("people", { boxes }, 1000, 400)).toEqual({
    strokes: [
      { form: "box", weight: "found", at: [100, 200], size: [200, 100] },
      { form: "box", weight: "found", at: [500, 0], size: [500, 400] },
    ],
    window: null,
  });
  expect(drawingOf("crowd", { boxes: Array(900).fill(boxes[0]) }, 10, 10).strokes).toHaveLength(40);
});

test("a label with boxes or free room says where it is, one that carries the subject along does not", () => {
  expect(isPlaced({ boxes: [[0, 0, 1, 1]] })).toBe(true);
  expect(isPlaced({ frame: [0, 0, 0.5, 1] })).toBe(true);
  expect(isPlaced({ subject: { box: [0, 0, 1, 1], point: [0.5, 0.5] } })).toBe(false);
  expect(isPlaced({ boxes: ["here"] })).toBe(false);
  expect(isPlaced(null)).toBe(false);
});

test("evidence that is not geometry draws nothing and breaks nothing", () => {
  const hostile = {
    subject: "here",
    power_point: [Number.NaN, 1],
    axis: null,
    lines: [[1, 2], "x", [0, 0, Infinity, 1]],
    lattice: { origin: [0, 0], steps: [[0, 0]] },
    frame: [1, 2, 3],
    horizon: "0.5",
    boxes: [[0, 0, 1], "x", null, [0, 0, Number.NaN, 1]],
    more: { deep: [] },
  };
  expect(drawingOf("symmetry", hostile, 100, 100)).toEqual({ strokes: [], window: null });
});

test("a dense lattice is cut, the middle kept", () => {
  const { strokes } = drawingOf("pattern", { lattice: { origin: [0.5, 0.5], steps: [[0.02, 0], [0, 0.02]] } }, 100, 100);
  expect(strokes).toHaveLength(400);
  expect(strokes[0]).toEqual({ form: "dot", weight: "found", at: [50, 50] });
});
