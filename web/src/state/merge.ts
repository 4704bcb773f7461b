/** How a list of photos takes in what is new, without losing what is loaded. No DOM here. */

import type { Change, Photo } from "../api/types.ts";

/** `null` when the fresh first page and the list have nothing in common: start again from it. */
export function withHead<P extends Photo>(list: readonly P[], head: readonly P[], whole: boolean): P[] | null {
  if (whole || list.length === 0) return [...head];
  const fresh = new Set(head.map((photo) => photo.id));
  const place = new Map(list.map((photo, index) => [photo.id, index]));
  const known = head.findLast((photo) => place.has(photo.id));
  if (!known) return null;
  const rest = list.slice(place.get(known.id)! + 1).filter((photo) => !fresh.has(photo.id));
  return [...head, ...rest];
}

export function withMore<P extends Photo>(list: readonly P[], page: readonly P[]): P[] {
  const known = new Set(list.map((photo) => photo.id));
  return [...list, ...page.filter((photo) => !known.has(photo.id))];
}

export function gone({ status }: Pick<Change, "status">): boolean {
  return status === "deleting" || status === "deleted";
}

/** The list after some changes, and whether one was of a photo that it does not have. */
export function withChanges<P extends Photo>(
  list: readonly P[],
  changes: ReadonlyMap<string, Change>,
): { list: P[]; removed: number; unknown: boolean } {
  const left = new Set([...changes.values()].filter((change) => !gone(change)).map((change) => change.id));
  let removed = 0;
  const changed = list.flatMap((photo) => {
    const change = changes.get(photo.id);
    if (!change) return [photo];
    left.delete(photo.id);
    if (gone(change)) {
      removed++;
      return [];
    }
    const { status, stage, generation, reason } = change;
    return [{ ...photo, status, stage, generation, reason: reason ?? null }];
  });
  return { list: changed, removed, unknown: left.size > 0 };
}
