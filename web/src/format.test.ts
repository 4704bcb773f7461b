import { expect, test } from "vitest";

import { altOf, bytesOf, cameraOf, exposureOf, spanOf } from "./format.ts";

test("exposures are written as on a camera", () => {
  expect(exposureOf({ exposure_seconds: 0.004, f_number: 2.8, iso: 400, focal_length_mm: 35 })).toBe(
    "1/250 s · f/2.8 · ISO 400 · 35 mm",
  );
  expect(exposureOf({ exposure_seconds: 2.5 })).toBe("2.5 s");
  expect(exposureOf({})).toBe("");
});

test("a maker that the model repeats is said once", () => {
  expect(cameraOf({ camera_make: "Canon", camera_model: "Canon EOS R5" })).toBe("Canon EOS R5");
  expect(cameraOf({ camera_make: "FUJIFILM", camera_model: "X-T5" })).toBe("FUJIFILM X-T5");
  expect(cameraOf({ camera_make: "NIKON CORPORATION", camera_model: "NIKON Z 8" })).toBe("NIKON Z 8");
});

test("sizes and spans are rounded as people do", () => {
  expect([bytesOf(999), bytesOf(48_117), bytesOf(4_310_000)]).toEqual(["999 B", "48 kB", "4.3 MB"]);
  expect([spanOf(20), spanOf(240), spanOf(7200)]).toEqual(["less than a minute", "about 4 minutes", "about 2 hours"]);
});

test("a photo without a caption is called by its tags, else by its name", () => {
  expect(altOf({ caption: "", filename: "a.jpg", why: [{ tag: "cat", kind: "label" }, { tag: "all of it", kind: "meaning" }] })).toBe("cat (a.jpg)");
  expect(altOf({ caption: "A cat", filename: "a.jpg" })).toBe("A cat");
  expect(altOf({ caption: "", filename: "" })).toBe("Untitled");
});
