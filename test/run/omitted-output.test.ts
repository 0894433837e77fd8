/** Without `output` the result is that of the steps nobody reads (KERNEL 11): checker and run mean the same steps. */
import { expect, test } from "vitest";
import type { JsonObject } from "../../src/shared/json.ts";
import { createWorld } from "./run-world.ts";

const u = { id: "u", tool: "echo", input: { x: 1 } };
const d = { id: "d", tool: "echo", input: { y: 2 } };
const readers: [how: string, step: object, isRead: boolean][] = [
  ["an input", { ...d, input: { y: { ref: "u.x" } } }, true],
  ["a list", { ...d, forEach: { items: [{ ref: "u.x" }], max: 2 } }, true],
  ["a template", { ...d, input: { y: { template: "{{u.x}}" } } }, true],
  ["when", { ...d, when: { ref: "u.x", is: 1 } }, true],
  ["a reference with a default", { ...d, input: { y: { ref: "u.x", default: 0 } } }, true],
  ["a default", { ...d, input: { y: { ref: "params.none", default: { ref: "u.x" } } } }, true],
  ["after", { ...d, after: ["u"] }, false],
  ["its status", { ...d, when: { ref: "status.u", is: "completed" } }, false],
];

test.each(readers)("a step is read by %s or not, for the checker as for the run", async (_, reader, isRead) => {
  const result = await createWorld().apply([u, reader]);
  expect(Object.keys(result.output as JsonObject).sort()).toEqual(isRead ? ["d"] : ["d", "u"]);
  const names = isRead ? ["d"] : ["d", "u"];
  const output = {
    type: "object",
    properties: Object.fromEntries(names.map((name) => [name, {}])),
    required: names,
    additionalProperties: false,
  };
  expect(await createWorld().apply([u, reader], { request: { output } })).toMatchObject({ status: "completed" });
});
