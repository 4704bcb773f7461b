/** What the operator's page asks for: the status with all that it says. */

import { api } from "../api/client.ts";
import type { GalleryStatus } from "../api/types.ts";

export type Overview = GalleryStatus;
export type Provider = GalleryStatus["providers"][number];

export async function look(): Promise<Overview> {
  return await api.status();
}

/** In the order in which a photo lives. */
export const STATES = ["receiving", "queued", "ready", "partial", "failed", "deleting"] as const;

/** Beyond these many seconds somebody should look, or come running. */
const LONG = 60;
const TOO_LONG = 900;

export function urgency(seconds: number | null | undefined): "good" | "look" | "bad" {
  if (!seconds || seconds < LONG) return "good";
  return seconds < TOO_LONG ? "look" : "bad";
}
