/** Tools that do nothing but remember what they were given. Owns: the record of calls. */
import type { JsonObject, JsonSchema, JsonValue } from "../../src/shared/json.ts";
import { defineTool } from "../../src/tool/define-tool.ts";
import type { Tool, ToolContext } from "../../src/tool/tool.ts";

export interface FakeToolSpec {
  name: string;
  description: string;
  inputSchema: JsonSchema;
  outputSchema: JsonSchema;
}

export interface RecordedCall {
  step: string;
  tool: string;
  input: JsonValue;
}

export interface RecordingTools {
  tools: Tool[];
  /** In the order of calling. */
  calls: RecordedCall[];
}

/** Advisory, pure, reading tools; `answer` says what each call returns. */
export function createRecordingTools(
  specs: readonly FakeToolSpec[],
  answer: (call: RecordedCall, context: ToolContext) => JsonValue | Promise<JsonValue>,
): RecordingTools {
  const calls: RecordedCall[] = [];
  const tools = specs.map((spec) =>
    defineTool({
      ...spec,
      effect: "read",
      idempotency: "pure",
      schemaTrust: "advisory",
      execute(input, context) {
        const call = { step: context.step, tool: spec.name, input: structuredClone(input) as JsonObject };
        calls.push(call);
        return answer(call, context);
      },
    }),
  );
  return { tools, calls };
}
