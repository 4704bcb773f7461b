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
    html: scrollable(marked.parse(text, { async: false })),
  }));
}

/** A table may be wider than the page; who has only keys can reach it, and so move it. */
function scrollable(html: string): string {
  return html.replaceAll("<table>", '<div class="wide" tabindex="0"><table>').replaceAll("</table>", "</table></div>");
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
