import { expect, test } from "vitest";

import type { PhotoTag } from "../api/types.ts";
import { ordered } from "./order.ts";

function tag(text: string, confidence: number, model: string): PhotoTag {
  return { kind: "label", text, confidence, source: "local", model, evidence: null };
}

test("what is in a photo comes before its light and colour, and its form last", () => {
  const tags = [
    tag("landscape format", 1, "exif-1"),
    tag("blue tones", 0.99, "pixels-1"),
    tag("water", 0.4, "efficientnet-lite4"),
    tag("boat", 0.7, "claude-sonnet"),
    tag("by hand", 1, ""),
    tag("dark", 0.5, "pixels-1"),
  ];
  const told = ordered(tags).map(({ text }) => text);
  expect(told).toEqual(["by hand", "boat", "water", "blue tones", "dark", "landscape format"]);
});
