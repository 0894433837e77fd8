/** docs/http.md lists the routes that there are, and no others. */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { createServerWorld } from "../server/server-world.ts";

test("the table of routes is that of the OpenAPI document", async () => {
  const world = createServerWorld();
  await world.ask("GET", "/healthz");
  const paths = world.document().paths as Record<string, Record<string, unknown>>;
  const there = Object.entries(paths).flatMap(([path, methods]) =>
    Object.keys(methods).map((method) => `${method.toUpperCase()} ${path}`),
  );
  const text = readFileSync(join(import.meta.dirname, "../../docs/http.md"), "utf8");
  const told = [...text.matchAll(/^\| `((?:GET|POST) [^`]+)` \|/gm)].map((match) => match[1] ?? "");
  expect(told.sort()).toEqual(there.sort());
});
