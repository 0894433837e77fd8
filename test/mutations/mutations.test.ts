/** Holds the list of mutations to the source: what they take out is still there, and once. They run by `npm run test:mutations`. */
import { existsSync, readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { MUTATIONS } from "./mutations.ts";

const root = new URL("../../", import.meta.url);

test("each mutation finds its text exactly once, changes it, and names tests that are there", () => {
  for (const { name, file, find, replace, tests } of MUTATIONS) {
    const text = readFileSync(new URL(file, root), "utf8");
    expect(text.split(find).length - 1, `${name}: how often '${find}' stands in ${file}`).toBe(1);
    expect(replace, name).not.toBe(find);
    expect(tests.length, name).toBeGreaterThan(0);
    for (const path of tests) expect(existsSync(new URL(path, root)), `${name}: ${path}`).toBe(true);
  }
});

test("each mutation has a name of its own", () => {
  expect(new Set(MUTATIONS.map(({ name }) => name)).size).toBe(MUTATIONS.length);
});
