/**
 * `npm run verify`: everything that must hold before a commit, one line per stage with its duration. What a stage
 * printed is shown only where it failed. `npm run verify -- types lint` runs those stages only.
 */
import { spawn } from "node:child_process";
import { join } from "node:path";
import { prepareMachine, programOf, ROOT, stop } from "./fresh-machine.mjs";

const node = prepareMachine();
const vitest = programOf("vitest");
const biome = programOf("@biomejs/biome", "biome");
const script = (name) => join(ROOT, "scripts", name);

/** Name of the stage, and the program that decides it. Quick ones first; `package` needs `build`. */
const STAGES = [
  ["format", [biome, "check", "--linter-enabled=false", "."]],
  ["lint", [biome, "lint", "--error-on-warnings", "."]],
  ["types", [programOf("typescript", "tsc"), "-p", "tsconfig.json"]],
  ["boundaries", [vitest, "run", "--project", "unit", "test/architecture"]],
  ["unused", [programOf("knip"), "--no-progress"]],
  ["build", [script("build.mjs")]],
  ["unit", [vitest, "run", "--project", "unit*"]],
  ["package", [script("check-package.mjs")]],
];

const wanted = process.argv.slice(2);
const unknown = wanted.filter((name) => !STAGES.some(([stage]) => stage === name));
if (unknown.length > 0) stop(`No stage '${unknown[0]}'. Stages: ${STAGES.map(([stage]) => stage).join(", ")}.`);
const stages = wanted.length === 0 ? STAGES : STAGES.filter(([stage]) => wanted.includes(stage));

const failed = [];
for (const [name, args] of stages) {
  const startedAt = performance.now();
  const { code, output } = await capture(args);
  const seconds = ((performance.now() - startedAt) / 1000).toFixed(1);
  process.stdout.write(`${code === 0 ? "ok    " : "FAILED"} ${name.padEnd(11)} ${seconds.padStart(5)} s\n`);
  if (code === 0) continue;
  failed.push(name);
  process.stdout.write(`${output.trimEnd().replaceAll(/^/gm, "       | ")}\n`);
}
process.stdout.write(failed.length === 0 ? "verify: all stages passed\n" : `verify: failed: ${failed.join(", ")}\n`);
process.exitCode = failed.length === 0 ? 0 : 1;

/** Runs a program file with the project's Node; output of both streams in the order in which it came. */
function capture(args) {
  return new Promise((resolve, reject) => {
    const child = spawn(node, args, {
      cwd: ROOT,
      stdio: ["ignore", "pipe", "pipe"],
      env: { ...process.env, CI: "true" },
    });
    let output = "";
    const keep = (chunk) => {
      output += chunk;
    };
    child.stdout.setEncoding("utf8").on("data", keep);
    child.stderr.setEncoding("utf8").on("data", keep);
    child.on("error", reject);
    child.on("close", (code) => resolve({ code: code ?? 1, output }));
  });
}
