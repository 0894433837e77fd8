/**
 * How many tokens prompts take: of the planner that asks a model, measured in real runs, and of a loop that calls a
 * model after every step or layer and sends its history again. Both get the same instructions, tools and previews.
 */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { decode, encode } from "gpt-tokenizer/encoding/o200k_base";
import { createModelPlanner } from "../../planners/model-planner.ts";
import { createRuntime } from "../../src/create-runtime.ts";
import { createMemoryStore } from "../../src/journal/memory-store.ts";
import type { ModelRequest } from "../../src/model/model.ts";
import { loadPrompts } from "../../src/prompt/load-prompts.ts";
import { defineTool } from "../../src/tool/define-tool.ts";
import { scriptedCaller } from "./fixtures/scripted-caller.ts";

/** Steps of one layer need nothing of each other; each layer reads the one before. */
const LAYER = 5;

export interface Growth {
  steps: number;
  /** Tokens of the document. */
  document: number;
  /** Prompt tokens of all calls together. */
  plan: number;
  planAndReplan: number;
  batched: number;
  sequential: number;
  /** The same loops with the whole document in the prompt instead of its preview. */
  batchedWhole: number;
  sequentialWhole: number;
}

const SAMPLE = readFileSync(join(import.meta.dirname, "../../samples/ferry-cooperative.md"), "utf8");

/** Text of so many tokens. */
function textOf(tokens: number): string {
  const some = encode(SAMPLE);
  const all = Array.from({ length: Math.ceil(tokens / some.length) }, () => some).flat();
  return decode(all.slice(0, tokens));
}

/** A result of about a thousand characters: its preview is as long as previews get. */
const review = defineTool({
  name: "review",
  version: "1",
  description: "Reviews a text.",
  inputSchema: { type: "object", properties: { text: { type: "string" } }, required: ["text"] },
  outputSchema: { type: "object", properties: { text: { type: "string" } }, required: ["text"] },
  effect: "read",
  idempotency: "pure",
  execute: () => ({ text: textOf(250) }),
});

const idOf = (place: number): string => `review${place}`;

function stepsOf(count: number) {
  return Array.from({ length: count }, (_, place) => ({
    id: idOf(place),
    tool: "review",
    input: { text: { ref: place < LAYER ? "document.text" : `${idOf(place - LAYER)}.text` } },
  }));
}

/** The requests that a run of so many steps makes to its model. */
async function requestsOf(steps: number, document: string, isReplanned: boolean): Promise<ModelRequest[]> {
  const output = { ref: `${idOf(steps - 1)}.text` };
  const plan = { kind: "plan", rationale: "Review all of it.", steps: stepsOf(steps) };
  const answers = isReplanned
    ? [
        { ...plan, then: "replan" },
        { kind: "finish", rationale: "All is reviewed.", output },
      ]
    : [{ ...plan, then: "finish", output }];
  const caller = scriptedCaller(answers.map((answer) => JSON.stringify(answer)));
  const planner = createModelPlanner({ caller, prompts: loadPrompts() });
  const runtime = createRuntime({ planner, tools: [review], store: createMemoryStore() });
  const documents = [{ name: "report.md", text: document }];
  const { status, error } = await runtime.run({ goal: "Review this in depth", documents });
  await runtime.close();
  if (status !== "completed") throw new Error(`the run ended as ${status}: ${error?.message}`);
  return caller.calls.map(({ request }) => request);
}

const partsOf = ({ system, messages }: ModelRequest) => [...system, ...messages.flatMap(({ parts }) => parts)];
const count = (text: string): number => encode(text).length;
const sum = (numbers: readonly number[]): number => numbers.reduce((total, number) => total + number, 0);
const promptTokens = (requests: readonly ModelRequest[]): number =>
  sum(
    requests.map((request) =>
      count(
        partsOf(request)
          .map(({ text }) => text)
          .join(""),
      ),
    ),
  );

export async function measureGrowth(steps: number, document: number): Promise<Growth> {
  const text = textOf(document);
  const once = await requestsOf(steps, text, false);
  const twice = await requestsOf(steps, text, true);
  const prefix = promptTokens(once);
  const shown =
    twice[1] === undefined ? [] : partsOf(twice[1]).filter((part) => /review\d+ \(review\): completed/.test(part.text));
  if (once.length !== 1 || shown.length !== steps) throw new Error("the runs are not as meant");
  // What a loop appends for each step: its call, as short as in the plan, and its result, as the planner shows it.
  const appended = stepsOf(steps).map((step, place) => {
    const text = shown[place]?.text ?? "";
    return count(text.includes("\nstep: {") ? text : JSON.stringify(step) + text);
  });
  const loop = (opening: number, layer: number): number => {
    const calls = Array.from({ length: Math.ceil(steps / layer) + 1 }, (_, call) => call * layer);
    return sum(calls.map((before) => opening + sum(appended.slice(0, before))));
  };
  return {
    steps,
    document,
    plan: prefix,
    planAndReplan: promptTokens(twice),
    batched: loop(prefix, LAYER),
    sequential: loop(prefix, 1),
    batchedWhole: loop(prefix + document, LAYER),
    sequentialWhole: loop(prefix + document, 1),
  };
}

/** As a table in Markdown. */
export function growthTable(rows: readonly Growth[]): string {
  const columns: readonly (readonly [string, (row: Growth) => number])[] = [
    ["steps", ({ steps }) => steps],
    ["document", ({ document }) => document],
    ["plan", ({ plan }) => plan],
    ["plan, replan", ({ planAndReplan }) => planAndReplan],
    ["loop, 5 a call", ({ batched }) => batched],
    ["loop, 1 a call", ({ sequential }) => sequential],
    ["loop, 5 a call, whole document", ({ batchedWhole }) => batchedWhole],
    ["loop, 1 a call, whole document", ({ sequentialWhole }) => sequentialWhole],
  ];
  const line = (cells: readonly string[]): string => `| ${cells.join(" | ")} |`;
  return [
    line(columns.map(([name]) => name)),
    line(columns.map(() => "--:")),
    ...rows.map((row) => line(columns.map(([, read]) => read(row).toLocaleString("en")))),
  ].join("\n");
}
