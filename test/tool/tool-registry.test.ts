import { describe, expect, test } from "vitest";
import { defineTool } from "../../src/tool/define-tool.ts";
import type { Tool } from "../../src/tool/tool.ts";
import { createToolRegistry, unknownToolMessage } from "../../src/tool/tool-registry.ts";

function tool(name: string): Tool {
  return defineTool({
    name,
    description: `Does ${name}.`,
    inputSchema: { type: "object" },
    outputSchema: { type: "string" },
    effect: "write",
    idempotency: "key",
    execute: () => name,
  });
}

describe("a tool registry", () => {
  const search = tool("search");
  const select = tool("select");
  const registry = createToolRegistry([search, select]);

  test("finds tools by name and nothing else", () => {
    expect(registry.get("search")).toBe(search);
    expect(registry.get("serach")).toBeUndefined();
    expect(registry.get("constructor")).toBeUndefined();
    expect(registry.get("__proto__")).toBeUndefined();
  });

  test("keeps the order of registration", () => {
    expect(registry.names()).toEqual(["search", "select"]);
    expect(registry.all()).toEqual([search, select]);
  });

  test("describes tools to planners without their code", () => {
    expect(registry.describe()[0]).toEqual({
      name: "search",
      version: "1",
      description: "Does search.",
      inputSchema: { type: "object" },
      outputSchema: { type: "string" },
      effect: "write",
      idempotency: "key",
      planning: null,
    });
  });

  test("can't be changed through what it hands out", () => {
    registry.all().pop();
    registry.names().pop();
    registry.describe().pop();
    expect([registry.all().length, registry.names().length, registry.describe().length]).toEqual([2, 2, 2]);
  });

  test("refuses two tools of one name", () => {
    expect(() => createToolRegistry([search, select, tool("search")])).toThrow(
      expect.objectContaining({ code: "CONFIG_INVALID", message: "Two tools are called 'search'." }),
    );
  });
});

describe("the message about an unknown tool", () => {
  test("suggests a name that is close and lists the others", () => {
    expect(unknownToolMessage("serach", ["search", "select"])).toBe(
      "Unknown tool 'serach'. Did you mean 'search'? Registered tools: search, select.",
    );
  });

  test("suggests nothing where nothing is close", () => {
    expect(unknownToolMessage("translate", ["search"])).toBe("Unknown tool 'translate'. Registered tools: search.");
    expect(unknownToolMessage("translate", [])).toBe("Unknown tool 'translate'. No tool is registered.");
  });
});
