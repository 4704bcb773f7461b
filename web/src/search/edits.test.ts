import { expect, test } from "vitest";

import { narrowing, placeOf, without, withoutChip } from "./edits.ts";

/** The query without this part of it. */
function taken(query: string, part: string): string {
  const start = [...query.slice(0, query.indexOf(part))].length;
  return without(query, start, start + [...part].length);
}

test("a part is taken out by its place, whatever letters stand before it", () => {
  expect(without("\u{1F408} sad cat", 2, 5)).toBe("\u{1F408} cat");
  expect(without("cat", 0, 3)).toBe("");
});

test("what says that a part must not be there goes with it", () => {
  for (const denied of ["-people", "!people", "not people", "no people", "without people", "w/o people", "except people"]) {
    expect(taken(`calm ${denied}`, "people")).toBe("calm");
  }
  expect(taken("piano people", "people")).toBe("piano");
});

test("what is left can still be read", () => {
  expect(taken("dog or cat", "dog")).toBe("cat");
  expect(taken("dog or cat", "cat")).toBe("dog");
  expect(taken("dog or cat or sea", "cat")).toBe("dog or sea");
  expect(taken("(dog or cat) beach", "dog")).toBe("(cat) beach");
  expect(taken("beach -(dog)", "dog")).toBe("beach");
  expect(taken("beach not (dog)", "dog")).toBe("beach");
  expect(taken("((dog)) or sea", "dog")).toBe("sea");
  expect(taken("dog | cat", "cat")).toBe("dog");
  expect(taken("dog and -cat", "cat")).toBe("dog");
});

test("what stands in quotes is nobody's to tidy", () => {
  expect(taken('dog "this or that  ( )"', "dog")).toBe('"this or that  ( )"');
  expect(taken('“or” dog', "dog")).toBe("“or”");
});

test("a facet asks for just its name, whatever that is", () => {
  expect(narrowing("label", "sky")).toBe("label:=sky");
  expect(narrowing("composition", "leading lines")).toBe('technique:="leading lines"');
  expect(narrowing("colour", "sky blue")).toBe('color:="sky blue"');
  expect(narrowing("user", 'the "old" town')).toBe("user:=“the \"old\" town”");
});

test("places are told as browsers count", () => {
  expect(placeOf("\u{1F408} sad cat", 2, 5)).toEqual([3, 6]);
});

/** The query without the value of its list that means this. */
function unlisted(query: string, list: string, meant: string[], value: string): string {
  const start = [...query.slice(0, query.indexOf(list))].length;
  const chips = meant.map((meaning) => ({ start, end: start + [...list].length, meaning }));
  return withoutChip(query, chips, chips.find(({ meaning }) => meaning === value)!);
}

test("a value of a list goes alone, and the rest of the list stays as it was", () => {
  const both = ["cat", "dog"];
  expect(unlisted("label:cat,dog", "label:cat,dog", both, "dog")).toBe("label:cat");
  expect(unlisted("label:cat,dog", "label:cat,dog", both, "cat")).toBe("label:dog");
  expect(unlisted("\u{1F408} -label:cat,dog sea", "label:cat,dog", both, "dog")).toBe("\u{1F408} -label:cat sea");
  expect(unlisted("label:cat,dog>0.8", "label:cat,dog>0.8", both, "cat")).toBe("label:dog>0.8");
  expect(unlisted('label:"a, b", dog', 'label:"a, b", dog', ["a, b", "dog"], "dog")).toBe('label:"a, b"');
  expect(unlisted("color:red,gray,grey", "color:red,gray,grey", ["red", "grey"], "grey")).toBe("color:red");
  expect(unlisted("color:red,gray,grey", "color:red,gray,grey", ["red", "grey"], "red")).toBe("color:grey");
});

test("a chip that is alone in its place goes with all that it says", () => {
  expect(unlisted("iso:100,200 sea", "iso:100,200", ["ISO 100, 200"], "ISO 100, 200")).toBe("sea");
  expect(unlisted("golden hour sea", "golden hour", ["golden", "evening"], "golden")).toBe("sea");
});
