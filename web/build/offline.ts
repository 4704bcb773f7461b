/** Writes the service worker, which keeps the page itself (and nothing of the gallery) for days without a network. */

import { createHash } from "node:crypto";
import { readdirSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";

import type { Plugin } from "vite";

const SOURCE = fileURLToPath(new URL("./worker.js", import.meta.url));
const PUBLIC = fileURLToPath(new URL("../public/", import.meta.url));

export function offline(): Plugin {
  return {
    name: "offline",
    apply: "build",
    generateBundle(_, bundle) {
      const files = ["/", ...readdirSync(PUBLIC).map((name) => `/${name}`), ...Object.keys(bundle).filter((name) => name !== "index.html").map((name) => `/${name}`)];
      const source = readFileSync(SOURCE, "utf8").replace("__FILES__", JSON.stringify(files));
      // The names of built files are hashes of what is in them: another list is another page.
      const version = createHash("sha256").update(source).digest("hex").slice(0, 12);
      this.emitFile({ type: "asset", fileName: "worker.js", source: source.replace("__VERSION__", version) });
    },
  };
}
