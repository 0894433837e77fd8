/**
 * Data sets of other people as eval cases. Owns: what a reader is. A reader is pure: it is given a file's text and makes
 * cases; nothing of a data set is part of the project, and none is needed for anything but optional suites.
 */
import type { EvalCaseInput } from "../../src/eval/case.ts";
import type { JsonValue } from "../../src/shared/json.ts";

export interface DataSet {
  name: string;
  /** Names of the files in the folder of data sets (`PLANWRIGHT_DATA`); the first holds the records. */
  files: readonly string[];
  /** What the cases can be used for. */
  about: string;
  /** Texts in the order of `files`. */
  cases(texts: readonly string[]): EvalCaseInput[];
}

/** The records of a JSON Lines file, as they are. */
export function readRecords<T>(text: string | undefined): T[] {
  const lines = (text ?? "").split("\n").filter((line) => line.trim() !== "");
  return lines.map((line) => JSON.parse(line) as T);
}

export function readJson<T>(text: string | undefined): T {
  return JSON.parse(text ?? "null") as T;
}

/** A value that may be `undefined` in a file as the optional field of a case. */
export function reference(value: JsonValue | undefined): { reference?: string } {
  if (value === undefined || value === null) return {};
  return { reference: typeof value === "string" ? value : JSON.stringify(value) };
}
