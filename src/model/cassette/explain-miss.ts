/**
 * Why a cassette has no answer for a request: what differs from the recorded call that comes nearest.
 * Owns: which call is nearest, and the words. Must not: decide anything; a miss stays a miss.
 */
import { cutText } from "../../shared/cut-text.ts";
import { canonicalJson, type JsonObject } from "../../shared/json.ts";
import { isSameJson } from "../../shared/same-json.ts";
import { ModelError } from "../model.ts";
import type { CassetteCall, RequestParts } from "./cassette-line.ts";
import { keyOf } from "./request-parts.ts";

export interface Missed {
  file: string;
  parts: RequestParts;
  trial: number;
  call: number;
  /** Everything that is recorded. */
  recorded: readonly CassetteCall[];
  /** Text of a hash, of this request or a recorded one. */
  textOf: (hash: string) => string | undefined;
}

export function missError(missed: Missed): ModelError {
  const { file, recorded } = missed;
  const near = nearest(missed);
  const why = near === null ? "nothing is recorded in it" : differences(near, missed).join("; ");
  return new ModelError(
    "CASSETTE_MISS",
    `Cassette '${file}' has no answer for this request (${recorded.length} recorded): ${why}.`,
    { hint: "Undo what changed, or record the request anew: mode 'auto' with the model that the cassette is of." },
  );
}

function nearest({ parts, trial, recorded }: Missed): CassetteCall | null {
  let best: CassetteCall | null = null;
  let highest = -1;
  for (const one of recorded) {
    const score = likeness(one.parts, parts) + (one.trial === trial ? 0.5 : 0);
    if (score <= highest) continue;
    highest = score;
    best = one;
  }
  return best;
}

/** More parts in common is nearer; messages count by how many of their texts are the same, from the first on. */
function likeness(one: RequestParts, other: RequestParts): number {
  const same = (part: "model" | "parameters" | "system" | "format"): number =>
    isSameJson(one[part], other[part]) ? 1 : 0;
  const [texts, others] = [textsOf(one), textsOf(other)];
  const shared = (firstDifference(texts, others) ?? texts.length) / Math.max(texts.length, others.length, 1);
  return same("model") + same("parameters") + same("system") + same("format") + 3 * shared;
}

function textsOf({ messages }: RequestParts): string[] {
  return messages.flatMap(({ texts }) => texts);
}

function commonMessages(one: RequestParts, other: RequestParts): number {
  const first = one.messages.findIndex((message, place) => !isSameJson(message, other.messages[place]));
  return first < 0 ? Math.min(one.messages.length, other.messages.length) : first;
}

function differences(near: CassetteCall, missed: Missed): string[] {
  const { parts } = missed;
  const found = [
    ...scalarChange("provider", near.parts.provider, parts.provider),
    ...scalarChange("model", near.parts.model, parts.model),
    ...parameterChanges(near.parts.parameters, parts.parameters),
    ...systemChange(near.parts, missed),
    ...messageChange(near.parts, missed),
    ...formatChanges(near.parts.format, parts.format),
  ];
  if (found.length > 0) return found;
  return [otherPlace(missed)];
}

/** The request itself is recorded, but not so often, or for other trials. */
function otherPlace({ parts, trial, call, recorded }: Missed): string {
  const request = keyOf(parts, { trial: 0, call: 0 });
  const equal = recorded.filter((one) => keyOf(one.parts, { trial: 0, call: 0 }) === request);
  const calls = new Set(equal.filter((one) => one.trial === trial).map((one) => one.call));
  const trials = [...new Set(equal.map((one) => one.trial))].sort((left, right) => left - right);
  if (calls.size === 0) return `the same request is recorded for trial ${trials.join(", ")}, not for trial ${trial}`;
  return `the same request is recorded ${times(calls.size)} for trial ${trial}, and was asked ${times(call)}`;
}

function times(count: number): string {
  return count === 1 ? "once" : `${count} times`;
}

function scalarChange(what: string, before: unknown, now: unknown): string[] {
  return before === now ? [] : [`${what} ${show(before)} → ${show(now)}`];
}

function parameterChanges(before: JsonObject, now: JsonObject): string[] {
  const names = [...new Set([...Object.keys(before), ...Object.keys(now)])].sort();
  return names
    .filter((name) => !isSameJson(before[name], now[name]))
    .map((name) => `parameters.${name} ${show(before[name])} → ${show(now[name])}`);
}

function systemChange({ system }: RequestParts, missed: Missed): string[] {
  const place = firstDifference(system, missed.parts.system);
  if (place === null) return [];
  return [`system text changed${excerpts([system[place], missed.parts.system[place]], missed)}`];
}

function messageChange(near: RequestParts, missed: Missed): string[] {
  const { messages } = missed.parts;
  const place = commonMessages(near, missed.parts);
  if (place === near.messages.length && place === messages.length) return [];
  const [before, now] = [near.messages[place], messages[place]];
  const changed = `messages changed from message ${place + 1} on`;
  if (before === undefined) return [`${changed}: recorded are ${place}, asked were ${messages.length}`];
  if (now === undefined) return [`${changed}: recorded are ${near.messages.length}, asked were ${place}`];
  const part = firstDifference(before.texts, now.texts);
  if (part === null) return [`${changed}: role ${before.role} → ${now.role}`];
  return [`${changed}${excerpts([before.texts[part], now.texts[part]], missed)}`];
}

function formatChanges(before: RequestParts["format"], now: RequestParts["format"]): string[] {
  const kind = scalarChange("format", before.kind, now.kind);
  if (kind.length > 0) return kind;
  return [
    ...scalarChange("format.name", before.name, now.name),
    ...(before.description === now.description ? [] : ["format.description changed"]),
    ...(before.schema === now.schema ? [] : ["schema changed"]),
  ];
}

function firstDifference(before: readonly string[], now: readonly string[]): number | null {
  const longest = Math.max(before.length, now.length);
  for (let place = 0; place < longest; place++) if (before[place] !== now[place]) return place;
  return null;
}

/** Where two texts part, in a few characters of each. */
function excerpts(hashes: readonly [string | undefined, string | undefined], { textOf }: Missed): string {
  const [before, now] = hashes.map((hash) => (hash === undefined ? "" : textOf(hash)));
  if (before === undefined || now === undefined) return "";
  let place = 0;
  while (place < before.length && before[place] === now[place]) place++;
  const from = Math.max(0, place - 12);
  const part = (text: string): string => cutText(JSON.stringify(text.slice(from, place + 28)), 48);
  return `, at character ${place}: ${part(before)} → ${part(now)}`;
}

function show(value: unknown): string {
  return value === undefined ? "(none)" : cutText(canonicalJson(value), 60);
}
