import { describe, expect, test } from "vitest";
import { isSafeName, SAFE_NAME, safeNames } from "../../src/dialect/safe-names.ts";
import { createToolbox } from "../../src/dialect/toolbox.ts";
import type { ToolDescription } from "../../src/planner/planning-request.ts";
import type { JsonObject } from "../../src/shared/json.ts";
import { createDice } from "../fuzz/dice.ts";
import { allDialects } from "./dialect-of.ts";
import { admits, encodeDecision, encodingOf, SHELL_DIALECTS } from "./encode-decision.ts";

const HOSTILE = [
  "with space",
  "with_space",
  "with  space",
  "Größe",
  "名前",
  "имя",
  "🙂",
  "🙂🙂",
  "",
  " ",
  "a".repeat(100),
  `${"a".repeat(99)}b`,
  "a".repeat(64),
  "__proto__",
  "constructor",
  "prototype",
  "proto",
  "a/b~c",
  'quote"',
  "line\nbreak",
  "\ud800",
  "toString",
  "$ref",
  "filter[name]",
  "with_space_2",
];

function toolNamed(name: string, keys: readonly string[]): ToolDescription {
  const properties = Object.fromEntries(keys.map((key) => [key, { type: "string" }]));
  return {
    name,
    version: "1",
    description: "A tool.",
    inputSchema: { type: "object", properties, required: [...keys], additionalProperties: false },
    outputSchema: { type: "object" },
    effect: "read",
    idempotency: "pure",
    planning: null,
  };
}

describe("safe names", () => {
  test("are safe and differ, and those that were safe stay as they are", () => {
    const names = safeNames(HOSTILE);
    expect([...names.keys()].sort()).toEqual([...HOSTILE].sort());
    const safe = [...names.values()];
    expect(safe.filter((name) => !SAFE_NAME.test(name) || !isSafeName(name))).toEqual([]);
    expect(new Set(safe.map((name) => name.toLowerCase())).size).toBe(HOSTILE.length);
    for (const name of HOSTILE.filter(isSafeName)) expect(names.get(name)).toBe(name);
    expect(names.get("Größe")).toBe("Gro_e");
    expect(names.get("with  space")).toBe("with_space_3");
    expect(names.get("with space")).toBe("with_space_4");
  });

  test("do not depend on the order in which names come", () => {
    const dice = createDice(3);
    const shuffled = HOSTILE.map((name) => [dice.number(1_000), name] as const)
      .sort(([left], [right]) => left - right)
      .map(([, name]) => name);
    expect(shuffled).not.toEqual(HOSTILE);
    const entries = (names: ReadonlyMap<string, string>): string[] => [...names].map(([a, b]) => `${a} ${b}`).sort();
    expect(entries(safeNames(shuffled))).toEqual(entries(safeNames(HOSTILE)));
  });
});

describe("tools with hostile names", () => {
  // An input named __proto__ can't be given: the parser refuses it (below).
  const keys = HOSTILE.filter((key) => !["__proto__", "constructor", "prototype"].includes(key));
  const tools = HOSTILE.map((name) => toolNamed(name, keys));
  const input = Object.fromEntries(keys.map((key, place) => [key, `value ${place}`]));
  const decision: JsonObject = {
    kind: "plan",
    rationale: "all of them",
    steps: tools.map(({ name }, place) => ({ id: `s${place}`, tool: name, input })),
    then: "finish",
  };

  test.each(SHELL_DIALECTS)("are mapped and mapped back in dialect %s, and its schema has safe keys only", (name) => {
    const dialect = allDialects(tools).find((one) => one.name === name)!;
    const written = encodeDecision(decision, encodingOf(dialect, tools));
    expect(admits(dialect, written)).toBe(true);
    expect(dialect.decode(JSON.stringify(written))).toEqual({ decision, issues: [] });
    const shown = (written.steps as { tool: string }[]).map(({ tool }) => tool);
    expect(shown.filter((tool) => !isSafeName(tool))).toEqual([]);
  });

  test("an input called __proto__ reaches no prototype, and comes out as a key that the parser refuses", () => {
    const evil = toolNamed("evil", ["__proto__"]);
    const [variants] = allDialects([evil]);
    const shown = createToolbox([evil]).tools[0]!.properties[0]!.shown;
    expect(shown).toBe("proto");
    const answer = {
      kind: "plan",
      rationale: "",
      steps: [{ tool: "evil", id: "a", input: { [shown]: { json: '{"x":1}' } }, more: [] }],
      then: "finish",
      output: [],
      message: "",
    };
    const { decision, issues } = variants!.decode(JSON.stringify(answer));
    const decoded = (decision as { steps: { input: object }[] }).steps[0]!.input;
    expect(issues).toEqual([]);
    expect(Object.keys(decoded)).toEqual(["__proto__"]);
    expect(Object.getPrototypeOf(decoded)).toBe(Object.prototype);
  });

  test("a tool is found by either spelling, and regardless of case where only one fits", () => {
    const toolbox = createToolbox([toolNamed("get page", []), toolNamed("Find", []), toolNamed("find", [])]);
    expect(toolbox.find("get page")?.tool.name).toBe("get page");
    expect(toolbox.find("get_page")?.tool.name).toBe("get page");
    expect(toolbox.find("Get_Page")?.tool.name).toBe("get page");
    expect(toolbox.find("Find")?.tool.name).toBe("Find");
    expect(toolbox.find("FIND")).toBeUndefined();
  });
});
