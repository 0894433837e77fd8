/** Builds `dist` from nothing: compiled JavaScript with declarations, and a command that can be executed. */
import { chmodSync, existsSync, rmSync } from "node:fs";
import { join } from "node:path";
import { prepareMachine, programOf, ROOT, runWith } from "./fresh-machine.mjs";

const node = prepareMachine();
rmSync(join(ROOT, "dist"), { recursive: true, force: true });
const code = await runWith(node, [programOf("typescript", "tsc"), "-p", "tsconfig.build.json"]);
const command = join(ROOT, "dist", "src", "cli", "main.js");
if (existsSync(command)) chmodSync(command, 0o755);
process.exitCode = code;
