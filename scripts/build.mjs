/** Builds `dist` from nothing: compiled JavaScript in few files, declarations, and a command that can be executed. */
import { chmodSync, cpSync, existsSync, readdirSync, rmSync } from "node:fs";
import { join } from "node:path";
import { prepareMachine, programOf, ROOT, runWith } from "./fresh-machine.mjs";

const DIST = join(ROOT, "dist");
const JOINED = join(DIST, "joined");

const node = prepareMachine();
rmSync(DIST, { recursive: true, force: true });
let code = await runWith(node, [programOf("typescript", "tsc"), "-p", "tsconfig.build.json"]);
if (code === 0) code = await runWith(node, [programOf("rolldown"), "-c", "rolldown.config.mjs"]);
if (code === 0) replaceModules();
const command = join(DIST, "src", "cli", "main.js");
if (existsSync(command)) chmodSync(command, 0o755);
process.exitCode = code;

/** The declarations stay; the joined files take the compiler's modules' place. */
function replaceModules() {
  for (const name of readdirSync(DIST, { recursive: true })) {
    if (name.endsWith(".js") && !name.startsWith("joined")) rmSync(join(DIST, name));
  }
  cpSync(JOINED, DIST, { recursive: true });
  rmSync(JOINED, { recursive: true });
}
