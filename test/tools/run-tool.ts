/** Runs a synchronous pure tool as the runtime does: checked input, execution, checked output; and shows input issues. */
import type { Issue } from "../../src/error/issue.ts";
import type { JsonObject, JsonValue } from "../../src/shared/json.ts";
import { createToolContext } from "../../src/testing/tool-context.ts";
import type { Tool } from "../../src/tool/tool.ts";

const context = createToolContext();

/** The checked output; throws with the issues where input or output is not accepted. */
export function runTool(tool: Tool, input: JsonValue): JsonObject {
  const checked = tool.checkInput(input);
  if (!checked.ok) throw new Error(`input of ${tool.name}: ${JSON.stringify(checked.issues)}`);
  const output = tool.execute(checked.value, context) as JsonObject;
  const result = tool.checkOutput(output);
  if (!result.ok) throw new Error(`output of ${tool.name}: ${JSON.stringify(result.issues)}`);
  return output;
}

/** What is wrong with an input; empty where nothing is. */
export function inputIssues(tool: Tool, input: JsonValue): Issue[] {
  const checked = tool.checkInput(input);
  return checked.ok ? [] : checked.issues;
}
