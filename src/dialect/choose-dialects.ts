/**
 * Chooses the dialects in which a model may be asked, best first. Owns: their order and why one is left out; the
 * limits are the providers' (provider-rules.ts). Must not: call anything. Whoever asks steps down on a rejection.
 */
import type { AnswerFormat, ProviderName } from "../model/model.ts";
import type { ToolDescription } from "../planner/planning-request.ts";
import { sha256 } from "../shared/hash.ts";
import type { JsonSchema } from "../shared/json.ts";
import { checkProviderRules } from "./check-provider-rules.ts";
import { decodeAnswer } from "./decode-answer.ts";
import { DIALECTS, type Dialect, type DialectName } from "./dialect.ts";
import { entriesSchema } from "./entries-schema.ts";
import { rulesOf } from "./provider-rules.ts";
import { createStepReader } from "./read-steps.ts";
import { computeSize, type SchemaSize } from "./schema-size.ts";
import { createToolbox, type Toolbox } from "./toolbox.ts";
import { variantsSchema } from "./variants-schema.ts";

export interface DialectSetting {
  provider: ProviderName;
  /** What the server can do at all. */
  formats: readonly AnswerFormat["kind"][];
  /** What the run's output must satisfy, or null. */
  outputSchema?: JsonSchema | null;
}

/** How a dialect was judged. */
export interface DialectRow {
  dialect: DialectName;
  fits: boolean;
  why: string;
  /** Null for text, which has no schema. */
  size: SchemaSize | null;
}

export interface DialectChoice {
  /** Best first; never empty: any server can answer with text. */
  dialects: Dialect[];
  /** One of each dialect, in the order of DIALECTS. */
  rows: DialectRow[];
}

const SCHEMA_NAME = "decision";
const TOOL_NAME = "submit_plan";
const TOOL_DESCRIPTION = "Hands in the decision.";

/** Dialects for these tools. The same tools in any order give the same schemas, byte for byte. */
export function chooseDialects(tools: readonly ToolDescription[], setting: DialectSetting): DialectChoice {
  const toolbox = createToolbox(tools);
  const candidates = DIALECTS.map((name) => candidateOf(name, toolbox, setting.outputSchema ?? null));
  const rows = candidates.map((candidate) => judge(candidate, setting));
  const fitting = candidates.flatMap((candidate, place) => {
    const row = rows[place]!;
    return row.fits ? [toDialect(candidate, row.why, toolbox)] : [];
  });
  const lastResort = { name: "text", format: { kind: "text" } } as const;
  const why = "what the server can do does not fit, and any can answer with text";
  return { dialects: fitting.length > 0 ? fitting : [toDialect(lastResort, why, toolbox)], rows };
}

interface Candidate {
  name: DialectName;
  format: AnswerFormat;
}

function candidateOf(name: DialectName, toolbox: Toolbox, outputSchema: JsonSchema | null): Candidate {
  switch (name) {
    case "variants":
      return { name, format: { kind: "schema", name: SCHEMA_NAME, schema: variantsSchema(toolbox, outputSchema) } };
    case "entries":
      return { name, format: { kind: "schema", name: SCHEMA_NAME, schema: entriesSchema(toolbox, outputSchema) } };
    case "tool": {
      const schema = entriesSchema(toolbox, outputSchema);
      return { name, format: { kind: "tool", name: TOOL_NAME, description: TOOL_DESCRIPTION, schema } };
    }
    case "text":
      return { name, format: { kind: "text" } };
  }
}

const LACKING = {
  schema: "the server does not enforce schemas",
  tool: "the server has no tool use",
  text: "the server does not answer with text",
};

function judge({ name, format }: Candidate, { provider, formats }: DialectSetting): DialectRow {
  const size = format.kind === "text" ? null : computeSize(format.schema);
  if (!formats.includes(format.kind)) return { dialect: name, fits: false, why: LACKING[format.kind], size };
  if (format.kind !== "schema" || size === null)
    return { dialect: name, fits: true, why: "needs no schema enforced", size };
  const [violation] = checkProviderRules(format.schema, provider);
  if (violation === undefined) return { dialect: name, fits: true, why: withinLimits(size, provider), size };
  const place = violation.path === "" ? "" : `at ${violation.path}: `;
  return { dialect: name, fits: false, why: place + violation.message.replace(/\.$/, ""), size };
}

function withinLimits(size: SchemaSize, provider: ProviderName): string {
  const figures = rulesOf(provider).limits.map(({ measure, most, words }) => `${size[measure]} of ${most} ${words}`);
  return `within the limits: ${figures.join(", ")}`;
}

function toDialect({ name, format }: Candidate, why: string, toolbox: Toolbox): Dialect {
  const setting = { toolbox, hasShell: name !== "text", hasTypedInputs: name === "variants" };
  return {
    name,
    format,
    schemaHash: sha256(format.kind === "text" ? "" : JSON.stringify(format.schema)),
    why,
    decode: (text) => decodeAnswer(text, setting),
    createStepReader: () => createStepReader(setting),
  };
}
