import { expect, test } from "vitest";

import { completions, endsOf, says, withoutTag, withTag } from "./suggest.ts";

const prefixes = (typed: string) => endsOf(typed).map((end) => end.prefix);

test("the ends of what is typed may each begin a tag", () => {
  expect(prefixes("sad dog leading li")).toEqual(["dog leading li", "leading li", "li"]);
  expect(prefixes("ca")).toEqual(["ca"]);
  expect(prefixes("cat ")).toEqual([]);
  expect(prefixes("")).toEqual([]);
});

test("a completion keeps what was typed before it", () => {
  const tag = { kind: "composition" as const, text: "leading lines", count: 4 };
  const of = (typed: string) => completions(endsOf(typed).slice(-1).map((end) => ({ end, tags: [tag] })))[0]?.query;
  expect(completions(endsOf("sad leading li").slice(1).map((end) => ({ end, tags: [tag] })))).toMatchObject([
    { text: "leading lines", query: "sad leading lines", count: 4 },
  ]);
  expect(of("-lea")).toBe("-leading lines");
  expect(of("lake !lea")).toBe("lake !leading lines");
  expect(of('"lead')).toBe('"leading lines"');
  expect(of("(lead")).toBe("(leading lines");
});

test("the value of a field is completed by tags of its kind", () => {
  expect(endsOf("technique:")).toEqual([{ before: "technique:", prefix: "", as: "value", kind: "composition" }]);
  expect(endsOf("lake -mood:ser")).toEqual([{ before: "lake -mood:", prefix: "ser", as: "value", kind: "mood" }]);
  expect(endsOf("tag:do")).toEqual([{ before: "tag:", prefix: "do", as: "value" }]);
  expect(prefixes("iso:10")).toEqual(["iso:10"]);
  expect(prefixes("label:cat ")).toEqual([]);
  const end = { before: "lake technique:", prefix: "leading l", as: "value" as const, kind: "composition" as const };
  expect(endsOf('lake technique:"leading l')).toEqual([end]);
  expect(completions([{ end, tags: [{ kind: "composition", text: "leading lines", count: 1 }] }])).toMatchObject([
    { query: 'lake technique:"leading lines"' },
  ]);
});

test("tags are put into a query and taken out as whole words", () => {
  expect(withTag("cat", "leading lines")).toBe("cat leading lines");
  expect(withTag("Leading  Lines", "leading lines")).toBe("Leading  Lines");
  expect(withoutTag("cat leading  lines dog", "leading lines")).toBe("cat dog");
  expect(withoutTag("cats", "cat")).toBe("cats");
  expect(says("cats and dogs", "cat")).toBe(false);
});
