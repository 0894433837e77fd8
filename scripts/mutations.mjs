/**
 * `npm run test:mutations`: takes something out of a copy of the source, one thing at a time (test/mutations/mutations.ts),
 * and says which tests notice. Ends with 1 where one goes unnoticed. `npm run test:mutations -- sync` runs those whose
 * name holds that word; `--jobs N` so many at a time (default 2); `--table docs/mutations.md` puts what was found into
 * that table.
 */
import { spawn, spawnSync } from "node:child_process";
import { cpSync, existsSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join, relative } from "node:path";
import { parseArgs } from "node:util";
import { prepareMachine, ROOT, runWith, stop } from "./fresh-machine.mjs";

/** After so long without an end the tests count as having noticed: they hang. */
const LONGEST_MS = 300_000;
const BASELINE_MS = 1_800_000;

const node = prepareMachine();
if (process.execPath !== node && Number(process.versions.node.split(".")[0]) < 24) {
  // The list is TypeScript, which only newer Nodes read.
  process.exit(await runWith(node, [join(ROOT, "scripts", "mutations.mjs"), ...process.argv.slice(2)]));
}
const { values, positionals } = parseArgs({
  options: { jobs: { type: "string", default: "2" }, table: { type: "string" } },
  allowPositionals: true,
});
const { MUTATIONS } = await import("../test/mutations/mutations.ts");
const chosen = MUTATIONS.filter(({ name }) => positionals.every((word) => name.includes(word)));
if (chosen.length === 0) stop(`No mutation has '${positionals.join(" ")}' in its name.`);

const copies = Array.from({ length: Math.max(1, Number(values.jobs)) }, copyTree);
try {
  process.exitCode = (await run(chosen)) ? 0 : 1;
} finally {
  for (const copy of copies) rmSync(copy, { recursive: true, force: true });
}

/** True where every mutation was noticed. */
async function run(mutations) {
  const tests = [...new Set(mutations.flatMap((mutation) => mutation.tests))];
  const whole = await runTests(copies[0], tests, BASELINE_MS);
  if (whole.failed.length > 0 || whole.code !== 0)
    stop(`Some of these tests fail already, without any mutation: ${whole.failed.join("; ") || tests.join(" ")}`);
  const left = [...mutations];
  const found = new Map();
  const work = async (copy) => {
    for (let mutation = left.shift(); mutation !== undefined; mutation = left.shift()) {
      const caughtBy = await tryMutation(copy, mutation);
      found.set(mutation.name, caughtBy);
      process.stdout.write(
        `${caughtBy === null ? "SURVIVED" : "caught  "} ${mutation.name}: ${caughtBy ?? "by no test"}\n`,
      );
    }
  };
  await Promise.all(copies.map(work));
  if (values.table !== undefined) updateTable(values.table, found);
  const survivors = [...found.values()].filter((caughtBy) => caughtBy === null);
  process.stdout.write(`${mutations.length - survivors.length} of ${mutations.length} mutations were caught\n`);
  return survivors.length === 0;
}

/** Puts what was found into the rows of that file, in the order of the list; rows of mutations that were not tried stay. */
function updateTable(path, found) {
  const lines = readFileSync(path, "utf8").split("\n");
  const first = lines.findIndex((line) => line.startsWith("| --- |")) + 1;
  const known = new Map(lines.slice(first).map((line) => [line.split(" | ")[0]?.slice(2), line]));
  const rows = MUTATIONS.map(({ name }) => {
    if (!found.has(name)) return known.get(name) ?? `| ${name} | not tried yet |`;
    const [file, ...test] = (found.get(name) ?? "nothing").split(": ");
    return `| ${name} | ${test.length === 0 ? file : `${test.join(": ")} (\`${file}\`)`} |`;
  });
  writeFileSync(path, `${[...lines.slice(0, first), ...rows].join("\n")}\n`);
}

/** What noticed the mutation; null for nothing. */
async function tryMutation(copy, { file, find, replace, tests, name }) {
  const path = join(copy, file);
  const text = readFileSync(path, "utf8");
  const places = text.split(find).length - 1;
  if (places !== 1) stop(`${name}: its text stands ${places} times in ${file}, not once.`);
  writeFileSync(
    path,
    text.replace(find, () => replace),
  );
  try {
    const { failed, code } = await runTests(copy, tests);
    if (code === 0) return null;
    return failed[0] ?? (code === null ? "tests that do not end" : "tests that cannot run");
  } finally {
    writeFileSync(path, text);
  }
}

/** Runs the tests in that tree; names of those that fail, and vitest's exit code (null where it had to be ended). Ends at the first. */
async function runTests(copy, tests, longestMs = LONGEST_MS) {
  const report = join(copy, "mutation-report.json");
  rmSync(report, { force: true });
  const vitest = join(copy, "node_modules", "vitest", "vitest.mjs");
  const options = [
    "--reporter=json",
    `--outputFile.json=${report}`,
    "--maxWorkers=1",
    "--bail=1",
    "--testTimeout=120000",
  ];
  const code = await new Promise((resolve, reject) => {
    const child = spawn(node, [vitest, "run", ...tests, ...options], {
      cwd: copy,
      stdio: "ignore",
      timeout: longestMs,
    });
    child.on("error", reject);
    child.on("close", resolve);
  });
  return { code, failed: existsSync(report) ? failedTests(copy, JSON.parse(readFileSync(report, "utf8"))) : [] };
}

function failedTests(copy, { testResults }) {
  return testResults.flatMap(({ name, assertionResults }) =>
    assertionResults
      .filter(({ status }) => status === "failed")
      .map(({ fullName }) => `${relative(copy, name)}: ${fullName}`),
  );
}

/** What git knows of the tree, and the packages as they are installed. */
function copyTree() {
  const copy = mkdtempSync(join(tmpdir(), "planwright-mutations-"));
  const listed = spawnSync("git", ["ls-files", "-co", "--exclude-standard"], { cwd: ROOT, encoding: "utf8" });
  if (listed.status !== 0) stop("The list of files comes from git, which is not to be had here.");
  for (const file of listed.stdout.split("\n").filter((name) => name !== "" && existsSync(join(ROOT, name))))
    cpSync(join(ROOT, file), join(copy, dirname(file), file.slice(file.lastIndexOf("/") + 1)));
  symlinkSync(join(ROOT, "node_modules"), join(copy, "node_modules"));
  return copy;
}
