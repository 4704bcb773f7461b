/** Documents of the repository, made into HTML when the page is built. */
declare module "*.md" {
  export const sections: import("../build/documents.ts").Section[];
}
