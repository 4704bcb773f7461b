/** A make-believe gateway for `npm run dev`: the sample photos, in memory. Never part of the build. */

import { readFileSync } from "node:fs";
import type { IncomingMessage, ServerResponse } from "node:http";
import { fileURLToPath } from "node:url";

import type { Connect, Plugin } from "vite";

import { Gallery } from "./gallery.ts";

const SAMPLES = fileURLToPath(new URL("../../samples/", import.meta.url));
const POLICY =
  "default-src 'self'; img-src 'self' blob: data:; object-src 'none'; base-uri 'none'; frame-ancestors 'none'";

export function gateway(): Plugin {
  // Made where it answers: a build needs no samples, and the image of the gateway has none.
  const answer = () => routes(new Gallery(SAMPLES, Number(process.env["PHOTOS"] ?? 32)));
  return {
    name: "make-believe-gateway",
    configureServer: (server) => void server.middlewares.use(answer()),
    configurePreviewServer: (server) => {
      // The built page lives under the policy that the gateway will set.
      server.middlewares.use((_, response, next) => {
        response.setHeader("Content-Security-Policy", POLICY);
        next();
      });
      server.middlewares.use(answer());
    },
  };
}

type Answer = (url: URL, request: IncomingMessage, response: ServerResponse, id: string) => unknown;

function routes(gallery: Gallery): Connect.NextHandleFunction {
  const table: [string, RegExp, Answer][] = [
    ["GET", /^\/api\/photos$/, (url) => gallery.page(url.searchParams)],
    ["POST", /^\/api\/photos$/, async (url, request) => gallery.take(url.searchParams.get("filename") ?? "", await bodyOf(request))],
    ["POST", /^\/api\/photos\/retry-failed$/, () => gallery.retryFailed()],
    ["GET", /^\/api\/photos\/([^/]+)$/, (_, __, ___, id) => gallery.detail(id)],
    ["DELETE", /^\/api\/photos\/([^/]+)$/, async (_, __, ___, id) => (await pause(700), gallery.remove(id))],
    ["POST", /^\/api\/photos\/([^/]+)\/retry$/, (_, __, ___, id) => gallery.retry(id)],
    ["PATCH", /^\/api\/photos\/([^/]+)\/tags$/, async (_, request, ___, id) => gallery.edit(id, JSON.parse(String(await bodyOf(request))))],
    ["GET", /^\/api\/photos\/([^/]+)\/(?:original|display|thumb)$/, (_, __, response, id) => bytes(gallery, response, id)],
    ["GET", /^\/api\/search$/, (url) => gallery.search(url.searchParams)],
    ["GET", /^\/api\/tags$/, (url) => gallery.tags(url.searchParams)],
    ["GET", /^\/api\/status$/, () => gallery.status()],
    ["GET", /^\/api\/events$/, (_, request, response) => events(gallery, request, response)],
  ];
  return (request, response, next) => {
    const url = new URL(request.url ?? "/", "http://localhost");
    for (const [method, path, answer] of table) {
      const match = request.method === method ? path.exec(url.pathname) : null;
      if (match) return void respond(answer, url, request, response, match[1] ?? "");
    }
    next();
  };
}

async function respond(answer: Answer, url: URL, request: IncomingMessage, response: ServerResponse, id: string): Promise<void> {
  const body = await answer(url, request, response, id);
  if (response.headersSent || body === response) return;
  if (body === undefined) return void response.writeHead(204).end();
  const status = (body as { status?: unknown }).status;
  const code = typeof status === "number" ? status : request.method === "POST" ? 202 : 200;
  response.writeHead(code, { "Content-Type": "application/json" }).end(JSON.stringify(body));
}

function bytes(gallery: Gallery, response: ServerResponse, id: string): ServerResponse {
  response.writeHead(200, { "Content-Type": "image/jpeg", "Cache-Control": "max-age=600" });
  return response.end(gallery.bytes(id, (name) => readFileSync(SAMPLES + name)));
}

function events(gallery: Gallery, request: IncomingMessage, response: ServerResponse): ServerResponse {
  response.writeHead(200, { "Content-Type": "text/event-stream", "Cache-Control": "no-store" });
  response.write(": hello\n\n");
  const stop = gallery.listen((change) => response.write(`event: photo\nid: ${Date.now()}\ndata: ${JSON.stringify(change)}\n\n`));
  request.on("close", stop);
  return response;
}

async function bodyOf(request: IncomingMessage): Promise<Buffer> {
  const parts: Buffer[] = [];
  for await (const part of request) parts.push(part as Buffer);
  return Buffer.concat(parts);
}

function pause(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}
