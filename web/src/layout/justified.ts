/** Arranges photos in rows of equal width with their true shapes. Arithmetic only: no DOM here. */

export interface Spacing {
  /** Width of every row, in pixels. */
  width: number;
  /** The row height aimed at. */
  target: number;
  /** Between two photos, and between two rows. */
  gap: number;
  /** Room under each row for words about its photos. */
  caption?: number;
  /** Room above each section for its heading. */
  heading?: number;
}

/** Photos `[first, first + count)` under one heading. */
export interface Section {
  heading: string;
  first: number;
  count: number;
}

export interface Row {
  top: number;
  /** Of the photos, without the caption under them. */
  height: number;
  first: number;
  count: number;
  /** Index of the section that this row opens, or -1. */
  opens: number;
}

export interface Layout {
  rows: Row[];
  /** Per photo. */
  left: Float32Array;
  width: Float32Array;
  /** Row of each photo. */
  row: Int32Array;
  height: number;
}

/** A panorama or a receipt may not take a row of its own without end. */
const THINNEST = 0.4;
const WIDEST = 4;
/** A last row is stretched only when that makes it hardly taller than its neighbours. */
const STRETCH = 1.25;
/** A lone tall photo on a phone may not be taller than this many targets. */
const TALLEST = 2;

/** The shape a photo is shown with: a photo without a size counts as 3:2. */
export function shape(width: number, height: number): number {
  if (!(width > 0 && height > 0)) return 1.5;
  return Math.min(WIDEST, Math.max(THINNEST, width / height));
}

/**
 * Rows for `ratios` (width / height), section by section.
 *
 * Greedy: a row ends where its height comes closest to the target. The shortest path over all rows
 * would be a little more even, but then one new photo could move every row above it.
 */
export function arrange(ratios: ArrayLike<number>, sections: Section[], spacing: Spacing): Layout {
  const layout: Layout = {
    rows: [],
    left: new Float32Array(ratios.length),
    width: new Float32Array(ratios.length),
    row: new Int32Array(ratios.length),
    height: 0,
  };
  if (!(spacing.width > 0)) return layout;
  let top = 0;
  sections.forEach((section, index) => {
    const heading = section.heading ? (spacing.heading ?? 0) : 0;
    top = placeSection(layout, ratios, section, heading ? index : -1, top + heading, spacing);
  });
  layout.height = Math.max(0, top - spacing.gap);
  return layout;
}

function placeSection(
  layout: Layout,
  ratios: ArrayLike<number>,
  section: Section,
  opens: number,
  top: number,
  spacing: Spacing,
): number {
  const end = section.first + section.count;
  let first = section.first;
  while (first < end) {
    const count = rowLength(ratios, first, end, spacing);
    const last = first + count === end;
    const height = rowHeight(ratios, first, count, last, spacing);
    layout.rows.push({ top, height, first, count, opens: first === section.first ? opens : -1 });
    placeRow(layout, ratios, first, count, height, spacing);
    first += count;
    top += height + spacing.gap + (spacing.caption ?? 0);
  }
  return top;
}

/** How many photos from `first` make the row whose height is closest to the target. */
function rowLength(
  ratios: ArrayLike<number>,
  first: number,
  end: number,
  { width, target, gap }: Spacing,
): number {
  let sum = 0;
  let before = Infinity;
  for (let next = first; next < end; next++) {
    sum += ratios[next] ?? 1;
    const height = (width - gap * (next - first)) / sum;
    if (height <= target) {
      const shorterIsCloser = before - target < target - height;
      return Math.max(1, shorterIsCloser ? next - first : next - first + 1);
    }
    before = height;
  }
  return end - first;
}

function rowHeight(
  ratios: ArrayLike<number>,
  first: number,
  count: number,
  last: boolean,
  { width, target, gap }: Spacing,
): number {
  let sum = 0;
  for (let photo = first; photo < first + count; photo++) sum += ratios[photo] ?? 1;
  const full = (width - gap * (count - 1)) / sum;
  if (last && full > target * STRETCH) return target;
  return Math.min(full, target * TALLEST);
}

function placeRow(
  layout: Layout,
  ratios: ArrayLike<number>,
  first: number,
  count: number,
  height: number,
  { width, gap }: Spacing,
): void {
  const row = layout.rows.length - 1;
  let left = 0;
  for (let photo = first; photo < first + count; photo++) {
    const wide = Math.min((ratios[photo] ?? 1) * height, width);
    layout.left[photo] = left;
    layout.width[photo] = wide;
    layout.row[photo] = row;
    left += wide + gap;
  }
  // Rounding may miss the edge by a hair: the last photo of a full row takes it.
  const rest = width - (left - gap);
  if (Math.abs(rest) < 2) layout.width[first + count - 1]! += rest;
}
