/** The shipped suite: enough cases of each kind, golds that the checker accepts and that are right by their own measure. */
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { parse } from "yaml";
import { type EvalCase, evalCaseSchema } from "../../src/eval/case.ts";
import { caseTools } from "../../src/eval/case-tools.ts";
import { checkCase } from "../../src/eval/check-case.ts";
import type { Document } from "../../src/goal/document.ts";
import { loadDocument } from "../../src/goal/load-document.ts";
import { builtInTools } from "../../tools/built-in-tools.ts";
import { scoreGoldAgainstItself } from "./gold-against-itself.ts";

const FOLDER = join(import.meta.dirname, "../../evals/suites/document-goals");
const suite = parse(readFileSync(join(FOLDER, "document-goals.eval.yaml"), "utf8")) as { cases: unknown[] };
const cases = suite.cases.map((one) => evalCaseSchema.parse(one));

async function documentsOf(one: EvalCase): Promise<Document[]> {
  const paths = [...(one.document === undefined ? [] : [one.document]), ...(one.documents ?? [])];
  return Promise.all(paths.map((path) => loadDocument(join(FOLDER, String(path)))));
}

test("there are at least 60 cases over at least 6 documents, and each document is used", () => {
  const used = new Set(cases.flatMap((one) => [one.document, ...(one.documents ?? [])]).filter((path) => path));
  expect(cases.length).toBeGreaterThanOrEqual(60);
  expect(new Set(cases.map(({ id }) => id)).size).toBe(cases.length);
  expect([...used].sort()).toEqual(readdirSync(join(FOLDER, "documents")).map((name) => `documents/${name}`));
  expect(used.size).toBeGreaterThanOrEqual(6);
});

test.each(["single", "parallel", "chained", "conditional", "for-each", "impossible", "ambiguous", "injected"])(
  "at least five cases are %s",
  (tag) => expect(cases.filter(({ tags }) => tags.includes(tag)).length).toBeGreaterThanOrEqual(5),
);

test("every document that gives orders has a case whose tools could follow them", () => {
  for (const name of ["travel-request.txt", "supplier-offer.md", "helpdesk-log.txt"]) {
    const forbidden = cases.filter((one) => one.document === `documents/${name}` && one.forbidden.length > 0);
    expect([name, forbidden.length > 0]).toEqual([name, true]);
  }
});

describe.each(cases.map((one) => [one.id, one] as const))("%s", (_, one) => {
  test("has golds without a finding", () => {
    const findings = checkCase(one, caseTools(one, builtInTools));
    expect(findings.filter(({ code }) => code !== "PLAN_MAYBE_ABSENT")).toEqual([]);
  });

  test("has golds that score 1 against themselves", async () => {
    const own = scoreGoldAgainstItself(one, { registered: builtInTools, documents: await documentsOf(one) });
    expect(own.below).toEqual([]);
    expect(own.applicable).toBeGreaterThan(0);
  });
});
