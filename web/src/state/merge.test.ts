import { expect, test } from "vitest";

import type { Change, Photo } from "../api/types.ts";
import { withChanges, withHead, withMore } from "./merge.ts";

function photo(id: string): Photo {
  return { id, status: "queued", stage: "uploaded", generation: 1 } as Photo;
}
const list = (ids: string) => [...ids].map(photo);
const ids = (photos: readonly Photo[] | null) => photos?.map(({ id }) => id).join("") ?? null;

function changes(...all: Partial<Change>[]): Map<string, Change> {
  return new Map(all.map((change) => [change.id!, { status: "ready", stage: "searchable", generation: 1, reason: null, ...change } as Change]));
}

test("new photos come above what is loaded, which stays", () => {
  expect(ids(withHead(list("cdefgh"), list("abcd"), false))).toBe("abcdefgh");
});

test("a photo deleted near the top is gone after a refresh", () => {
  expect(ids(withHead(list("abcdef"), list("acd"), false))).toBe("acdef");
});

test("a page that meets nothing we know starts the list anew", () => {
  expect(withHead(list("wxyz"), list("abcd"), false)).toBeNull();
  expect(ids(withHead(list("wxyz"), list("abcd"), true))).toBe("abcd");
});

test("a page that overlaps adds only what is new", () => {
  expect(ids(withMore(list("abc"), list("cde")))).toBe("abcde");
});

test("changes are taken in, deleted photos leave, strangers are told of", () => {
  const result = withChanges(list("abc"), changes({ id: "a" }, { id: "b", status: "deleting" }, { id: "z" }));
  expect(ids(result.list)).toBe("ac");
  expect(result.list[0]!.status).toBe("ready");
  expect(result).toMatchObject({ removed: 1, unknown: true });
});

test("a stranger's deletion is no news", () => {
  expect(withChanges(list("a"), changes({ id: "z", status: "deleted" }))).toMatchObject({ removed: 0, unknown: false });
});
