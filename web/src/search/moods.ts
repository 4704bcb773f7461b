/** Where the moods that have a name lie: sad to happy (x) and calm to lively (y), each -1..1. */

export const LANDMARKS: readonly (readonly [word: string, x: number, y: number])[] = [
  ["serene", 0.6, -0.7],
  ["melancholic", -0.6, -0.5],
  ["nostalgic", 0.16, -0.38],
  ["romantic", 0.6, -0.1],
  ["moody", -0.35, -0.14],
  ["mysterious", -0.24, 0.15],
  ["fresh", 0.5, 0.3],
  ["ominous", -0.6, 0.42],
  ["dramatic", -0.22, 0.72],
  ["joyful", 0.75, 0.64],
];

/** The mood that is closest to a point of the map. */
export function nearestMood({ x, y }: { x: number; y: number }): string {
  const far = ([, left, top]: (typeof LANDMARKS)[number]) => Math.hypot(left - x, top - y);
  return LANDMARKS.reduce((best, one) => (far(one) < far(best) ? one : best))[0];
}
