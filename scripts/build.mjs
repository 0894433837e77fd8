/** Builds `dist` from nothing: compiled JavaScript in few files, declarations, and a command that can be executed. */
import { chmodSync, existsSync, rmSync } from "node:fs";
import { join } from "node:path";
import { prepareMachine, programOf, ROOT, runWith } from "./fresh-machine.mjs";

const node = prepareMachine();
rmSync(join(ROOT, "dist"), { recursive: true, force: true });
let code = await runWith(node, [programOf("typescript", "tsc"), "-p", "tsconfig.build.json"]);
if (code === 0) code = await runWith(node, [join(ROOT, "scripts", "bundle.mjs")]);
const command = join(ROOT, "dist", "src", "cli", "main.js");
if (existsSync(command)) chmodSync(command, 0o755);
process.exitCode = code;
