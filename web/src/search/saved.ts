/** Opens a saved search, says what is new in it, and takes that for seen. */

import { api } from "../api/client.ts";
import type { SavedSearch } from "../api/types.ts";
import { notices } from "../state/notices.svelte.ts";
import { OF_ONE_QUESTION, USUAL_STRICTNESS } from "../state/place.ts";
import { route } from "../state/route.svelte.ts";
import { texts } from "../texts.ts";

export function openSaved(saved: SavedSearch): void {
  const strictness = saved.strictness === USUAL_STRICTNESS ? "" : String(saved.strictness);
  route.go({ q: saved.query, strictness, sort: "", status: "", photo: "", ...OF_ONE_QUESTION });
  if (saved.new) notices.say(texts.keep.fresh(saved.new));
  void api.lookAtSearch(saved.id).catch(() => undefined);
}
