/** How long a program waits for the library before its first line: import in a fresh process. */
import { execFile } from "node:child_process";
import { existsSync } from "node:fs";
import { promisify } from "node:util";
import type { Row, Table } from "./print-table.ts";
import { medianOf, rounded } from "./statistics.ts";

const run = promisify(execFile);
const BUILT = new URL("../dist/src/index.js", import.meta.url);
const SOURCE = new URL("../src/index.ts", import.meta.url);

/** The built library where there is one, else its source, which Node has to strip of types first. */
export async function measureImportTime(rounds: number): Promise<Table> {
  const entries = existsSync(BUILT) ? [BUILT, SOURCE] : [SOURCE];
  const rows: Row[] = [];
  for (const entry of entries) {
    const { importMs } = await medianOf(rounds, async () => ({ importMs: await importOnce(entry) }));
    rows.push({ what: entry === BUILT ? "built library" : "source", importMs: rounded(importMs) });
  }
  return {
    title: "Import in a fresh process (medians)",
    columns: { what: "what", importMs: "import ms" },
    rows,
  };
}

async function importOnce(entry: URL): Promise<number> {
  const program = `const start = performance.now(); await import(${JSON.stringify(entry.href)}); console.log(performance.now() - start);`;
  const { stdout } = await run(process.execPath, ["--no-warnings", "--input-type=module", "--eval", program]);
  return Number(stdout);
}
