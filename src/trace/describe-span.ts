/** Names and attributes of a run's spans. Pure. Must not: put content into them; codes, names and numbers only. */
import type { EntryData } from "../journal/entries.ts";
import * as name from "./gen-ai-names.ts";
import type { SpanAttributes } from "./span.ts";

export interface SpanDescription {
  name: string;
  attributes: SpanAttributes;
}

const AGENT = "planwright";

export function describeRun(run: string, data: EntryData<"run.accepted">): SpanDescription {
  const { workflow, planner, planwright } = data;
  const operation = workflow === null ? name.OPERATIONS.run : name.OPERATIONS.workflow;
  const own: SpanAttributes = workflow === null ? {} : { [name.WORKFLOW_NAME]: workflow.name };
  return {
    name: `${operation} ${workflow?.name ?? AGENT}`,
    attributes: {
      [name.OPERATION_NAME]: operation,
      [name.AGENT_NAME]: AGENT,
      [name.AGENT_VERSION]: planwright,
      [name.CONVERSATION_ID]: run,
      "planwright.run.id": run,
      "planwright.planner": planner,
      ...own,
    },
  };
}

export function describePlan({ n, cause }: EntryData<"decision.requested">): SpanDescription {
  return {
    name: `${name.OPERATIONS.plan} ${AGENT}`,
    attributes: {
      [name.OPERATION_NAME]: name.OPERATIONS.plan,
      [name.AGENT_NAME]: AGENT,
      "planwright.decision.n": n,
      "planwright.decision.cause": cause,
    },
  };
}

export function describeChat(model: string): SpanDescription {
  const { provider, name: modelName } = name.splitModel(model);
  return {
    name: `${name.OPERATIONS.chat} ${modelName}`,
    attributes: {
      [name.OPERATION_NAME]: name.OPERATIONS.chat,
      [name.PROVIDER_NAME]: provider,
      [name.REQUEST_MODEL]: modelName,
    },
  };
}

/** What is known of an answer once it is there. */
export function answerAttributes(data: EntryData<"decision.received">): SpanAttributes {
  const { usage, dialect, prompt, costUsd } = data;
  return {
    ...usageAttributes(usage),
    "planwright.model.calls": usage.modelCalls,
    "planwright.model.dialect": dialect,
    ...(prompt === null ? {} : { [name.PROMPT_NAME]: `${prompt.name}@${prompt.version}` }),
    ...(costUsd === null ? {} : { "planwright.model.cost_usd": costUsd }),
  };
}

export function usageAttributes(usage: { inputTokens: number; outputTokens: number } | undefined): SpanAttributes {
  if (usage === undefined) return {};
  return { [name.INPUT_TOKENS]: usage.inputTokens, [name.OUTPUT_TOKENS]: usage.outputTokens };
}

export interface AttemptPlace {
  run: string;
  step: string;
  index: number | undefined;
  attempt: number;
}

export function describeTool(tool: string, { run, step, index, attempt }: AttemptPlace): SpanDescription {
  return {
    name: `${name.OPERATIONS.tool} ${tool}`,
    attributes: {
      [name.OPERATION_NAME]: name.OPERATIONS.tool,
      [name.TOOL_NAME]: tool,
      [name.TOOL_TYPE]: "function",
      [name.TOOL_CALL_ID]: `${run}/${step}${index === undefined ? "" : `/${index}`}`,
      "planwright.step.id": step,
      "planwright.step.attempt": attempt,
    },
  };
}
