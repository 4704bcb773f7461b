import { expect, test } from "vitest";

import { altOf, bytesOf, cameraOf, exposureOf, sentOf, spanOf } from "./format.ts";

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

test("what left the house is told with its prompt, and words are no pixels", () => {
  const call = { at: "", purpose: "", outcome: "answered", prompt: "", width: 0, height: 0, bytes: 0, words: 0 };
  const vision = { ...call, provider: "openai", model: "gpt-6-luna", prompt: "vision-1", width: 768, height: 512, bytes: 90_000, cost: "0.000204" };
  expect(sentOf(vision)).toBe("openai gpt-6-luna vision-1: 768 × 512, 90 kB, $0.0002");
  const words = { ...call, provider: "openai", model: "text-embedding-3-small", words: 3, bytes: 40, cost: "0.0000004" };
  expect(sentOf(words)).toBe("openai text-embedding-3-small: 3 words or lines, 40 B, $0.0000");
  const labels = { ...call, provider: "rekognition", model: "rekognition-labels", width: 4000, height: 3000, cost: "0.001" };
  expect(sentOf(labels)).toBe("rekognition rekognition-labels: 4,000 × 3,000, read in the bucket, $0.0010");
});

test("a photo without a caption is called by its tags, else by its name", () => {
  expect(altOf({ caption: "", filename: "a.jpg", why: [{ tag: "cat", kind: "label" }, { tag: "all of it", kind: "meaning" }] })).toBe("cat (a.jpg)");
  expect(altOf({ caption: "A cat", filename: "a.jpg" })).toBe("A cat");
  expect(altOf({ caption: "", filename: "" })).toBe("Untitled");
});
