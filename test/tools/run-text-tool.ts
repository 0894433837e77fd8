/** Runs a text tool as the runtime does: checked input, execution, checked output. */
import type { JsonValue } from "../../src/shared/json.ts";
import { createToolContext } from "../../src/testing/tool-context.ts";
import type { Tool, ToolContext } from "../../src/tool/tool.ts";

export const context: ToolContext = createToolContext();

export async function runTextTool<Output>(tool: Tool, input: JsonValue, signal = context.signal): Promise<Output> {
  const checked = tool.checkInput(input);
  if (!checked.ok) throw new Error(`input of ${tool.name}: ${JSON.stringify(checked.issues)}`);
  const output = JSON.parse(JSON.stringify(await tool.execute(checked.value, { ...context, signal }))) as JsonValue;
  const result = tool.checkOutput(output);
  if (!result.ok) throw new Error(`output of ${tool.name}: ${JSON.stringify(result.issues)}`);
  return output as Output;
}
