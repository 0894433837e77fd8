/** Guards the lock file: a fresh machine of any kind must be able to install from it, from any registry. */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { ROOT } from "./source-file.ts";

interface LockedPackage {
  version?: string;
  resolved?: string;
  optionalDependencies?: Record<string, string>;
}

const lock = JSON.parse(readFileSync(join(ROOT, "package-lock.json"), "utf8")) as {
  packages: Record<string, LockedPackage>;
};

test("the lock file names the optional packages of every system, or npm ci refuses it", () => {
  const missing = Object.values(lock.packages)
    .flatMap((entry) => Object.keys(entry.optionalDependencies ?? {}))
    .filter((name) => lock.packages[`node_modules/${name}`] === undefined);
  expect(missing, "Run: node scripts/complete-lock.mjs").toEqual([]);
});

test("the lock file names no registry", () => {
  const named = Object.values(lock.packages).flatMap(({ resolved }) => resolved ?? []);
  expect(named, "Install with --omit-lockfile-registry-resolved, or remove the 'resolved' fields").toEqual([]);
});
