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

test("only what is felt is near a mood; of other fields a list is either", () => {
  expect(toldOf(chip("year:2019,2021", "year 2019, 2021"))).toBe("year 2019 or 2021");
  expect(toldOf(chip("iso:100,200", "ISO 100, 200", true))).toBe("not ISO 100 or 200");
  expect(toldOf(chip("mm:50,85", "focal length 50, 85 mm"))).toBe("focal length 50 or 85 mm");
  expect(toldOf(chip("ratio:1,2", "aspect ratio 1, 2"))).toBe("aspect ratio 1 or 2");
  expect(toldOf(chip('camera:"leica m",canon', "leica m, canon"))).toBe("leica m or canon");
  expect(titleOf("hour:6,7", [chip("hour:6,7", "hour 6, 7")])).toBe("hour 6 or 7");
  expect(toldOf(chip("label:cat,dog>0.8", "dog"))).toBe("dog >0.8");
});

test("what a number is compared with is told once", () => {
  expect(toldOf(chip("valence:>0.2", "valence > 0.2"))).toBe("valence > 0.2");
  expect(toldOf(chip("iso:<=800", "ISO <= 800"))).toBe("ISO <= 800");
  expect(toldOf(chip("date:>2020", "from 2021-01-01"))).toBe("from 2021-01-01");
});

test("a query is its own title unless it has fields", () => {
  expect(titleOf("a dog", [chip("dog", "dog")])).toBe("a dog");
  expect(titleOf("fog subject:left", [chip("fog", "fog"), chip("subject:left", "left")])).toBe("fog, left");
});

test("every point of the map is near some mood", () => {
  expect(nearestMood({ x: 1, y: 1 })).toBe("joyful");
  expect(nearestMood({ x: -1, y: -1 })).toBe("melancholic");
});
