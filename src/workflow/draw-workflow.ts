/**
 * A workflow as a Mermaid flowchart: groups and nested workflows are subgraphs, data flows along solid edges, order and
 * conditions along dotted ones. Owns: the drawing and its escapes. Must not: judge the workflow.
 */
import { type CompiledStep, compilePlan } from "../plan/compile-plan.ts";
import { COMBINATORS, type Combinator } from "../plan/decision.ts";
import { buildPlanGraph, dependenciesOf, referencedSteps } from "../plan/plan-graph.ts";
import { cutText } from "../shared/cut-text.ts";
import { isJsonObject, type JsonObject, type JsonValue } from "../shared/json.ts";
import type { CompiledWorkflow } from "./compile-workflow.ts";
import type { Outline } from "./outline.ts";

/** Longest text of one condition. */
const LABEL_CHARS = 80;

export function drawWorkflow({ decision, outline }: Pick<CompiledWorkflow, "decision" | "outline">): string {
  const { steps } = compilePlan(decision).plan;
  const byId = new Map(steps.map((step) => [step.step.id, step]));
  const nodes = outline.flatMap((part, place) => drawPart(part, { byId, indent: "  ", name: `g${place}` }));
  const { edges } = buildPlanGraph(steps);
  const arrows = edges.map(([from, to]) => drawEdge(from, byId.get(to), to));
  return ["flowchart TD", ...nodes, ...arrows, ""].join("\n");
}

interface Drawing {
  byId: ReadonlyMap<string, CompiledStep>;
  indent: string;
  /** Id of the subgraph, where it becomes one: ids of steps can't be taken for it. */
  name: string;
}

function drawPart(part: Outline, { byId, indent, name }: Drawing): string[] {
  if (part.kind === "step") return [`${indent}${drawStep(part.id, byId.get(part.id))}`];
  const title = part.name === null ? part.id : `${part.id}: workflow ${part.name}`;
  const inner = part.parts.flatMap((one, place) =>
    drawPart(one, { byId, indent: `${indent}  `, name: `${name}_${place}` }),
  );
  return [`${indent}subgraph ${name}["${escapeLabel(title)}"]`, ...inner, `${indent}end`];
}

function drawStep(id: string, compiled: CompiledStep | undefined): string {
  const step = compiled?.step;
  const each = step?.forEach;
  const lines = [id, step?.tool ?? ""];
  if (each !== undefined) lines.push(`for each, at most ${each.max ?? "?"}`);
  if (step?.when !== undefined && conditionSources(compiled).length === 0)
    lines.push(`when ${conditionText(step.when)}`);
  const label = lines.map(escapeLabel).join("<br/>");
  return each === undefined ? `s_${id}["${label}"]` : `s_${id}[["${label}"]]`;
}

/** Steps that a condition looks at: its text stands on the edges from them. */
function conditionSources(compiled: CompiledStep | undefined): string[] {
  const references = (compiled?.references ?? []).filter(({ use }) => use === "when");
  const { data, order } = referencedSteps(references);
  return [...data, ...order];
}

function drawEdge(from: string, target: CompiledStep | undefined, to: string): string {
  const when = target?.step.when;
  const isCondition = when !== undefined && conditionSources(target).includes(from);
  const isData = target !== undefined && dependenciesOf(target).data.includes(from);
  const label = isCondition ? escapeLabel(`when ${conditionText(when)}`) : null;
  if (isData) return `  s_${from} -->${label === null ? "" : `|"${label}"|`} s_${to}`;
  return `  s_${from} -.->${label === null ? "" : `|"${label}"|`} s_${to}`;
}

/** `mood.label is "negative"`, `a.n > 3 …`: short, for people. */
export function conditionText(condition: JsonObject): string {
  return cutText(textOf(condition), LABEL_CHARS);
}

function textOf(condition: JsonValue): string {
  if (!isJsonObject(condition)) return JSON.stringify(condition);
  const combinator = COMBINATORS.find((name) => Object.hasOwn(condition, name));
  if (combinator !== undefined) return combinationText(combinator, condition[combinator] ?? null);
  const subject = subjectOf(condition);
  const [operator, operand = null] = Object.entries(condition).find(([key]) => key !== "ref" && key !== "field") ?? [
    "",
  ];
  if (operator === "some" || operator === "every") return `${operator} of ${subject}: ${textOf(operand)}`;
  const value = isJsonObject(operand) && typeof operand.ref === "string" ? operand.ref : JSON.stringify(operand);
  return `${subject} ${operator} ${value}`;
}

function subjectOf({ ref, field }: JsonObject): string {
  const subject = ref ?? field;
  return typeof subject === "string" && subject !== "" ? subject : "it";
}

function combinationText(combinator: Combinator, conditions: JsonValue): string {
  const parts = Array.isArray(conditions) ? conditions.map(textOf) : [];
  if (parts.length === 0) return combinator === "any" ? "never" : "always";
  if (combinator === "none") return `not (${parts.join(" or ")})`;
  return parts.length === 1 ? (parts[0] ?? "") : `(${parts.join(combinator === "all" ? " and " : " or ")})`;
}

/** Mermaid reads labels as HTML, and `#` begins an entity. */
function escapeLabel(text: string): string {
  return text
    .replaceAll("&", "&amp;")
    .replaceAll("#", "&num;")
    .replaceAll('"', "&quot;")
    .replaceAll("<", "&lt;")
    .replaceAll(">", "&gt;")
    .replace(/[\p{Cc}\p{Cf}]+/gu, " ");
}
