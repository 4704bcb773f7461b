import { expect, test } from "vitest";

import { fieldOf, pointed, pointOf, withFields, withoutFields } from "./fields.ts";

test("a field is said once, and what else is asked stays", () => {
  expect(withFields("sad dog", { subject: "top right" })).toBe('sad dog subject:"top right"');
  expect(withFields('sad subject:"top right" dog', { subject: "left" })).toBe("sad dog subject:left");
  expect(withFields("color:teal>0.2 sea", { color: "" }, ["colour"])).toBe("sea");
  expect(withFields("colour:teal sea", { color: "sky blue>20%" }, ["colour"])).toBe('sea color:"sky blue">20%');
});

test("what a query says of a field is found, quotes or not", () => {
  expect(fieldOf('dog subject:"top right"', "subject")).toBe("top right");
  expect(fieldOf("colour:teal>0.3", "color", "colour")).toBe("teal>0.3");
  expect(fieldOf("subjective: dog", "subject")).toBe("");
  expect(withoutFields("feeling:0,1 dog energy:<0", ["feeling", "energy"])).toBe("dog");
});

test("a point of the mood map is read as it is written", () => {
  expect(pointed({ x: 0.41, y: -0.62 })).toBe("0.4,-0.6");
  expect(pointed({ x: -0.001, y: 1.7 })).toBe("0,1");
  expect(pointOf("0.4,-0.6")).toEqual({ x: 0.4, y: -0.6 });
  expect(pointOf("-3,.5")).toEqual({ x: -1, y: 0.5 });
  expect(pointOf("happy")).toBeNull();
});
