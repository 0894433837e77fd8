/**
 * Reads a suite: its file, its cases, their documents, its tools. Owns: what is relative to what, ids, duplicates and the
 * suite's hash. Must not: open models.
 */
import { basename, dirname, relative, resolve } from "node:path";
import { pathToFileURL } from "node:url";
import type { z } from "zod";
import { describeThrown, PlanwrightError } from "../../error/planwright-error.ts";
import type { Document } from "../../goal/document.ts";
import { loadDocument } from "../../goal/load-document.ts";
import { readDocument } from "../../goal/read-document.ts";
import { hashJson } from "../../shared/hash.ts";
import type { JsonValue } from "../../shared/json.ts";
import { nodeFileSystem } from "../../shared/node-file-system.ts";
import { loadTools } from "../../tool/load-tools.ts";
import type { Tool } from "../../tool/tool.ts";
import type { EvalCase } from "../case.ts";
import { clusterOf } from "../cluster.ts";
import type { LoadedCase, LoadedSuite } from "../loaded-suite.ts";
import { type Suite, suiteSchema } from "../suite.ts";
import { checkCases, checkCluster } from "./check-cases.ts";
import { chosenScorers } from "./choose-scorers.ts";
import { loadJudges } from "./load-judges.ts";
import { checkCase, readCaseFile } from "./read-cases.ts";

/** Cases of one suite; more make several suites. */
const MOST_CASES = 20_000;

export interface LoadOptions {
  /** Only cases whose id, or one of whose tags, holds this text. */
  filter?: string;
}

/** Throws CONFIG_INVALID that names the file and the place, and DOCUMENT_ codes. */
export async function loadSuite(file: string, options: LoadOptions = {}): Promise<LoadedSuite> {
  const path = resolve(file);
  return loadSuiteObject(await readSuiteFile(path, file), { ...options, file: path, folder: dirname(path) });
}

/** The same for a suite that is there already: `folder` is where its relative paths start. */
export async function loadSuiteObject(
  value: unknown,
  { filter, file, folder }: LoadOptions & { file: string; folder: string },
): Promise<LoadedSuite> {
  const suite = checkSuite(value, file);
  const all = await readCases(suite, { file, folder });
  checkIds(all, file);
  checkNames(suite, file);
  const chosen = all.filter((one) => filter === undefined || matches(one, filter));
  if (chosen.length === 0) {
    throw unusable(file, filter === undefined ? "has no cases" : `has no case that matches '${filter}'`);
  }
  checkDecisions(chosen, suite, file);
  checkCluster(all, { cluster: suite.cluster, file });
  const documents = createDocumentReader(folder);
  const cases: LoadedCase[] = [];
  for (const evalCase of chosen) cases.push(await loadCase(evalCase, suite, documents));
  const judges = await loadJudges(suite, { file, folder });
  const tools = await readTools(suite, folder);
  const loaded = { ...suite, cases, tools, judges, ...hashesOf(suite, { cases, judges }), file, folder };
  chosenScorers(loaded);
  await checkCases(loaded);
  return loaded;
}

const SUITE_NAME = /\.eval\.(ya?ml|json|[cm]?[jt]s)$/;

async function readSuiteFile(path: string, file: string): Promise<unknown> {
  const kind = SUITE_NAME.exec(basename(path))?.[1];
  if (kind === undefined) throw unusable(file, "is not called NAME.eval.yaml, NAME.eval.json or NAME.eval.ts");
  try {
    if (/[jt]s$/.test(kind)) return await importSuite(path);
    const text = new TextDecoder().decode(await nodeFileSystem.read(path));
    if (kind === "json") return JSON.parse(text) as unknown;
    const { parse } = await import("yaml");
    return parse(text, { maxAliasCount: 100 }) as unknown;
  } catch (thrown) {
    throw unusable(file, `can't be read: ${describeThrown(thrown)}`, thrown);
  }
}

/** With the time of its last change in the address: a module that changed is another module. */
async function importSuite(path: string): Promise<unknown> {
  const { modifiedMs } = await nodeFileSystem.stat(path);
  const module = (await import(`${pathToFileURL(path).href}?changed=${modifiedMs}`)) as { default?: unknown };
  return module.default;
}

function checkSuite(value: unknown, file: string): Suite {
  const parsed = suiteSchema.safeParse(value);
  if (parsed.success) return parsed.data;
  const [first] = parsed.error.issues;
  throw unusable(file, `is not right at '${placeOf(first)}': ${first?.message ?? "unknown"}`);
}

function placeOf(issue: z.core.$ZodIssue | undefined): string {
  return issue?.path.map(String).join(".") || "the top";
}

async function readCases({ cases }: Suite, { file, folder }: { file: string; folder: string }): Promise<EvalCase[]> {
  const read: EvalCase[] = [];
  const add = (evalCase: EvalCase): void => {
    if (read.length >= MOST_CASES) throw unusable(file, `has more than ${MOST_CASES} cases`);
    read.push(evalCase);
  };
  if (typeof cases === "function") {
    for await (const made of await cases())
      add(checkCase(made as JsonValue, `${file}, generated case ${read.length + 1}`));
    return read;
  }
  for (const one of typeof cases === "string" ? [cases] : cases) {
    if (typeof one !== "string") add(checkCase(one as JsonValue, `${file}, case ${read.length + 1}`));
    else for (const listed of await listedCases(one, folder)) add(listed);
  }
  return read;
}

/** Those of a case file, whose documents lie where this suite's do, or of another suite, whose lie where that one's do. */
async function listedCases(file: string, folder: string): Promise<EvalCase[]> {
  const path = resolve(folder, file);
  if (!SUITE_NAME.test(basename(path))) return readCaseFile(path, file);
  const other = dirname(path);
  const cases = await readCases(checkSuite(await readSuiteFile(path, file), file), { file, folder: other });
  const moved = <T>(document: T): T | string =>
    typeof document === "string" ? relative(folder, resolve(other, document)) : document;
  return cases.map(({ document, documents, ...rest }) => ({
    ...rest,
    ...(document === undefined ? {} : { document: moved(document) }),
    ...(documents === undefined ? {} : { documents: documents.map(moved) }),
  }));
}

function checkIds(cases: readonly EvalCase[], file: string): void {
  const seen = new Set<string>();
  for (const { id } of cases) {
    if (seen.has(id)) throw unusable(file, `has two cases called '${id}'`);
    seen.add(id);
  }
}

/** Only the first decision is asked for where nothing runs. */
function checkDecisions(cases: readonly EvalCase[], { level }: Suite, file: string): void {
  const later = level === "plan" ? cases.find(({ decision }) => (decision ?? 1) > 1) : undefined;
  if (later === undefined) return;
  const problem = `has golds for decision ${later.decision} in case '${later.id}', which the level plan never asks for`;
  throw unusable(file, `${problem}: use the level loop or outcome`);
}

function checkNames({ variants, gates, judges }: Suite, file: string): void {
  const ids = variants.map(({ id }) => id);
  const twice = firstRepeated(ids);
  if (twice !== null) throw unusable(file, `has two variants called '${twice}'`);
  const judge = firstRepeated(judges.map(({ id }) => id));
  if (judge !== null) throw unusable(file, `has two judges called '${judge}'`);
  for (const { variant } of gates) {
    if (variant !== undefined && !ids.includes(variant)) {
      throw unusable(file, `has a gate on variant '${variant}', which is none of ${ids.join(", ")}`);
    }
  }
}

function firstRepeated(ids: readonly string[]): string | null {
  return ids.find((id, place) => ids.indexOf(id) !== place) ?? null;
}

function matches({ id, tags }: EvalCase, filter: string): boolean {
  return [id, ...tags].some((text) => text.includes(filter));
}

type DocumentReader = (document: NonNullable<EvalCase["document"]>) => Promise<Document>;

/** Many cases share one document: it is read once. */
function createDocumentReader(folder: string): DocumentReader {
  const read = new Map<string, Promise<Document>>();
  return (document) => {
    if (typeof document !== "string") {
      const { name, type, text } = document;
      return Promise.resolve(readDocument({ name, text, ...(type === undefined ? {} : { type }) }));
    }
    const path = resolve(folder, document);
    const known = read.get(path) ?? loadDocument(path);
    read.set(path, known);
    return known;
  };
}

/** One case outside a suite; its documents stand in it. */
export function loadCaseAlone(evalCase: EvalCase): Promise<LoadedCase> {
  return loadCase(evalCase, { cluster: "case" }, createDocumentReader("."));
}

async function loadCase(evalCase: EvalCase, suite: Pick<Suite, "cluster">, read: DocumentReader): Promise<LoadedCase> {
  const named = [...(evalCase.document === undefined ? [] : [evalCase.document]), ...(evalCase.documents ?? [])];
  return {
    id: evalCase.id,
    evalCase,
    documents: await Promise.all(named.map(read)),
    params: evalCase.params ?? {},
    cluster: clusterOf(evalCase, suite.cluster),
  };
}

async function readTools({ tools }: Suite, folder: string): Promise<Tool[]> {
  const read: Tool[] = [];
  for (const one of tools) {
    if (typeof one === "string") read.push(...(await loadTools(one, { directory: folder })));
    else read.push(one);
  }
  return read;
}

/** Paths don't count, contents do; so a suite that was moved is the same suite. */
function hashesOf(
  suite: Suite,
  { cases, judges }: Pick<LoadedSuite, "cases" | "judges">,
): Pick<LoadedSuite, "hash" | "askedHash"> {
  const { level, trials, cluster, now, seed, pass = null } = suite;
  const asked = cases.map(({ evalCase, documents }) => {
    const { id, goal, params, outputSchema, tools, stubs } = evalCase;
    const read = documents.map(({ name, type, text }) => ({ name, type, text }));
    return { id, goal, params, outputSchema, tools, stubs, documents: read };
  });
  const judged = cases.map(({ evalCase, cluster: own }) => {
    const { gold, tags, forbidden, assertions, endState, reference, decision } = evalCase;
    return { gold, tags, forbidden, assertions, endState, reference, decision, cluster: own };
  });
  const judging = judges.map(({ id, rubric, of, against }) => ({ id, rubric, of, against }));
  const withJudges = judging.length === 0 ? {} : { judging };
  const askedHash = hashJson({ level, now, asked });
  return { askedHash, hash: hashJson({ askedHash, trials, cluster, seed, pass, judged, ...withJudges }) };
}

function unusable(file: string, problem: string, cause?: unknown): PlanwrightError {
  const hint = "docs/evals.md says what a suite may hold; planwright eval schema prints its JSON Schema.";
  return new PlanwrightError("CONFIG_INVALID", `Suite '${file}' ${problem}.`, { hint, cause });
}
