/**
 * Joins the compiled modules of each entry point into few files: Node takes about half a millisecond for every module,
 * and there are some 250. Packages stay outside; what the code imports late stays in files of its own.
 * Run by build.mjs with the project's Node. Must not: change what the compiler made (no minifying).
 */
import { mkdirSync, readdirSync, rmdirSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { rolldown } from "rolldown";
import { ROOT } from "./fresh-machine.mjs";

const DIST = join(ROOT, process.argv[2] ?? "dist");
const ENTRIES = ["src/index", "src/testing/index", "src/cli/main"];

const bundle = await rolldown({
  input: Object.fromEntries(ENTRIES.map((entry) => [entry, join(DIST, `${entry}.js`)])),
  external: (id) => !id.startsWith(".") && !id.startsWith("/") && !/^[A-Za-z]:\\/.test(id),
  platform: "node",
  treeshake: { moduleSideEffects: false },
});
const { output } = await bundle.generate({
  format: "esm",
  entryFileNames: "[name].js",
  chunkFileNames: "chunks/[name]-[hash].js",
});
removeModules(DIST);
for (const { fileName, code } of output) {
  mkdirSync(dirname(join(DIST, fileName)), { recursive: true });
  writeFileSync(join(DIST, fileName), code);
}
await bundle.close();
process.stdout.write(`${output.length} files in place of the compiler's modules\n`);

/** The declarations stay; the joined files take the modules' place. */
function removeModules(folder) {
  for (const entry of readdirSync(folder, { withFileTypes: true })) {
    const path = join(folder, entry.name);
    if (entry.isDirectory()) removeModules(path);
    else if (path.endsWith(".js")) rmSync(path);
  }
  if (readdirSync(folder).length === 0) rmdirSync(folder);
}
