/**
 * Reads the steps of an answer while it is being written (KERNEL 12). Owns: where each element of the outermost
 * object's `steps` begins and ends, however the text is cut; nothing is read twice. Strict, where the decoder of a
 * whole answer is lenient: after the first thing that is not JSON, or can't be decoded, it gives nothing any more.
 * Must not: throw. What counts in the end is the whole answer.
 */
import { examineJson } from "../plan/json-limits.ts";
import { MODEL_PLAN_LIMITS } from "../plan/parse-decision.ts";
import type { JsonValue } from "../shared/json.ts";
import { readKind } from "./decode-answer.ts";
import { decodeStep } from "./decode-step.ts";
import type { Decoding } from "./decoding.ts";
import type { StepReader } from "./dialect.ts";
import { createValueScan, scanValue, type ValueScan } from "./scan-value.ts";

/** Only a fence may stand before the answer: JSON in thoughts and examples is none. */
const BEFORE = /^\uFEFF?\s*(?:```\w*\s*)?$/;
const LONGEST_BEFORE = 1_000;

/** What may come next, at the outermost object (first line) and in the list of steps. */
type Expecting = "start" | "key" | "colon" | "value" | "next" | "step" | "next-step" | "nothing";

/** Steps lie two levels below the decision's own. */
const STEP_LIMITS = { ...MODEL_PLAN_LIMITS, maxDepth: MODEL_PLAN_LIMITS.maxDepth - 2 };

interface Reading {
  setting: Omit<Decoding, "issues">;
  expecting: Expecting;
  /** UTF-16 code units so far. */
  length: number;
  before: string;
  key: string;
  hasSteps: boolean;
  /** The value that is being read, and its text so far. */
  scan: ValueScan | null;
  parts: string[];
  found: JsonValue[];
}

export function createStepReader(setting: Omit<Decoding, "issues">): StepReader {
  const reading: Reading = {
    setting,
    expecting: "start",
    length: 0,
    before: "",
    key: "",
    hasSteps: false,
    scan: null,
    parts: [],
    found: [],
  };
  return {
    push(piece) {
      reading.length += piece.length;
      if (reading.length > MODEL_PLAN_LIMITS.maxBytes) stop(reading);
      for (let at = 0; at < piece.length && reading.expecting !== "nothing"; ) at = advance(reading, piece, at);
      const { found } = reading;
      reading.found = [];
      return found;
    },
  };
}

function stop(reading: Reading): void {
  reading.expecting = "nothing";
  reading.parts = [];
  reading.scan = null;
}

/** Takes one mark, or as much of a value as there is; gives the place behind it. */
function advance(reading: Reading, piece: string, at: number): number {
  if (reading.scan !== null) return advanceValue(reading, reading.scan, { piece, at });
  if (reading.expecting === "start") return advanceStart(reading, piece, at);
  const mark = piece[at]!;
  if (mark === " " || mark === "\n" || mark === "\r" || mark === "\t") return at + 1;
  const isMark = takeMark(reading, mark);
  if (isMark || reading.expecting === "nothing") return at + 1;
  reading.scan = createValueScan();
  return at;
}

function advanceStart(reading: Reading, piece: string, at: number): number {
  const brace = piece.indexOf("{", at);
  const end = brace === -1 ? piece.length : brace;
  reading.before += piece.slice(at, Math.min(end, at + LONGEST_BEFORE + 1));
  if (reading.before.length > LONGEST_BEFORE) stop(reading);
  else if (brace !== -1 && BEFORE.test(reading.before)) reading.expecting = "key";
  else if (brace !== -1) stop(reading);
  return end + 1;
}

const AFTER_MARK: Readonly<Record<string, Expecting>> = {
  "colon :": "value",
  "next ,": "key",
  "next }": "nothing",
  "key }": "nothing",
  "next-step ,": "step",
  "next-step ]": "next",
  "step ]": "next",
};

/** True where the character was a mark; false where a value begins with it. */
function takeMark(reading: Reading, mark: string): boolean {
  const { expecting } = reading;
  const after = AFTER_MARK[`${expecting} ${mark}`];
  if (after !== undefined) {
    reading.expecting = after;
    return true;
  }
  if (expecting === "value" && reading.key === "steps" && mark === "[" && !reading.hasSteps) {
    reading.hasSteps = true;
    reading.expecting = "step";
    return true;
  }
  const isValue = expecting === "value" || expecting === "step" || (expecting === "key" && mark === '"');
  if (!isValue) stop(reading);
  return false;
}

function advanceValue(reading: Reading, scan: ValueScan, { piece, at }: { piece: string; at: number }): number {
  const end = scanValue(scan, piece, at);
  if (isKept(reading)) reading.parts.push(piece.slice(at, end));
  if (scan.isComplete) takeValue(reading);
  return end;
}

/** Of other values only their end matters. */
function isKept({ expecting, key }: Reading): boolean {
  return expecting === "step" || expecting === "key" || key === "kind";
}

function takeValue(reading: Reading): void {
  const text = reading.parts.join("");
  const kept = isKept(reading);
  reading.parts = [];
  reading.scan = null;
  const value = kept ? parse(text) : null;
  if (value === undefined) stop(reading);
  else if (reading.expecting === "key") takeKey(reading, value);
  else if (reading.expecting === "step") takeStep(reading, value);
  else if (reading.key === "kind" && readKind(value) !== "plan") stop(reading);
  else reading.expecting = "next";
}

function takeKey(reading: Reading, key: JsonValue): void {
  reading.key = String(key);
  reading.expecting = "colon";
  if (reading.key === "steps" && reading.hasSteps) stop(reading);
}

function takeStep(reading: Reading, step: JsonValue): void {
  const decoding: Decoding = { ...reading.setting, issues: [] };
  const isAcceptable = examineJson(step, STEP_LIMITS).finding === null;
  const decoded = isAcceptable ? decodeStep(step, "", decoding) : null;
  if (!isAcceptable || decoding.issues.length > 0) return stop(reading);
  reading.found.push(decoded);
  reading.expecting = "next-step";
}

function parse(text: string): JsonValue | undefined {
  try {
    return JSON.parse(text) as JsonValue;
  } catch {
    return undefined; // the reader stops: the decoder of the whole answer says why
  }
}
