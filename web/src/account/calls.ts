/** Calls about accounts and links. */

import { failureOf, OURS } from "../api/client.ts";

export interface Session {
  id: string;
  agent: string;
  seen_at: string;
  this: boolean;
}
export interface Key {
  id: string;
  name: string;
  scopes: string[];
  used_at: string | null;
}
export interface Person {
  id: string;
  name: string;
  role: string;
}
export interface Link {
  id: string;
  kind: string;
  title: string;
  query: string;
  photos: string[];
  locked: boolean;
  expires_at: string;
}
export interface SharedPhoto {
  id: string;
  width: number;
  height: number;
  caption: string;
  thumb: string;
  display: string;
  original: string | null;
  filename: string | null;
}
export interface SharedView {
  title: string;
  locked: boolean;
  photos: SharedPhoto[];
}

export async function call<Answer = void>(method: string, path: string, body?: unknown): Promise<Answer> {
  const init: RequestInit = { method, headers: OURS };
  if (body !== undefined) {
    init.body = JSON.stringify(body);
    init.headers = { ...OURS, "Content-Type": "application/json" };
  }
  const answer = await fetch(path, init);
  if (!answer.ok) throw failureOf(answer.status, await answer.text());
  return (answer.status === 204 ? undefined : await answer.json()) as Answer;
}

export function saying(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
