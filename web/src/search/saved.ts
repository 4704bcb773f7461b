/** Opens a saved search, says what is new in it, and takes that for seen. */

import { api } from "../api/client.ts";
import type { SavedSearch } from "../api/types.ts";
import { notices } from "../state/notices.svelte.ts";
import { route } from "../state/route.svelte.ts";
import { texts } from "../texts.ts";

/** As sure as the gallery thinks right; an address need not say it. */
const MIDDLE = 50;

export function openSaved(saved: SavedSearch): void {
  const strictness = saved.strictness === MIDDLE ? "" : String(saved.strictness);
  route.go({ q: saved.query, strictness, sort: "", status: "", photo: "" });
  if (saved.new) notices.say(texts.keep.fresh(saved.new));
  void api.lookAtSearch(saved.id).catch(() => undefined);
}
