/** Where days lie on a rail that gives each as much room as it has photos. No DOM here. */

export interface Dated {
  day: string;
  count: number;
}

/** The day at a part (0..1) of the rail. */
export function dayAt(days: readonly Dated[], part: number): number {
  let before = Math.min(1, Math.max(0, part)) * sum(days);
  const found = days.findIndex(({ count }) => (before -= count) < 0);
  return found < 0 ? days.length - 1 : found;
}

/** Where a day begins on the rail, 0..1. */
export function partOf(days: readonly Dated[], index: number): number {
  return sum(days.slice(0, index)) / Math.max(1, sum(days));
}

/** Years that would stand on each other are left out. */
const CLOSEST = 0.035;

export function yearsOf(days: readonly Dated[]): { year: string; part: number }[] {
  const all = sum(days);
  const years: { year: string; part: number }[] = [];
  let before = 0;
  let last = "";
  for (const { day, count } of days) {
    const year = day.slice(0, 4);
    const part = before / Math.max(1, all);
    if (year !== last && part - (years.at(-1)?.part ?? -1) >= CLOSEST) years.push({ year, part });
    last = year;
    before += count;
  }
  return years;
}

function sum(days: readonly Dated[]): number {
  return days.reduce((total, { count }) => total + count, 0);
}
