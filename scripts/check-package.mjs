/**
 * Checks the package as a stranger would get it: publint's rules, what the tarball holds and does not hold, and that
 * its entry points load and its command answers. Needs `npm run build` before.
 */
import { execFileSync } from "node:child_process";
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { programOf, ROOT } from "./fresh-machine.mjs";

/** The tarball's size, packed, that nobody should pass unnoticed. */
const MOST_BYTES = 2_000_000;
const MUST_HOLD = [
  /^LICENSE$/,
  /^README\.md$/,
  /^dist\/src\/index\.(js|d\.ts)$/,
  /^dist\/chunks\/.+\.js$/,
  /^dist\/tools\/.+\.d\.ts$/,
  /^prompts\/planning\/v1\.md$/,
  /^samples\/.+\.md$/,
  /^workflows\/document_analysis\.yaml$/,
];
const MUST_NOT_HOLD = [
  /(^|\/)test\//,
  /\.test\./,
  /(^|\/)node_modules\//,
  /(^|\/)\.(env|planwright|npmrc|ci)/,
  /\.tgz$/,
  /^(src|planners|tools|scripts|bench)\//,
];

const manifest = JSON.parse(readFileSync(join(ROOT, "package.json"), "utf8"));
const folder = mkdtempSync(join(tmpdir(), "planwright-package-"));
const problems = [];
try {
  publint();
  const packed = pack();
  checkContents(packed);
  checkTargets(packed);
  if (problems.length === 0) await checkThatItWorks(packed);
} finally {
  rmSync(folder, { recursive: true, force: true });
}
for (const problem of problems) process.stdout.write(`${problem}\n`);
process.exitCode = problems.length === 0 ? 0 : 1;

function publint() {
  try {
    execFileSync(process.execPath, [programOf("publint"), "run", "--strict", "--pack", "false"], {
      cwd: ROOT,
      encoding: "utf8",
    });
  } catch (error) {
    problems.push(`publint:\n${error.stdout}${error.stderr}`);
  }
}

function pack() {
  const args = ["pack", "--json", "--ignore-scripts", "--loglevel=error", "--pack-destination", folder];
  const output = execFileSync("npm", args, { cwd: ROOT, encoding: "utf8", shell: process.platform === "win32" });
  const listing = JSON.parse(output);
  return Array.isArray(listing) ? listing[0] : Object.values(listing)[0];
}

function checkContents({ files, size }) {
  const paths = files.map((file) => file.path);
  for (const pattern of MUST_HOLD) {
    if (!paths.some((path) => pattern.test(path))) problems.push(`The tarball holds nothing like ${pattern}.`);
  }
  for (const path of paths) {
    if (MUST_NOT_HOLD.some((pattern) => pattern.test(path))) problems.push(`The tarball must not hold ${path}.`);
  }
  if (size > MOST_BYTES) problems.push(`The tarball has ${size} bytes, more than ${MOST_BYTES}.`);
}

/** Every file that package.json points at is in the tarball. */
function checkTargets({ files }) {
  const paths = new Set(files.map((file) => `./${file.path}`));
  const targets = Object.values(manifest.exports).flatMap((entry) =>
    typeof entry === "string" ? entry : Object.values(entry),
  );
  const commands = Object.values(manifest.bin).map((path) => `./${path}`);
  for (const target of [...targets, ...commands]) {
    if (!paths.has(target)) problems.push(`package.json points at ${target}, which the tarball does not hold.`);
  }
}

/** Unpacks the tarball beside the installed dependencies, imports what it exports and asks the command its version. */
async function checkThatItWorks({ filename }) {
  execFileSync("tar", ["-xzf", join(folder, filename), "-C", folder]);
  const unpacked = join(folder, "package");
  mkdirSync(unpacked, { recursive: true });
  symlinkSync(join(ROOT, "node_modules"), join(unpacked, "node_modules"), "junction");
  for (const [name, entry] of Object.entries(manifest.exports)) {
    if (typeof entry === "string") continue;
    const exported = await import(pathToFileURL(join(unpacked, entry.default)).href);
    if (Object.keys(exported).length === 0) problems.push(`The entry point '${name}' exports nothing.`);
  }
  const command = join(unpacked, manifest.bin.planwright);
  if (!existsSync(command)) return;
  if (!readFileSync(command, "utf8").startsWith("#!/usr/bin/env node"))
    problems.push(`${manifest.bin.planwright} lacks '#!/usr/bin/env node'.`);
  const prompt = execFileSync(process.execPath, [command, "prompts", "show", "planning", "--json"], {
    encoding: "utf8",
  });
  if (JSON.parse(prompt).source !== "shipped") problems.push("The installed command doesn't find its prompts.");
  const version = execFileSync(process.execPath, [command, "--version"], { encoding: "utf8" }).trim();
  if (!version.includes(manifest.version))
    problems.push(`planwright --version says '${version}', package.json ${manifest.version}.`);
}
