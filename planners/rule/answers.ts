/**
 * Questions to a person and their answers. Owns: the words of a question for an input, and how its answer comes back.
 * Must not: ask the same thing twice.
 */
import type { PlanningRequest, ToolDescription } from "../../src/planner/planning-request.ts";
import type { JsonSchema, JsonValue } from "../../src/shared/json.ts";
import { documentInput } from "./document-inputs.ts";
import { asLiteral, coerceAnswer } from "./goal-values.ts";
import { isType, itemsOf, typesOf } from "./schema-reading.ts";

/** A required input that nothing fills. */
export interface Missing {
  tool: ToolDescription;
  input: string;
  schema: JsonSchema;
  /** What was tried, in words. */
  why: string;
}

/** Opens every question for the document itself; its answer serves all tools that take the document's text. */
const WHICH_DOCUMENT = "Which document?";

const NAMED = /input "([^"]+)" of the tool "([^"]+)"/;

/** Answer to an earlier question about this input, as a value; undefined where there is none that fits. */
export function answerFor(
  request: PlanningRequest,
  input: { tool: string; input: string; schema: JsonSchema },
): JsonValue | undefined {
  for (const { question, answer } of [...request.answers].reverse()) {
    const named = NAMED.exec(question);
    const isSame = named?.[1] === input.input && named[2] === input.tool;
    if (!isSame && !isForDocument(question, input.input, input.schema)) continue;
    const value = coerceAnswer(answer, input.input, input.schema);
    if (value !== undefined) return asLiteral(value);
  }
  return undefined;
}

/** True where this input was asked for already. */
export function wasAsked(request: PlanningRequest, missing: Missing): boolean {
  return request.answers.some(({ question }) => {
    const named = NAMED.exec(question);
    const isSame = named?.[1] === missing.input && named[2] === missing.tool.name;
    return isSame || isForDocument(question, missing.input, missing.schema);
  });
}

function isForDocument(question: string, input: string, schema: JsonSchema): boolean {
  return question.startsWith(WHICH_DOCUMENT) && takesDocument(input, schema);
}

function takesDocument(input: string, schema: JsonSchema): boolean {
  return isType(schema, "string") && documentInput(input, schema, "document")?.ref === "document.text";
}

/** Answers about what a result should hold: words of the goal like any others. */
export function goalWithAnswers(request: PlanningRequest): string {
  const added = request.answers.flatMap(({ question, answer }) => {
    const named = NAMED.exec(question);
    const tool = request.tools.find((known) => known.name === named?.[2]);
    const isResults = tool?.planning?.inputs?.[named?.[1] ?? ""] === "results";
    return isResults && typeof answer === "string" ? [answer] : [];
  });
  return [request.goal, ...added].join(". ");
}

/** True where a person could answer in words or numbers. */
export function isAnswerable(schema: JsonSchema): boolean {
  const types = typesOf(schema);
  if (types.length === 0) return true;
  if (types.some((type) => type === "string" || type === "number" || type === "integer" || type === "boolean"))
    return true;
  return types.includes("array") && typesOf(itemsOf(schema)).includes("string");
}

/** The question for a missing input. It ends with input and tool, so that the answer finds its way back. */
export function questionFor(missing: Missing, wish: string): string {
  const { tool, input, schema } = missing;
  const about = typeof schema.description === "string" ? ` – ${lowerFirst(schema.description.replace(/\.$/, ""))}` : "";
  const allowed = Array.isArray(schema.enum) ? ` One of: ${schema.enum.map(String).join(", ")}.` : "";
  const place = `input "${input}" of the tool "${tool.name}"`;
  if (tool.planning?.inputs?.[input] === "results") {
    return `What should it contain? The goal says "${wish}" and nothing to put in (${place}).`;
  }
  if (takesDocument(input, schema)) {
    const ways = `Give one with the request ("documents", or -d FILE at the command line), or answer with its text`;
    return `${WHICH_DOCUMENT} "${wish}" needs one. ${ways} (${place}).`;
  }
  const type = typesOf(schema).map(wordsOfType).join(" or ") || "any value";
  const thing = wordsOfName(input);
  return `For "${wish}": what is the ${thing}${about}? Answer with ${type}.${allowed} (It is the ${place}; ${missing.why}.)`;
}

const TYPE_WORDS: Readonly<Record<string, string>> = {
  string: "a text",
  integer: "a whole number",
  number: "a number",
  boolean: "yes or no",
  array: "a list, separated by commas",
};

function wordsOfType(type: string): string {
  return TYPE_WORDS[type] ?? type;
}

/** `orderId` as "order id". */
function wordsOfName(name: string): string {
  return name
    .replace(/([a-z0-9])([A-Z])/g, "$1 $2")
    .replace(/[^A-Za-z0-9]+/g, " ")
    .trim()
    .toLowerCase();
}

function lowerFirst(text: string): string {
  return /^[A-Z][a-z]/.test(text) ? text.charAt(0).toLowerCase() + text.slice(1) : text;
}
