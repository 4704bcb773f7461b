/** Acts on photos: each asks where it must, blocks where it must, and says what became of it. */

import { api } from "../api/client.ts";
import { texts } from "../texts.ts";
import { gallery } from "./gallery.svelte.ts";
import { health } from "./health.svelte.ts";
import { leaving, MOST_UNDOABLE } from "./leaving.svelte.ts";
import { notices } from "./notices.svelte.ts";
import { selection } from "./selection.svelte.ts";

const AT_ONCE = 4;

/** Takes photos off the page at once; true unless the person kept them after all. */
export async function deletePhotos(ids: string[]): Promise<boolean> {
  if (ids.length > MOST_UNDOABLE) return await deleteNow(ids);
  const undo = leaving.start({ ids, gone: (failures) => told(ids, failures) });
  for (const id of ids) selection.ids.delete(id);
  notices.say(texts.remove.done(ids.length), "plain", { label: texts.remove.undo, run: undo });
  return true;
}

/** Too many to take back: asked first, and nothing else is done meanwhile. */
async function deleteNow(ids: string[]): Promise<boolean> {
  const words = texts.remove;
  const sure = await notices.ask({ title: words.title(ids.length), text: words.text, yes: words.yes });
  if (!sure) return false;
  let left = ids.length;
  const failures = await notices.block(words.running(left), () =>
    each(ids, async (id) => {
      await api.remove(id);
      gallery.drop([id]);
      selection.ids.delete(id);
      notices.blocking = words.running(--left);
    }),
  );
  if (failures.length) notices.say(words.failed(failures.length, failures[0]!.message), "bad");
  else notices.say(words.done(ids.length));
  health.soon();
  return failures.length === 0;
}

/** What was not deleted comes back to the page by itself. */
function told(ids: string[], failures: Error[]): void {
  if (failures.length) notices.say(texts.remove.failed(failures.length, failures[0]!.message), "bad");
  else gallery.drop(ids);
  health.soon();
}

export async function retryPhotos(ids: string[]): Promise<void> {
  const failures = await each(ids, api.retry);
  if (failures.length) notices.say(failures[0]!.message, "bad");
  else notices.say(texts.retry.done(ids.length));
  health.soon();
}

export async function retryFailed(): Promise<void> {
  try {
    const { retried } = await api.retryFailed();
    notices.say(texts.retry.done(retried));
  } catch (error) {
    notices.say((error as Error).message, "bad");
  }
  health.soon();
}

export async function tagPhotos(ids: string[], text: string): Promise<void> {
  const add = [{ kind: "user" as const, text }];
  const failures = await each(ids, async (id) => void (await api.editTags(id, { add })));
  if (failures.length) notices.say(failures[0]!.message, "bad");
  else notices.say(texts.selection.tagged(ids.length, text));
}

/** Brings keywords of sidecars and tables back to their photos, and says what became of them. */
export async function importKeywords(files: File[]): Promise<void> {
  let photos = 0;
  let tags = 0;
  let refused = 0;
  const unknown: string[] = [];
  const failures: Error[] = [];
  for (const file of files) {
    try {
      const told = await api.keywords(file);
      photos += told.photos;
      tags += told.tags;
      refused += told.refused.length;
      unknown.push(...told.unknown);
    } catch (error) {
      failures.push(error as Error);
    }
  }
  if (photos || !failures.length) notices.say(texts.keywords.done(photos, tags));
  if (unknown.length) notices.say(texts.keywords.unknown(unknown), "bad");
  if (refused) notices.say(texts.keywords.refused(refused), "bad");
  if (failures.length) notices.say(failures[0]!.message, "bad");
}

/** Does `act` to each, a few at a time, and gives back what went wrong. */
async function each(ids: string[], act: (id: string) => Promise<void>): Promise<Error[]> {
  const left = [...ids];
  const failures: Error[] = [];
  const worker = async () => {
    for (let id = left.shift(); id !== undefined; id = left.shift()) {
      await act(id).catch((error: Error) => failures.push(error));
    }
  };
  await Promise.all(Array.from({ length: AT_ONCE }, worker));
  return failures;
}
