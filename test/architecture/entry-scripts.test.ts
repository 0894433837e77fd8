/** Guards `npm test` and `npm run quickstart` as the only command after a clone: scripts run before the install. */
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { parseSourceFile, ROOT } from "./source-file.ts";

const scripts = readdirSync(join(ROOT, "scripts")).filter((name) => name.endsWith(".mjs"));

test.each(scripts)("%s imports nothing that an install would have to bring", (name) => {
  const { packages } = parseSourceFile(`scripts/${name}`, readFileSync(join(ROOT, "scripts", name), "utf8"));
  expect(packages.filter((source) => !source.startsWith("node:"))).toEqual([]);
});
