/** Lets the page import a document of the repository: `import { sections } from "../../../docs/local-eyes.md"`. */

import { readFileSync } from "node:fs";

import { marked } from "marked";
import type { Plugin } from "vite";

export interface Section {
  title: string;
  html: string;
}

/** Everything under each heading of the second level; what stands before the first has no title. */
export function sectionsOf(markdown: string): Section[] {
  const [before = "", ...rest] = markdown.replace(/^# .*\n/, "").split(/^## /m);
  const parts = rest.map((part) => /^(.*)\n([\s\S]*)$/.exec(part) as unknown as [string, string, string]);
  return [["", "", before] as const, ...parts].map(([, title, text]) => ({
    title: title.trim(),
    html: marked.parse(text, { async: false }),
  }));
}

export function documents(): Plugin {
  return {
    name: "documents",
    load(id) {
      if (!id.endsWith(".md")) return null;
      this.addWatchFile(id);
      return `export const sections = ${JSON.stringify(sectionsOf(readFileSync(id, "utf8")))};`;
    },
  };
}
