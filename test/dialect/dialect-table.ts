/**
 * The table of docs/dialects.md: which dialect each set of tools gets, how large its schemas are, and why. Owns: the
 * figures and their form. Tokens are those of o200k_base; Anthropic's differ somewhat.
 */
import { countTokens } from "gpt-tokenizer";
import { chooseDialects, type DialectRow } from "../../src/dialect/choose-dialects.ts";
import { describeDialect } from "../../src/dialect/describe-dialect.ts";
import { describeTools } from "../../src/dialect/describe-tools.ts";
import { DIALECTS, type Dialect, type DialectName } from "../../src/dialect/dialect.ts";
import type { ProviderName } from "../../src/model/model.ts";
import type { ToolDescription } from "../../src/planner/planning-request.ts";
import type { JsonObject } from "../../src/shared/json.ts";
import { ALL_FORMATS } from "./dialect-of.ts";
import { encodeDecision, encodingOf, schemaOf } from "./encode-decision.ts";

export interface ToolSet {
  name: string;
  tools: readonly ToolDescription[];
}

export const TABLE_START = "<!-- table: made by `node test/dialect/write-table.ts` -->";
export const TABLE_END = "<!-- end of table -->";

/** Offered dialects of a provider that enforces schemas, and how each was judged. */
function offers(
  tools: readonly ToolDescription[],
  provider: ProviderName,
): { dialects: Dialect[]; rows: DialectRow[] } {
  return chooseDialects(tools, { provider, formats: ALL_FORMATS });
}

export function setTable(sets: readonly ToolSet[]): string[] {
  const columns = [
    ...["set", "tools", "catalogue tokens", "variants: tokens", "properties", "depth", "enum values"],
    ...["characters", "unions", "entries: tokens", "OpenAI, compatible", "Anthropic", "why not variants"],
  ];
  return [columns, columns.map(() => "---"), ...sets.map(rowOf)].map((cells) => `| ${cells.join(" | ")} |`);
}

function rowOf({ name, tools }: ToolSet): (string | number)[] {
  const openai = offers(tools, "openai");
  const anthropic = offers(tools, "anthropic");
  const size = openai.rows[0]!.size!;
  const reasons = [
    ["OpenAI", openai.rows[0]!],
    ["Anthropic", anthropic.rows[0]!],
  ] as const;
  const why = reasons.filter(([, row]) => !row.fits).map(([provider, row]) => `${provider}: ${row.why}`);
  return [
    ...[name, tools.length, countTokens(describeTools(tools)), schemaTokens(tools, "variants")],
    ...[size.properties, size.depth, size.enumValues, size.characters, size.unions],
    ...[schemaTokens(tools, "entries"), openai.dialects[0]!.name, anthropic.dialects[0]!.name],
    why.length === 0 ? "–" : why.join("; "),
  ];
}

/** Of the schema, whether a provider takes it or not. */
function schemaTokens(tools: readonly ToolDescription[], name: DialectName): number | string {
  for (const provider of ["openai", "anthropic"] as const) {
    const dialect = offers(tools, provider).dialects.find((one) => one.name === name);
    if (dialect !== undefined) return countTokens(JSON.stringify(schemaOf(dialect)));
  }
  return "too large";
}

/** What one plan costs to write in each dialect. */
export function planTable(plan: JsonObject, tools: readonly ToolDescription[]): string[] {
  const { dialects } = offers(tools, "openai");
  const steps = (plan.steps as unknown[]).length;
  const cells = DIALECTS.map((name) => {
    const dialect = dialects.find((one) => one.name === name)!;
    const answer = encodeDecision(plan, encodingOf(dialect, tools));
    const tokens = countTokens(JSON.stringify(answer));
    const ofSteps = countTokens(JSON.stringify(answer.steps));
    return [name, countTokens(describeDialect(name)), tokens, Math.round(ofSteps / steps)];
  });
  const head = ["dialect", "explanation", `a plan of ${steps} steps`, "each step"];
  return [head, head.map(() => "---"), ...cells].map((row) => `| ${row.join(" | ")} |`);
}

/** The section between the two marks. */
export function tableSection(sets: readonly ToolSet[], plan: JsonObject): string {
  const { tools } = sets[0]!;
  const lines = [
    ...[TABLE_START, "", ...setTable(sets), ""],
    ...["Tokens of the explanation in the prompt, and of the example plan as a model writes it:", ""],
    ...[...planTable(plan, tools), "", TABLE_END],
  ];
  return lines.join("\n");
}
