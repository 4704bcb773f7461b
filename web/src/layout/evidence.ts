/**
 * Turns the evidence of a composition tag, or of a thing seen, into strokes over the photo. No DOM here.
 *
 * Evidence comes from a model and is not trusted: what is not a finite number is not drawn.
 */

export type Weight = "guide" | "found" | "subject";

export type Stroke =
  | { form: "line"; weight: Weight; from: Point; to: Point }
  | { form: "box"; weight: Weight; at: Point; size: Point }
  | { form: "dot"; weight: Weight; at: Point }
  | { form: "ring"; weight: Weight; at: Point };

export interface Drawing {
  strokes: Stroke[];
  /** Everything outside this box is dimmed. */
  window: { at: Point; size: Point } | null;
}

/** In pixels of the photo as it is drawn. */
export type Point = [number, number];

export type Evidence = Record<string, unknown>;

const MOST_LINES = 60;
const MOST_LATTICE_DOTS = 400;
const MOST_BOXES = 40;

/** The strokes for one tag on a photo of `width` x `height` pixels. */
export function drawingOf(technique: string, evidence: Evidence, width: number, height: number): Drawing {
  const size: Point = [width, height];
  const scale = (point: Point): Point => [point[0] * width, point[1] * height];
  const strokes: Stroke[] = [
    ...guidesOf(technique, evidence, size),
    ...linesOf(evidence, scale),
    ...latticeOf(evidence, scale, size),
    ...axisOf(evidence, scale),
    ...horizonOf(evidence, size),
    ...subjectOf(evidence, scale),
    ...boxesOf(evidence, scale),
    ...pointsOf(evidence, scale),
  ];
  const frame = boxOf(evidence["frame"], scale);
  if (frame) strokes.push({ form: "box", weight: "found", ...frame });
  return { strokes, window: technique === "framing" ? frame : null };
}

function guidesOf(technique: string, evidence: Evidence, [width, height]: Point): Stroke[] {
  const upright = (x: number): Stroke => ({ form: "line", weight: "guide", from: [x, 0], to: [x, height] });
  const level = (y: number): Stroke => ({ form: "line", weight: "guide", from: [0, y], to: [width, y] });
  if (technique === "rule of thirds" || pointOf(evidence["power_point"])) {
    return [upright(width / 3), upright((width * 2) / 3), level(height / 3), level((height * 2) / 3)];
  }
  if (technique === "centered") return [upright(width / 2), level(height / 2)];
  return [];
}

function linesOf(evidence: Evidence, scale: (point: Point) => Point): Stroke[] {
  const lines = evidence["lines"];
  if (!Array.isArray(lines)) return [];
  return lines.slice(0, MOST_LINES).flatMap((line: unknown): Stroke[] => {
    const ends = numbers(line, 4);
    if (!ends) return [];
    const [x1, y1, x2, y2] = ends as [number, number, number, number];
    return [{ form: "line", weight: "found", from: scale([x1, y1]), to: scale([x2, y2]) }];
  });
}

function axisOf(evidence: Evidence, scale: (point: Point) => Point): Stroke[] {
  const axis = recordOf(evidence["axis"]);
  const [from, to] = [pointOf(axis["from"]), pointOf(axis["to"])];
  return from && to ? [{ form: "line", weight: "found", from: scale(from), to: scale(to) }] : [];
}

function horizonOf(evidence: Evidence, [width, height]: Point): Stroke[] {
  const horizon = evidence["horizon"];
  if (typeof horizon !== "number" || !Number.isFinite(horizon)) return [];
  return [{ form: "line", weight: "found", from: [0, horizon * height], to: [width, horizon * height] }];
}

function subjectOf(evidence: Evidence, scale: (point: Point) => Point): Stroke[] {
  const subject = recordOf(evidence["subject"]);
  const box = boxOf(subject["box"], scale);
  const point = pointOf(subject["point"]);
  const power = pointOf(evidence["power_point"]);
  const strokes: Stroke[] = box ? [{ form: "box", weight: "subject", ...box }] : [];
  if (point && power) strokes.push({ form: "line", weight: "subject", from: scale(point), to: scale(power) });
  if (point) strokes.push({ form: "dot", weight: "subject", at: scale(point) });
  return strokes;
}

/** Whether a label can say where it is: a subject that it carries along is not what it means. */
export function isPlaced(evidence: Evidence | null | undefined): boolean {
  const [boxes, frame] = [evidence?.["boxes"], evidence?.["frame"]];
  return (Array.isArray(boxes) && boxes.some((box) => numbers(box, 4))) || numbers(frame, 4) !== null;
}

function boxesOf(evidence: Evidence, scale: (point: Point) => Point): Stroke[] {
  const boxes = evidence["boxes"];
  if (!Array.isArray(boxes)) return [];
  return boxes.slice(0, MOST_BOXES).flatMap((given: unknown): Stroke[] => {
    const box = boxOf(given, scale);
    return box ? [{ form: "box", weight: "found", ...box }] : [];
  });
}

function pointsOf(evidence: Evidence, scale: (point: Point) => Point): Stroke[] {
  return [pointOf(evidence["power_point"]), pointOf(evidence["vanishing_point"])].flatMap((point): Stroke[] =>
    point ? [{ form: "ring", weight: "found", at: scale(point) }] : [],
  );
}

/** The points of the repeated pattern that lie on the photo. */
function latticeOf(evidence: Evidence, scale: (point: Point) => Point, size: Point): Stroke[] {
  const lattice = recordOf(evidence["lattice"]);
  const origin = pointOf(lattice["origin"]);
  const given = Array.isArray(lattice["steps"]) ? lattice["steps"] : [];
  const steps = given.map(pointOf).filter((step): step is Point => step !== null && Math.hypot(...step) > 0.004);
  if (!origin || steps.length === 0) return [];
  const [across, down] = [steps[0]!, steps[1] ?? ([0, 0] as Point)];
  const dots: Stroke[] = [];
  for (const [i, j] of spiral(steps[1] ? 40 : 0)) {
    const at = scale([origin[0] + i * across[0] + j * down[0], origin[1] + i * across[1] + j * down[1]]);
    if (at[0] < 0 || at[1] < 0 || at[0] > size[0] || at[1] > size[1]) continue;
    dots.push({ form: "dot", weight: "found", at });
    if (dots.length === MOST_LATTICE_DOTS) break;
  }
  return dots;
}

/** Whole steps both ways from the origin, the nearest first, so that a cut keeps the middle. */
function spiral(rows: number): [number, number][] {
  const steps: [number, number][] = [];
  for (let j = -rows; j <= rows; j++) for (let i = -40; i <= 40; i++) steps.push([i, j]);
  return steps.sort((a, b) => Math.hypot(...a) - Math.hypot(...b));
}

function recordOf(value: unknown): Record<string, unknown> {
  return typeof value === "object" && value !== null ? (value as Record<string, unknown>) : {};
}

function numbers(value: unknown, count: number): number[] | null {
  if (!Array.isArray(value) || value.length !== count) return null;
  return value.every((part) => typeof part === "number" && Number.isFinite(part)) ? (value as number[]) : null;
}

function pointOf(value: unknown): Point | null {
  return numbers(value, 2) as Point | null;
}

function boxOf(value: unknown, scale: (point: Point) => Point): { at: Point; size: Point } | null {
  const sides = numbers(value, 4);
  if (!sides) return null;
  const [x, y, width, height] = sides as [number, number, number, number];
  return { at: scale([x, y]), size: scale([width, height]) };
}
