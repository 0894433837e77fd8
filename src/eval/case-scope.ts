/** What references of a plan stand for before and after a run of a case. Owns: the roots that a case itself gives. */
import type { Document } from "../goal/document.ts";
import { readDocument } from "../goal/read-document.ts";
import { ABSENT } from "../plan/path.ts";
import type { Found, Scope } from "../plan/scope.ts";
import { TRUSTED } from "../policy/label.ts";
import type { RunResult } from "../run/run-result.ts";
import type { JsonValue } from "../shared/json.ts";
import type { EvalCase } from "./case.ts";

/** Outputs of completed steps by id; lists for forEach. */
export type StepOutputs = ReadonlyMap<string, JsonValue>;

/** `goal`, `params`, `document`, `documents`, and the outputs that are known. Labels play no part here. */
export function caseScope(one: EvalCase, documents: readonly Document[], outputs: StepOutputs): Scope {
  const roots = new Map<string, JsonValue>([
    ["goal", one.goal],
    ["params", one.params ?? {}],
  ]);
  const [first] = documents;
  if (first !== undefined) roots.set("document", first as unknown as JsonValue);
  if (documents.length > 0) roots.set("documents", documents as unknown as JsonValue);
  const read = (root: string): Found => ({ value: roots.get(root) ?? outputs.get(root) ?? ABSENT, label: TRUSTED });
  return { read, index: null, literalLabel: TRUSTED };
}

/** The documents that the case holds as text; those given as paths are the runner's to read. */
export function inlineDocuments(one: EvalCase): Document[] {
  const all = [...(one.document === undefined ? [] : [one.document]), ...(one.documents ?? [])];
  const texts = all.flatMap((entry) => (typeof entry === "string" ? [] : [entry]));
  if (texts.length < all.length) return [];
  return texts.map(({ name, text, type }) => readDocument({ name, text, ...(type === undefined ? {} : { type }) }));
}

/** What the steps of a run came to. */
export function stepOutputs(result: RunResult | null): StepOutputs {
  const rows = (result?.steps ?? []).filter(({ index, status }) => index === null && status === "completed");
  return new Map(rows.map(({ id, output }) => [id, output as JsonValue]));
}
