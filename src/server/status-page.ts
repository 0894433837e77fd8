/**
 * The page at `/`: static files without data, which need no token. Owns: where they lie and their Content-Security-Policy.
 * Must not: put anything of a run into them.
 */
import { readFileSync, statSync } from "node:fs";
import { dirname, join } from "node:path";
import { defineRoute, type Route } from "./route.ts";

/** Own files only; and only text nodes can be made, since nothing may turn text into markup. */
const POLICY = [
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'self'",
  "connect-src 'self'",
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'none'",
  "require-trusted-types-for 'script'",
  "trusted-types 'none'",
].join("; ");

const FILES = [
  { path: "/", file: "status.html", type: "text/html; charset=utf-8", operation: "showStatus" },
  { path: "/status.css", file: "status.css", type: "text/css; charset=utf-8", operation: "styleStatus" },
  { path: "/status.js", file: "status.js", type: "text/javascript; charset=utf-8", operation: "runStatus" },
];

/** Reads the files once. */
export function statusPageRoutes(folder = pagesFolder()): Route[] {
  return FILES.map(({ path, file, type, operation }) => {
    const text = readFileSync(join(folder, file), "utf8");
    return defineRoute({
      method: "GET",
      path,
      operation,
      summary: "The status page; it holds no data and takes the token from #token=.",
      isPublic: true,
      answers: { 200: { description: "A static file.", type } },
      handle: () => new Response(text, { headers: { "content-type": type, "content-security-policy": POLICY } }),
    });
  });
}

/** Beside the package.json of this package, wherever the code was joined into. */
function pagesFolder(): string {
  for (let folder = import.meta.dirname; ; folder = dirname(folder)) {
    const pages = join(folder, "pages");
    if (statSync(join(pages, "status.html"), { throwIfNoEntry: false })?.isFile() === true) return pages;
    if (dirname(folder) === folder) throw new Error("the folder 'pages' of the package is missing");
  }
}
