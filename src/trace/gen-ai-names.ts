/**
 * Names of OpenTelemetry's conventions for generative AI. Copied, since they are still in development and may be
 * renamed between releases: attributes, operations and providers from @opentelemetry/semantic-conventions 1.45.0
 * (`incubating`), the operation `plan` from the registry at https://github.com/open-telemetry/semantic-conventions-genai
 * (docs/gen-ai/gen-ai-agent-spans.md, "Plan span"). `planwright.` names are our own.
 */
export const OPERATION_NAME = "gen_ai.operation.name";
export const PROVIDER_NAME = "gen_ai.provider.name";
export const REQUEST_MODEL = "gen_ai.request.model";
export const AGENT_NAME = "gen_ai.agent.name";
export const AGENT_VERSION = "gen_ai.agent.version";
export const CONVERSATION_ID = "gen_ai.conversation.id";
export const PROMPT_NAME = "gen_ai.prompt.name";
export const INPUT_TOKENS = "gen_ai.usage.input_tokens";
export const OUTPUT_TOKENS = "gen_ai.usage.output_tokens";
export const TOOL_NAME = "gen_ai.tool.name";
export const TOOL_TYPE = "gen_ai.tool.type";
export const TOOL_CALL_ID = "gen_ai.tool.call.id";
export const WORKFLOW_NAME = "gen_ai.workflow.name";
/** Stable; a code of an error, never its message. */
export const ERROR_TYPE = "error.type";

export const OPERATIONS = {
  run: "invoke_agent",
  workflow: "invoke_workflow",
  plan: "plan",
  chat: "chat",
  tool: "execute_tool",
} as const;

/** Our providers by the conventions' names; a server of one's own has none there. */
const PROVIDERS: Record<string, string> = { anthropic: "anthropic", openai: "openai" };

/** Provider and model of a name such as `anthropic:NAME`. */
export function splitModel(model: string): { provider: string; name: string } {
  const at = model.indexOf(":");
  const word = at < 0 ? "" : model.slice(0, at);
  return { provider: PROVIDERS[word] ?? (word === "" ? "custom" : word), name: model.slice(at + 1) };
}
