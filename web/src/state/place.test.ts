import { expect, test } from "vitest";
import { moved, read } from "./place.ts";

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
