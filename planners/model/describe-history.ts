/**
 * What the prompt says of the steps so far. Owns: its words, and that it only grows: a settled step keeps its text and
 * its place, whatever comes after it. Must not: put content anywhere but between fences.
 */

import { describeSchema } from "../../src/plan/schema-describe.ts";
import type { HistoryItem } from "../../src/planner/planning-request.ts";
import { frameData } from "../../src/prompt/frame-data.ts";
import { cutText } from "../../src/shared/cut-text.ts";
import { cutToTokens, type PreviewRoom, shareInOrder, tokensOf } from "./preview-room.ts";

/** A run that has more of them shows the last ones. */
const MOST_STEPS = 500;
/** Characters of a step's definition: enough to know what it was about, and to repeat it. */
const SETTLED_CHARS = 240;
const OPEN_CHARS = 2_000;

export interface DescribedHistory {
  /** One text per step that is settled for good. */
  done: string[];
  /** All others. */
  open: string;
}

const FINAL: ReadonlySet<HistoryItem["status"]> = new Set(["completed", "unmet", "skipped"]);

export function describeHistory(
  history: readonly HistoryItem[],
  { room, scale }: { room: PreviewRoom; scale: number },
): DescribedHistory {
  const settled = history.filter(({ status }) => FINAL.has(status));
  const others = history.filter(({ status }) => !FINAL.has(status)).slice(-MOST_STEPS);
  const shown = settled.slice(-MOST_STEPS);
  const left = settled.length - shown.length;
  const items = [...shown, ...others];
  const shares = shareInOrder(
    items.map((item) => tokensOf(contentOf(item))),
    room,
  );
  const texts = items.map((item, place) => describeStep(item, Math.floor((shares[place] ?? 0) * scale)));
  const done = texts.slice(0, shown.length);
  if (left > 0) done.unshift(`(${left} earlier steps are left out)`);
  if (done.length === 0) done.push("none");
  return { done, open: texts.slice(shown.length).join("\n\n") || "none" };
}

function describeStep(item: HistoryItem, tokens: number): string {
  const { step, tool, status, outputSchema, error } = item;
  const content = contentOf(item);
  const visible = cutToTokens(content, tokens);
  const isCut = visible !== content || (item.preview !== null && !isJson(content));
  const shape = visible === "" && outputSchema !== null ? `; output: ${describeSchema(outputSchema)}` : "";
  const heading = `${step} (${tool}): ${status}${error === null ? "" : ` ${error.code}`}${shape}`;
  const lines = [
    ...definitionOf(item),
    ...(visible === "" ? [] : [`${item.preview === null ? "error" : "output"}${isCut ? ", cut" : ""}: ${visible}`]),
  ];
  return lines.length === 0 ? heading : `${heading}\n${frameData(lines.join("\n"))}`;
}

/** One that may be named again has to be seen whole. */
function definitionOf({ definition, status }: HistoryItem): string[] {
  if (definition === undefined) return [];
  return [`step: ${cutText(JSON.stringify(definition), FINAL.has(status) ? SETTLED_CHARS : OPEN_CHARS)}`];
}

function contentOf({ preview, error }: HistoryItem): string {
  return preview ?? error?.message ?? "";
}

/** The runtime cuts what is long; what is left is no JSON any more. */
function isJson(text: string): boolean {
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
}
