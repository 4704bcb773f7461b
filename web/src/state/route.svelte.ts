/** The address is the state: what is shown can be reloaded, shared, and left with the back button. */

export interface Place {
  q: string;
  /** Only photos of this status; empty means all. */
  status: string;
  /** "1": also the matches below the cut. */
  weaker: string;
  /** The photo that is open. */
  photo: string;
}

const NAMES = ["q", "status", "weaker", "photo"] as const;

export function read(search: string): Place {
  const pairs = new URLSearchParams(search);
  const said = (name: string) => pairs.get(name)?.trim() ?? "";
  return { q: said("q"), status: said("status"), weaker: said("weaker"), photo: said("photo") };
}

export function written(place: Place): string {
  const pairs = new URLSearchParams();
  for (const name of NAMES) if (place[name]) pairs.set(name, place[name]);
  const text = pairs.toString();
  return text ? `/?${text}` : "/";
}

class Route {
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
    const place = { ...this.place, ...change };
    // Another question has another cut.
    if (place.q !== this.place.q && change.weaker === undefined) place.weaker = "";
    if (written(place) === written(this.place)) return;
    if (replace) history.replaceState(history.state, "", written(place));
    else history.pushState({ from: written(this.place) }, "", written(place));
    this.fresh = true;
    this.place = place;
  }

  open(photo: string): void {
    // From photo to photo, back should leave the viewer and not walk through all of them.
    this.go({ photo }, { replace: this.place.photo !== "" });
  }

  /** Closes the photo: back to the grid it was opened from, if it was. */
  close(): void {
    const closed = written({ ...this.place, photo: "" });
    const state = history.state as { from?: string } | null;
    if (state?.from === closed) history.back();
    else this.go({ photo: "" }, { replace: true });
  }

  link(change: Partial<Place>): string {
    return written({ ...this.place, ...change });
  }
}

export const route = new Route();
