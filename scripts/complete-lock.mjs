/**
 * Writes into package-lock.json the optional packages for other operating systems that npm left out, as it does where
 * the registry at hand lacks them; without them `npm ci` refuses the lock file. Run it after `npm install NAME`.
 * The entries carry no integrity: npm adds it on the machine that installs them. Run: node scripts/complete-lock.mjs
 */
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { ROOT } from "./fresh-machine.mjs";

const SYSTEMS = ["aix", "android", "darwin", "freebsd", "linux", "netbsd", "openbsd", "openharmony", "sunos", "win32"];
const PROCESSORS = ["arm64", "arm", "ia32", "loong64", "mips64el", "ppc64", "riscv64", "s390x", "wasm32", "x64"];

const path = join(ROOT, "package-lock.json");
const lock = JSON.parse(readFileSync(path, "utf8"));
const added = [];
for (const entry of Object.values(lock.packages)) {
  for (const [name, range] of Object.entries(entry.optionalDependencies ?? {})) {
    const place = `node_modules/${name}`;
    if (lock.packages[place] !== undefined) continue;
    lock.packages[place] = entryFor(name, { range, isDev: entry.dev === true });
    added.push(name);
  }
}
lock.packages = Object.fromEntries(Object.entries(lock.packages).sort(([a], [b]) => (a < b ? -1 : 1)));
writeFileSync(path, `${JSON.stringify(lock, null, 2)}\n`);
process.stdout.write(`package-lock.json: ${added.length} packages of other systems added\n`);

/** System and processor stand in the names of such packages: `@biomejs/cli-linux-arm64-musl`. */
function entryFor(name, { range, isDev }) {
  const words = name.split(/[-/]/);
  const system = name === "fsevents" ? "darwin" : SYSTEMS.find((word) => words.includes(word));
  const processor = PROCESSORS.find((word) => words.includes(word));
  const libc = words.some((word) => word.startsWith("musl")) ? "musl" : words.includes("gnu") ? "glibc" : undefined;
  if (system === undefined && processor === undefined)
    throw new Error(`Can't tell the system of ${name}; add it by hand.`);
  return {
    version: range.replace(/^[~^]/, ""),
    ...(processor && { cpu: [processor] }),
    ...(isDev && { dev: true }),
    ...(libc && { libc: [libc] }),
    optional: true,
    ...(system && { os: [system] }),
  };
}
