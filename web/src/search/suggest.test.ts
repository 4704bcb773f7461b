import { expect, test } from "vitest";

import { completions, prefixesOf, says, withoutTag, withTag } from "./suggest.ts";

test("the ends of what is typed may each begin a tag", () => {
  expect(prefixesOf("sad dog leading li")).toEqual(["dog leading li", "leading li", "li"]);
  expect(prefixesOf("ca")).toEqual(["ca"]);
  expect(prefixesOf("cat ")).toEqual([]);
  expect(prefixesOf("")).toEqual([]);
});

test("a completion keeps what was typed before it", () => {
  const tag = { kind: "composition" as const, text: "leading lines", count: 4 };
  const [option] = completions("sad leading li", [
    { prefix: "leading li", tags: [tag] },
    { prefix: "li", tags: [tag] },
  ]);
  expect(option).toMatchObject({ text: "leading lines", query: "sad leading lines", count: 4 });
});

test("tags are put into a query and taken out as whole words", () => {
  expect(withTag("cat", "leading lines")).toBe("cat leading lines");
  expect(withTag("Leading  Lines", "leading lines")).toBe("Leading  Lines");
  expect(withoutTag("cat leading  lines dog", "leading lines")).toBe("cat dog");
  expect(withoutTag("cats", "cat")).toBe("cats");
  expect(says("cats and dogs", "cat")).toBe(false);
});
