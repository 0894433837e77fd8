/**
 * Reads a suite: its file, its cases, their documents, its tools. Owns: what is relative to what, ids, duplicates and the
 * suite's hash. Must not: open models.
 */
import { basename, dirname, relative, resolve } from "node:path";
import { pathToFileURL } from "node:url";
import { jsonPointer } from "../../error/issue.ts";
import { describeThrown, PlanwrightError } from "../../error/planwright-error.ts";
import type { Document } from "../../goal/document.ts";
import { loadDocument } from "../../goal/load-document.ts";
import { readDocument } from "../../goal/read-document.ts";
import type { JsonValue } from "../../shared/json.ts";
import { nodeFileSystem } from "../../shared/node-file-system.ts";
import { loadTools } from "../../tool/load-tools.ts";
import type { Tool } from "../../tool/tool.ts";
import { readWorkflowText } from "../../workflow/read-workflow-text.ts";
import type { EvalCase } from "../case.ts";
import { clusterOf } from "../cluster.ts";
import type { LoadedCase, LoadedSuite } from "../loaded-suite.ts";
import { type Suite, suiteSchema } from "../suite.ts";
import { checkCases, checkCluster } from "./check-cases.ts";
import { chosenScorers } from "./choose-scorers.ts";
import { describeFinding, partOf } from "./describe-finding.ts";
import { hashesOf } from "./hash-suite.ts";
import { loadJudges } from "./load-judges.ts";
import { checkCase, readCaseFile } from "./read-cases.ts";

/** Cases of one suite; more make several suites. */
const MOST_CASES = 20_000;

export interface LoadOptions {
  /** Only cases whose id, or one of whose tags, holds this text. */
  filter?: string;
  /** Told the absolute path of every file that is looked at, also of one that can't be read. */
  onRead?: (path: string) => void;
}

/** Where a suite stands, and the suites that led to it by naming it among their cases. */
interface Place {
  file: string;
  folder: string;
  from: readonly string[];
  onRead: (path: string) => void;
}

/** Throws CONFIG_INVALID that names the file and the place, and DOCUMENT_ codes. */
export async function loadSuite(file: string, options: LoadOptions = {}): Promise<LoadedSuite> {
  const path = resolve(file);
  options.onRead?.(path);
  return loadSuiteObject(await readSuiteFile(path, file), { ...options, file: path, folder: dirname(path) });
}

/** The same for a suite that is there already: `folder` is where its relative paths start. */
export async function loadSuiteObject(
  value: unknown,
  { filter, file, folder, onRead = () => {} }: LoadOptions & { file: string; folder: string },
): Promise<LoadedSuite> {
  const suite = await checkSuite(value, file);
  const all = await readCases(suite, { file, folder, from: [file], onRead });
  checkIds(all, file);
  checkNames(suite, file);
  const chosen = all.filter((one) => filter === undefined || matches(one, filter));
  if (chosen.length === 0) {
    if (filter === undefined) throw unusable(file, "has no cases");
    throw noneMatches(file, filter, all);
  }
  checkDecisions(chosen, suite, file);
  checkCluster(all, { cluster: suite.cluster, file });
  const others = [...suite.tools, suite.prompts, ...suite.judges.flatMap((one) => [one.rubric, one.calibration])];
  for (const named of others) if (typeof named === "string") onRead(resolve(folder, named));
  const documents = createDocumentReader(folder, onRead);
  const cases: LoadedCase[] = [];
  for (const evalCase of chosen) cases.push(await loadCase(evalCase, suite, documents));
  const judges = await loadJudges(suite, { file, folder });
  const tools = await readTools(suite, folder);
  const loaded = { ...suite, cases, tools, judges, ...hashesOf(suite, { cases, judges, tools }), file, folder };
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

async function checkSuite(value: unknown, file: string): Promise<Suite> {
  const parsed = suiteSchema.safeParse(value);
  if (parsed.success) return parsed.data;
  const { keys, problem } = describeFinding(parsed.error, { schema: suiteSchema, value });
  const line = await lineOf(file, keys);
  const where = [partOf(value, keys), line === null ? null : `line ${line}`].filter((part) => part !== null);
  const place = keys.join(".") || "the top";
  throw unusable(file, `is not right at '${place}'${where.length === 0 ? "" : ` (${where.join(", ")})`}: ${problem}`);
}

/** Null where it is code, or has changed meanwhile. JSON is YAML, so that its lines are known, too. */
async function lineOf(file: string, keys: readonly (string | number)[]): Promise<number | null> {
  if (!/\.(ya?ml|json)$/.test(file)) return null;
  const bytes = await nodeFileSystem.read(file).catch(() => null);
  const read = bytes === null ? null : readWorkflowText(new TextDecoder().decode(bytes), "yaml");
  return read !== null && "lineOf" in read ? read.lineOf(jsonPointer(keys)) : null;
}

async function readCases({ cases }: Suite, place: Place): Promise<EvalCase[]> {
  const { file } = place;
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
    else for (const listed of await listedCases(one, place)) add(listed);
  }
  return read;
}

/** Those of a case file, whose documents lie where this suite's do, or of another suite, whose lie where that one's do. */
async function listedCases(file: string, { folder, from, onRead }: Place): Promise<EvalCase[]> {
  const path = resolve(folder, file);
  onRead(path);
  if (!SUITE_NAME.test(basename(path))) return readCaseFile(path, file);
  if (from.includes(path)) {
    const circle = [...from.slice(from.indexOf(path)), path].map((one) => relative(folder, one));
    throw unusable(path, `takes its cases from itself: ${circle.join(" → ")}`);
  }
  const other = dirname(path);
  const suite = await checkSuite(await readSuiteFile(path, file), path);
  const cases = await readCases(suite, { file, folder: other, from: [...from, path], onRead });
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
function createDocumentReader(folder: string, onRead: (path: string) => void = () => {}): DocumentReader {
  const read = new Map<string, Promise<Document>>();
  return (document) => {
    if (typeof document !== "string") {
      const { name, type, text } = document;
      return Promise.resolve(readDocument({ name, text, ...(type === undefined ? {} : { type }) }));
    }
    const path = resolve(folder, document);
    onRead(path);
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
    documents: await Promise.all(named.map((document) => read(document).catch(asOfCase(evalCase.id)))),
    params: evalCase.params ?? {},
    cluster: clusterOf(evalCase, suite.cluster),
  };
}

/** Paths of a suite start from its folder, not from where it is run. */
function asOfCase(id: string): (thrown: unknown) => never {
  return (thrown) => {
    if (!(thrown instanceof PlanwrightError) || thrown.code !== "DOCUMENT_NOT_FOUND") throw thrown;
    throw new PlanwrightError(thrown.code, `Case '${id}': ${thrown.message}`, {
      hint: "Check the path; relative paths in a suite start from the suite's folder.",
      cause: thrown,
    });
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

function noneMatches(file: string, filter: string, cases: readonly EvalCase[]): PlanwrightError {
  const tags = [...new Set(cases.flatMap((one) => one.tags))];
  const known = tags.length === 0 ? "" : `, and the tags ${brief(tags)}`;
  return new PlanwrightError("CONFIG_INVALID", `Suite '${file}' has no case that matches '${filter}'.`, {
    hint: `Use a part of an id or of a tag. There are the cases ${brief(cases.map(({ id }) => id))}${known}.`,
  });
}

function brief(names: readonly string[]): string {
  const shown = names.slice(0, 8).join(", ");
  return names.length > 8 ? `${shown} and ${names.length - 8} more` : shown;
}

function unusable(file: string, problem: string, cause?: unknown): PlanwrightError {
  const hint = "docs/evals.md says what a suite may hold; planwright eval schema prints its JSON Schema.";
  return new PlanwrightError("CONFIG_INVALID", `Suite '${file}' ${problem}.`, { hint, cause });
}
