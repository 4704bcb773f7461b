/** What a person prefers on this device: the size of photos, and what was searched for lately. */

const DENSITIES = [0.6, 0.78, 1, 1.35, 1.8];
const MOST_RECENT = 8;

function kept<T>(name: string, otherwise: T): T {
  try {
    return (JSON.parse(localStorage.getItem(name) ?? "null") as T | null) ?? otherwise;
  } catch {
    return otherwise;
  }
}

function keep(name: string, value: unknown): void {
  try {
    localStorage.setItem(name, JSON.stringify(value));
  } catch {
    // A browser that keeps nothing only forgets the taste.
  }
}

class Taste {
  /** Send photos as they are, however large. */
  originals = $state(kept("originals", false));
  /** Show photos that are sent from now on to no cloud provider. */
  localOnly = $state(kept("local only", false));
  density = $state(Math.min(DENSITIES.length - 1, Math.max(0, Number(kept("density", 2)))));
  recent = $state.raw<string[]>(kept<string[]>("recent", []));
  panel = $state(kept("panel", true));

  readonly densities = DENSITIES.length;

  /** The row height aimed at: phones show two or three photos abreast, desks five or six. */
  heightFor(width: number, density: number): number {
    const base = width < 600 ? width / 2.9 : Math.min(270, 150 + width / 14);
    return base * DENSITIES[density]!;
  }

  setDensity(density: number): void {
    this.density = Math.min(DENSITIES.length - 1, Math.max(0, density));
    keep("density", this.density);
  }

  setOriginals(originals: boolean): void {
    this.originals = originals;
    keep("originals", originals);
  }

  setLocalOnly(localOnly: boolean): void {
    this.localOnly = localOnly;
    keep("local only", localOnly);
  }

  setPanel(open: boolean): void {
    this.panel = open;
    keep("panel", open);
  }

  searched(q: string): void {
    this.recent = [q, ...this.recent.filter((one) => one !== q)].slice(0, MOST_RECENT);
    keep("recent", this.recent);
  }

  forget(): void {
    this.recent = [];
    keep("recent", []);
  }
}

export const taste = new Taste();
