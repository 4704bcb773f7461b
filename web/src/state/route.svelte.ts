/** The address is the state: what is shown can be reloaded, shared, and left with the back button. */

import { moved, OF_ONE_QUESTION, read, written, type Place } from "./place.ts";
import { taste } from "./taste.svelte.ts";

class Route {
  /** What the address says, or else what the person likes on this device. */
  get size(): number {
    return this.place.size ? Number(this.place.size) : taste.density;
  }

  place = $state.raw<Place>(read(location.search));

  /** A new place begins at its top; one come back to is as it was left. */
  fresh = false;

  constructor() {
    history.scrollRestoration = "manual";
    window.addEventListener("popstate", () => {
      this.fresh = false;
      this.place = read(location.search);
    });
  }

  /** Goes on to another place; `replace` leaves no step for the back button. */
  go(change: Partial<Place>, { replace = false } = {}): void {
    const place = moved(this.place, change);
    if (written(place) === written(this.place)) return;
    if (replace) history.replaceState(history.state, "", written(place));
    else history.pushState({ from: written(this.place) }, "", written(place));
    this.fresh = true;
    this.place = place;
  }

  /** Another question of the same photos: those that are like a photo stay so. */
  ask(q: string): void {
    const { like, by } = this.place;
    this.go({ q, status: "", photo: "", like, by });
  }

  /** The same question, as sure of its matches as the gallery thinks right. */
  usualStrictness(): void {
    this.go({ strictness: "", weaker: "" }, { replace: true });
  }

  /** Everything, newest first. */
  home(): void {
    this.go({ q: "", status: "", photo: "", ...OF_ONE_QUESTION });
  }

  setSize(size: number): void {
    taste.setDensity(size);
    this.go({ size: String(taste.density) }, { replace: true });
  }

  open(photo: string): void {
    // From photo to photo, back should leave the viewer and not walk through all of them.
    this.go({ photo }, { replace: this.place.photo !== "" });
  }

  /** Closes the photo: back to the grid it was opened from, if it was. */
  close(): void {
    const closed = this.link({ photo: "" });
    const state = history.state as { from?: string } | null;
    if (state?.from === closed) history.back();
    else this.go({ photo: "" }, { replace: true });
  }

  link(change: Partial<Place>): string {
    return written(moved(this.place, change));
  }
}

export const route = new Route();
