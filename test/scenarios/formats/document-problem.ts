/** What refuses a document: its code, with the checks that every refusal has to meet. */
import { expect } from "vitest";
import { PlanwrightError } from "../../../src/error/planwright-error.ts";
import type { DocumentInput } from "../../../src/goal/document.ts";
import type { WorkerLimits } from "../../../src/goal/formats/read-in-worker.ts";
import { openDocument } from "../../../src/goal/open-document.ts";

export async function problemOf(input: DocumentInput, limits: WorkerLimits = {}): Promise<PlanwrightError> {
  const thrown = await openDocument(input, limits).then(
    (document) => `read: ${document.text.slice(0, 80)}`,
    (error: unknown) => error,
  );
  if (!(thrown instanceof PlanwrightError)) throw new Error(`no PlanwrightError: ${String(thrown)}`);
  expect(thrown.message).toContain(`'${input.name}'`);
  expect(thrown.hint).not.toBe("");
  expect(thrown.message).not.toMatch(/undefined|\[object|\.\.$/);
  return thrown;
}
