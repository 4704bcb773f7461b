/** How the page is built, and the make-believe gateway of `npm run dev`. */
import { svelte } from "@sveltejs/vite-plugin-svelte";
import { defineConfig } from "vitest/config";

import { documents } from "./build/documents.ts";
import { offline } from "./build/offline.ts";
import { gateway } from "./dev/gateway.ts";

// `IMGCAP_URL` puts a running product behind the development page instead of the make-believe one.
const product = process.env.IMGCAP_URL;

export default defineConfig({
  plugins: [svelte(), documents(), offline(), ...(product ? [] : [gateway()])],
  // Nothing is inlined: a data: script or style would need a weaker content security policy.
  build: { target: ["chrome111", "firefox120", "safari17.2"], assetsInlineLimit: 0, modulePreload: { polyfill: false } },
  server: product ? { proxy: { "/api": product } } : {},
  preview: product ? { proxy: { "/api": product } } : {},
  test: { include: ["src/**/*.test.ts"], environment: "node" },
});
