import { expect, test } from "vitest";

import type { Guess, PhotoTag } from "../api/types.ts";
import { ordered, worthAsking } from "./order.ts";

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

test("of guesses the six likeliest are worth asking, if likely enough and not said in another kind", () => {
  const guesses = ["a", "b", "c", "d", "e", "f", "g", "h"].map((text, index): Guess => ({ kind: "label", text, confidence: 0.66 - index * 0.04 }));
  const tags = [{ ...tag("b", 1, ""), kind: "user" as const }];
  const asked = (of: Guess[]) => worthAsking({ guesses: of, tags }).map(({ text }) => text);
  expect(asked(guesses)).toEqual(["a", "c", "d", "e", "f", "g"]);
  expect(asked([{ kind: "label", text: "i", confidence: 0.3 }, { kind: "label", text: "j", confidence: 0.29 }])).toEqual(["i"]);
});
