import { expect, test } from "vitest";

import { contain, held, mostZoom, pixelZoom, WHOLE, zoomAt } from "./fit.ts";

const photo = { width: 6000, height: 4000 };
const stage = { width: 900, height: 900 };
const fitted = contain(photo, stage);

test("a photo is fitted whole, and a tiny one is not blown up without end", () => {
  expect(fitted).toEqual({ width: 900, height: 600 });
  expect(contain({ width: 40, height: 30 }, stage)).toEqual({ width: 80, height: 60 });
  expect(contain({ width: 0, height: 0 }, stage)).toEqual({ width: 0, height: 0 });
});

test("zooming keeps the point under the finger where it is", () => {
  const at = { x: 100, y: -50 };
  const view = zoomAt(WHOLE, 2, at, 10);
  expect({ x: (at.x - view.x) / view.zoom, y: (at.y - view.y) / view.zoom }).toEqual(at);
});

test("zoom ends at the whole photo and a little past its pixels", () => {
  const most = mostZoom(photo, fitted, 1);
  expect(zoomAt(WHOLE, 1e6, { x: 0, y: 0 }, most).zoom).toBe(most);
  expect(zoomAt(WHOLE, 1e-6, { x: 0, y: 0 }, most)).toEqual(WHOLE);
  expect(pixelZoom(photo, fitted, 1)).toBeCloseTo(6.667, 2);
});

test("a photo is not moved past its own edges", () => {
  expect(held({ zoom: 2, x: 9999, y: -9999 }, fitted, stage)).toEqual({ zoom: 2, x: 450, y: -150 });
  expect(held({ zoom: 1, x: 50, y: 50 }, fitted, stage)).toEqual({ zoom: 1, x: 0, y: 0 });
});
