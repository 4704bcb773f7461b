import { expect, test } from "vitest";

import type { Chip } from "../api/types.ts";
import { nearestMood } from "./moods.ts";
import { titleOf, toldOf } from "./told.ts";

const chip = (text: string, meaning: string, negated = false) =>
  ({ text, meaning, negated, start: 0, end: text.length, kind: "label", query: text, confidence: 1 }) as Chip;

test("words stay as they were typed, with their meaning where it is another word", () => {
  expect(toldOf(chip("Dog", "dog"))).toBe("Dog");
  expect(toldOf(chip("people", "person", true))).toBe("not people: person");
  expect(toldOf(chip("1/250", "exposure 1/250 s"))).toBe("exposure 1/250 s");
});

test("what pickers wrote is told without its signs", () => {
  expect(toldOf(chip("subject:center", "center"))).toBe("center");
  expect(toldOf(chip("color:teal>20%", "teal"))).toBe("teal >20%");
  expect(toldOf(chip("feeling:0.55,-0.65", "feels like 0.55, -0.65"))).toBe("near serene");
});

test("a query is its own title unless it has fields", () => {
  expect(titleOf("a dog", [chip("dog", "dog")])).toBe("a dog");
  expect(titleOf("fog subject:left", [chip("fog", "fog"), chip("subject:left", "left")])).toBe("fog, left");
});

test("every point of the map is near some mood", () => {
  expect(nearestMood({ x: 1, y: 1 })).toBe("joyful");
  expect(nearestMood({ x: -1, y: -1 })).toBe("melancholic");
});
