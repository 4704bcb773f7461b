/** The photo that those on show are like: of the gallery, or dropped on the search box. */

import { aborted, api } from "../api/client.ts";
import { altOf } from "../format.ts";
import { droppedPhoto, isDropped } from "../search/dropped.ts";
import { texts } from "../texts.ts";

class Liked {
  name = $state("");
  thumb = $state("");
  /** Of a dropped photo: where the whole of it is. */
  whole = $state("");
  #running = new AbortController();

  async show(like: string): Promise<void> {
    this.#running.abort();
    const { signal } = (this.#running = new AbortController());
    if (this.whole) URL.revokeObjectURL(this.whole);
    this.name = this.thumb = this.whole = "";
    if (!like) return;
    try {
      if (isDropped(like)) await this.#showDropped(like, signal);
      else await this.#showKept(like, signal);
    } catch (error) {
      if (!aborted(error)) this.name = texts.viewer.missing;
    }
  }

  async #showKept(like: string, signal: AbortSignal): Promise<void> {
    const photo = await api.photo(like, signal);
    this.name = altOf(photo);
    this.thumb = photo.thumb;
  }

  async #showDropped(like: string, signal: AbortSignal): Promise<void> {
    const photo = await droppedPhoto(like);
    if (signal.aborted) return;
    this.name = photo ? texts.alike.dropped : texts.alike.lost;
    this.thumb = this.whole = photo ? URL.createObjectURL(photo) : "";
  }
}

export const liked = new Liked();
