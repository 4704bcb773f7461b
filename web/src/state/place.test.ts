import { expect, test } from "vitest";
import { moved, ownStrictness, read } from "./place.ts";

const here = read("?like=a&by=mood&weaker=1");

test("photos like another one, or alike in something else, are cut anew", () => {
  expect(moved(here, { like: "b" }).weaker).toBe("");
  expect(moved(here, { by: "colour" }).weaker).toBe("");
  expect(moved(here, { q: "night" }).weaker).toBe("");
});

test("what is open or how large it is changes no cut", () => {
  expect(moved(here, { photo: "c", size: "2" }).weaker).toBe("1");
  expect(moved(here, { like: "a" }).weaker).toBe("1");
});

test("a strictness is worth telling where it is not the usual one and changes what is found", () => {
  expect(ownStrictness(read("?q=lake&strictness=100"))).toBe("100");
  expect(ownStrictness(read("?q=lake&strictness=0"))).toBe("0");
  expect(ownStrictness(read("?q=lake&strictness=50"))).toBe("");
  expect(ownStrictness(read("?strictness=100"))).toBe("");
});
