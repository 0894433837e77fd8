/** One goal with four wishes on a document, with no model; and what must hold of its result for any document. */
import { expect } from "vitest";
import { createRuntime } from "../../src/create-runtime.ts";
import { createMemoryStore } from "../../src/journal/memory-store.ts";
import type { RunResult } from "../../src/run/run-result.ts";
import { isJsonObject, type JsonObject, type JsonValue } from "../../src/shared/json.ts";

export const DOCUMENT_GOAL =
  "Summarise this, list the main topics and the people and organisations in it, and tell me how the tone changes";

export interface DocumentAnswer {
  result: RunResult;
  sentences: string[];
  topics: string[];
  entities: string[];
  segments: string[];
}

export async function answerDocumentGoal(document: { name: string; text: string }): Promise<DocumentAnswer> {
  const runtime = createRuntime({ store: createMemoryStore() });
  const result = await runtime.run({ goal: DOCUMENT_GOAL, documents: [document] });
  await runtime.close();
  return {
    result,
    sentences: texts(outputOf(result, "summarize").sentences, null),
    topics: texts(outputOf(result, "extract_topics").items, "topic"),
    entities: texts(outputOf(result, "extract_entities").items, "text"),
    segments: texts(outputOf(result, "analyze_sentiment").segments, "text"),
  };
}

/** Every wish has a part in the output, the summary quotes the document, and the tone's segments follow it. */
export function expectGoodAnswer({ result, sentences, topics, segments }: DocumentAnswer, text: string): void {
  expect([result.status, result.error, result.missing, result.decisions]).toEqual(["completed", null, [], 1]);
  const parts = Object.values(isJsonObject(result.output) ? result.output : {});
  expect(parts).toHaveLength(4);
  for (const tool of ["summarize", "extract_topics", "extract_entities", "analyze_sentiment"]) {
    expect(
      parts.some((part) => isPartOf(part, outputOf(result, tool))),
      `the output holds what ${tool} found`,
    ).toBe(true);
  }
  expect(topics.length).toBeGreaterThanOrEqual(3);
  const spaced = oneSpaced(text);
  expect(sentences.length).toBeGreaterThanOrEqual(3);
  expect(sentences.filter((sentence) => !spaced.includes(oneSpaced(sentence)))).toEqual([]);
  expect(segments.length).toBeGreaterThanOrEqual(3);
  expect(placesOf(segments, spaced)).toEqual([...placesOf(segments, spaced)].sort((left, right) => left - right));
  expect(placesOf(segments, spaced)).not.toContain(-1);
}

/** The output itself, or one of its fields. */
function isPartOf(part: JsonValue, output: JsonObject): boolean {
  const text = JSON.stringify(part);
  return text !== "null" && [output, ...Object.values(output)].some((one) => JSON.stringify(one) === text);
}

/** Where each text stands, looked for from the one before on. */
function placesOf(parts: readonly string[], text: string): number[] {
  let from = 0;
  return parts.map((part) => {
    const place = text.indexOf(oneSpaced(part), from);
    from = Math.max(from, place);
    return place;
  });
}

function outputOf(result: RunResult, tool: string): JsonObject {
  const output = result.steps.find((step) => step.tool === tool)?.output;
  return isJsonObject(output) ? output : {};
}

function texts(list: JsonValue | undefined, field: string | null): string[] {
  if (!Array.isArray(list)) return [];
  return list.map((item) => String(field !== null && isJsonObject(item) ? item[field] : item));
}

function oneSpaced(text: string): string {
  return text.replaceAll(/\s+/g, " ").trim();
}
