/**
 * Cases in the forms of other programs. Owns: those forms (promptfoo's configuration and OpenAI's chat fine-tuning, both
 * as documented in 2026-11). Pure: the prompts are handed in.
 */
import { decisionJsonSchema } from "../../plan/decision-json-schema.ts";
import type { JsonObject, JsonValue } from "../../shared/json.ts";
import type { Gold } from "../case.ts";
import type { LoadedCase } from "../loaded-suite.ts";

export const EXPORT_FORMATS = ["promptfoo", "openai-finetune", "jsonl"] as const;
export type ExportFormat = (typeof EXPORT_FORMATS)[number];

export interface ExportedCase {
  loaded: LoadedCase;
  /** What a model would be asked. */
  messages: { role: string; content: string }[];
}

/** One JSON value a line; the documents stand in the cases, so that the file needs no other. */
export function toJsonLines(cases: readonly LoadedCase[]): string {
  const lines = cases.map(({ evalCase, documents }) => {
    const { document: _, documents: __, ...rest } = evalCase;
    const read = documents.map(({ name, type, text }) => ({ name, type, text }));
    return JSON.stringify(read.length === 0 ? rest : { ...rest, documents: read });
  });
  return `${lines.join("\n")}\n`;
}

/** Cases whose first gold is a whole decision; the others have nothing that a model could learn to say. */
export function toFineTuning(cases: readonly ExportedCase[]): string {
  const lines = cases.flatMap(({ loaded, messages }) => {
    const answer = answerOf(loaded);
    if (answer === null) return [];
    return [JSON.stringify({ messages: [...messages, { role: "assistant", content: JSON.stringify(answer) }] })];
  });
  return lines.length === 0 ? "" : `${lines.join("\n")}\n`;
}

/** promptfoo fills its configuration in as a template; JSON has another way to write what would begin a mark of one. */
function withoutMarks(value: JsonValue): string {
  return JSON.stringify(value).replace(/\{(?=[{%#])/g, "\\u007b");
}

/** Of the plan language, for validators that know only older drafts: it uses nothing that is new in 2020-12. */
function plainSchema(): JsonObject {
  const { $schema: _, ...schema } = decisionJsonSchema();
  return schema as JsonObject;
}

/** A configuration with one test a case: is it a decision, of an accepted kind, with the tools of an accepted gold? */
export function toPromptfoo(name: string, cases: readonly ExportedCase[]): JsonObject {
  return {
    description: `Planwright suite ${name}`,
    prompts: ["{{messages}}"],
    providers: [],
    tests: cases.map(({ loaded, messages }) => ({
      description: loaded.id,
      vars: { messages: withoutMarks(messages) },
      assert: [{ type: "is-json", value: plainSchema() }, ...toolAssertion(loaded)],
      metadata: { goal: loaded.evalCase.goal, tags: loaded.evalCase.tags, cluster: loaded.cluster },
    })),
  };
}

function toolAssertion({ evalCase }: LoadedCase): JsonObject[] {
  const golds = evalCase.gold?.anyOf ?? [];
  if (golds.length === 0) return [];
  const accepted = golds.map((gold) => ({
    kind: gold.kind,
    tools: gold.kind === "plan" ? gold.steps.map(({ tool }) => tool).sort() : [],
  }));
  const code = [
    "const decision = JSON.parse(output);",
    "const tools = (decision.steps ?? []).map((step) => step.tool).sort();",
    `const accepted = ${withoutMarks(accepted)};`,
    "return accepted.some((one) => one.kind === decision.kind && JSON.stringify(one.tools) === JSON.stringify(tools));",
  ];
  return [{ type: "javascript", value: code.join("\n") }];
}

function answerOf({ evalCase }: LoadedCase): JsonValue | null {
  const gold: Gold | undefined = evalCase.gold?.anyOf[0];
  const rationale = "The plan that is known to be right.";
  if (gold?.kind === "plan") {
    const { steps, then, output } = gold;
    return {
      kind: "plan",
      rationale,
      steps,
      then,
      ...(output === undefined ? {} : { output }),
    } as unknown as JsonValue;
  }
  if (gold?.kind === "finish" && gold.output !== undefined) return { kind: "finish", rationale, output: gold.output };
  return null;
}
