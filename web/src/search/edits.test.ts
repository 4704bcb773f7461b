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

test("what is left denies just what it denied before", () => {
  const left: [query: string, part: string, left: string][] = [
    ["no people or cars", "people", "no cars"],
    ["no people or cars", "cars", "no people"],
    ["without people and cars", "people", "without cars"],
    ["beach w/o people & cars & boats", "cars", "beach w/o people & boats"],
    ["cat without dog or mouse", "dog", "cat without mouse"],
    ["cat without dog or mouse", "cat", "without dog or mouse"],
    ["neither people nor cars", "people", "no cars"],
    ["neither people nor cars", "cars", "no people"],
    ["neither people nor cars nor boats", "people", "neither cars nor boats"],
    ["sea excluding people or cars", "people", "sea excluding cars"],
    ["not (people or cars)", "people", "not (cars)"],
    ["not people or cars", "people", "cars"],
    ["-people or cars", "cars", "-people"],
    ["no people or -cars", "people", "-cars"],
    ["cat or no dog or mouse", "dog", "cat or mouse"],
    ["no (dog or cat) and mouse", "dog", "no (cat) and mouse"],
    ["no label:cat,dog or car", "label:cat,dog", "no car"],
    ["without a dog beach", "dog", "beach"],
    ["calm excluding people", "people", "calm"],
    ["beach not (dog) cat", "dog", "beach cat"],
  ];
  for (const [query, part, rest] of left) expect([query, part, taken(query, part)]).toEqual([query, part, rest]);
});

test("what stood beside an alternative does not become one, nor is it denied", () => {
  expect(taken("dog or cat beach", "cat")).toBe("dog beach");
  expect(taken("no dog or cat and bird", "cat")).toBe("no dog bird");
  expect(taken("no dog or cat and bird", "dog")).toBe("-cat bird");
  expect(taken("no dog or cat bird", "dog")).toBe("no cat bird");
});

test("a part of many words is one alternative", () => {
  expect(taken("golden retriever or tabby cat or sea", "tabby cat")).toBe("golden retriever or sea");
  expect(taken("golden retriever or tabby cat", "golden retriever")).toBe("tabby cat");
  expect(taken("golden retriever or tabby cat, or sea", "sea")).toBe("golden retriever or tabby cat,");
  expect(taken("sea or black and white or fog", "black and white")).toBe("sea or fog");
});

test("no word that joins is left alone", () => {
  expect(taken("no dog but people", "dog")).toBe("people");
  expect(taken("no dog but people", "people")).toBe("no dog");
  expect(taken("cat but no dog", "dog")).toBe("cat");
  expect(taken("cat and no dog", "dog")).toBe("cat");
  expect(taken("(no dog or cat) and sea", "sea")).toBe("(no dog or cat)");
  expect(taken("no black and white but sea", "black and white")).toBe("sea");
});

test("of words with a comma between them one goes alone", () => {
  expect(taken("-dog,cat sea", "dog")).toBe("-cat sea");
  expect(taken("dog,cat,sea", "cat")).toBe("dog,sea");
  expect(taken("no dog, sea", "dog")).toBe("sea");
  expect(taken("\u{1F408}\u{1F415} sea", "\u{1F415}")).toBe("\u{1F408} sea");
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
