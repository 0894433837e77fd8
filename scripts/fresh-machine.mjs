/**
 * Gets from a fresh clone to a working project. Owns: whether `npm ci` is needed, and which Node runs the rest.
 * Must run on Node 20 and import nothing but Node's own modules: when it runs, nothing is installed yet.
 */
import { spawn, spawnSync } from "node:child_process";
import { existsSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

export const ROOT = dirname(dirname(fileURLToPath(import.meta.url)));

/** The oldest Node that runs Planwright (package.json, `engines`). */
const OLDEST_NODE = [22, 13];

/**
 * Installs what package-lock.json names, unless it is there already.
 * Returns the Node to use from here on: the one of node_modules, else the system's where that is new enough.
 */
export function prepareMachine() {
  if (!isInstalled()) install();
  const ownNode = join(ROOT, "node_modules", "node", "bin", process.platform === "win32" ? "node.exe" : "node");
  if (isNewEnough(versionOf(ownNode))) return ownNode;
  if (isNewEnough(process.versions.node)) return process.execPath;
  return stop(
    [
      `Node ${OLDEST_NODE.join(".")} or newer is needed; this machine has ${process.versions.node}, and the copy that comes`,
      "with the project is incomplete, most likely because npm was told not to run install scripts.",
      "Do one of these, then try again:",
      "  npm rebuild node --ignore-scripts=false    (fetches Node 24 into node_modules)",
      "  install Node 22.15 or newer                (https://nodejs.org)",
    ].join("\n"),
  );
}

/** True where every package that the lock file asks for stands in node_modules at that version. */
export function isInstalled() {
  const installed = readLock(join(ROOT, "node_modules", ".package-lock.json"));
  if (installed === null) return false;
  const wanted = readLock(join(ROOT, "package-lock.json"))?.packages ?? {};
  return Object.entries(wanted).every(([path, entry]) => {
    if (path === "" || entry.optional || entry.devOptional) return true;
    return installed.packages?.[path]?.version === entry.version && existsSync(join(ROOT, path, "package.json"));
  });
}

/**
 * Runs a program with the project's Node first on the path.
 * Resolves with its exit code; a signal counts as 128 + 2, as after Ctrl-C.
 */
export function runWith(node, args, options = {}) {
  const separator = process.platform === "win32" ? ";" : ":";
  const path = [dirname(node), join(ROOT, "node_modules", ".bin"), process.env.PATH ?? ""].join(separator);
  return new Promise((resolve, reject) => {
    const child = spawn(node, args, {
      cwd: ROOT,
      stdio: "inherit",
      ...options,
      env: { ...process.env, PATH: path, ...options.env },
    });
    const ignoreInterrupt = () => undefined; // the child gets Ctrl-C too and decides how to end
    process.on("SIGINT", ignoreInterrupt);
    child.on("error", reject);
    child.on("close", (code) => {
      process.off("SIGINT", ignoreInterrupt);
      resolve(code ?? 130);
    });
  });
}

/** Path of a tool's own program file, to be run with the project's Node (no shell, no shebang). */
export function programOf(packageName, bin = packageName) {
  const folder = join(ROOT, "node_modules", packageName);
  const { bin: declared } = JSON.parse(readFileSync(join(folder, "package.json"), "utf8"));
  return join(folder, typeof declared === "string" ? declared : declared[bin]);
}

/** Says why it can't go on, and ends the process with exit code 1. */
export function stop(message) {
  process.stderr.write(`\n${message}\n`);
  process.exit(1);
}

function install() {
  process.stderr.write("Installing dependencies (once) …\n");
  const flags = ["ci", "--include=dev", "--no-audit", "--no-fund", "--loglevel=error", "--engine-strict=false"];
  const result = runNpm(flags);
  if (result.status !== 0) {
    stop(
      `npm ci ended with ${result.status ?? result.signal}; its message stands above. Is the package registry reachable?`,
    );
  }
}

/** Under `npm run` npm tells its own program file; started by hand, the one on the path is taken. */
function runNpm(args) {
  const options = { cwd: ROOT, stdio: ["ignore", "ignore", "inherit"] };
  const program = process.env.npm_execpath;
  if (program?.endsWith("npm-cli.js")) return spawnSync(process.execPath, [program, ...args], options);
  return spawnSync("npm", args, { ...options, shell: process.platform === "win32" });
}

function versionOf(node) {
  if (!existsSync(node)) return null;
  const result = spawnSync(node, ["--version"], { encoding: "utf8" });
  return result.status === 0 ? result.stdout.trim().slice(1) : null;
}

function isNewEnough(version) {
  if (version === null) return false;
  const [major = 0, minor = 0] = version.split(".").map(Number);
  return major > OLDEST_NODE[0] || (major === OLDEST_NODE[0] && minor >= OLDEST_NODE[1]);
}

function readLock(path) {
  try {
    return JSON.parse(readFileSync(path, "utf8"));
  } catch (error) {
    if (error.code === "ENOENT" || error instanceof SyntaxError) return null;
    throw error;
  }
}
