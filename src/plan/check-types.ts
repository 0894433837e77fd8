/**
 * Fourth pass: types. Owns: the order in which steps are typed, and the codes and words of type issues.
 * `unknown` is never reported: the run checks the value when it is there.
 */

import type { Issue } from "../error/issue.ts";
import { didYouMean, meantName } from "../shared/did-you-mean.ts";
import type { JsonSchema } from "../shared/json.ts";
import type { Tool } from "../tool/tool.ts";
import { checkAbsence } from "./check-absence.ts";
import { checkConditionTypes } from "./check-condition-types.ts";
import { type Examination, issueOf } from "./check-examination.ts";
import { copesWithAbsence, readerName } from "./check-references.ts";
import { inputLeaves } from "./check-tools.ts";
import {
  isAdvisoryValue,
  type Reader,
  type RootType,
  schemaOfValue,
  startTyping,
  type Typing,
  typeOfPath,
  typeStep,
} from "./check-typing.ts";
import { suggestRepair, type ValueFinding, type Walk, walkValue } from "./check-values.ts";
import type { CompiledStep } from "./compile-plan.ts";
import type { CompiledValue, Path, Reference, Segment } from "./compiled.ts";
import { formatPath } from "./path.ts";
import { topologicalOrder } from "./plan-graph.ts";
import { renameReference } from "./rename-reference.ts";
import { ANY_SCHEMA, schemaOfView } from "./schema-compose.ts";
import { describeSchema, listed } from "./schema-describe.ts";
import { expandView, viewOf } from "./schema-expand.ts";
import { type ArrayLeaf, propertyView } from "./schema-leaf.ts";
import type { PathSchema } from "./schema-path.ts";
import { relate } from "./schema-relation.ts";

const LIST = { type: "array" } as const;

/** Types every step and reports what cannot fit; the typing is what the output's pass goes on with. */
export function checkTypes(examination: Examination): { issues: Issue[]; typing: Typing } {
  const typing = startTyping(examination);
  const issues: Issue[] = [];
  for (const id of topologicalOrder(examination.graph) ?? examination.graph.ids) {
    const step = examination.steps.get(id)!;
    const reader: Reader = { step, item: null };
    if (step.items !== null) reader.item = typeOfElement(step, step.items, { typing, reader, issues });
    issues.push(...checkReferenceTypes(step.references, reader, typing));
    const tool = examination.tools.get(id);
    if (tool !== undefined) issues.push(...checkInput(step, tool, { typing, reader }));
    if (step.when !== null) issues.push(...checkConditionTypes(step.when, reader, typing));
    issues.push(...checkAbsence(step.references, reader, typing));
    typeStep(step, typing, reader);
  }
  return { issues, typing };
}

/** Paths that lead nowhere are PLAN_BAD_REF; undeclared fields of open objects a warning where they look mistyped. */
export function checkReferenceTypes(references: readonly Reference[], reader: Reader, typing: Typing): Issue[] {
  const issues: Issue[] = [];
  for (const reference of references) {
    if (isReportedElsewhere(reference, typing)) continue;
    const { found, root } = typeOfPath(reference.path, reader, typing);
    const place = { reference, reader, typing, root };
    const issue = found.kind === "missing" ? missingPlace(found, place) : undeclaredField(found, place);
    if (issue !== null) issues.push(issue);
  }
  return issues;
}

/** Scope errors and missing documents have been reported already. */
function isReportedElsewhere(reference: Reference, typing: Typing): boolean {
  const { path } = reference;
  if (path.root === "document") return typing.examination.context.documents === 0 && !copesWithAbsence(reference);
  return path.root === "status" && path.segments[0]?.kind !== "key";
}

type MissingPlace = Extract<PathSchema, { kind: "missing" }>;

/** Parameters and documents differ from request to request: a plan may ask for what this one lacks. */
function isOfRequest({ root, segments }: Path, at: number): boolean {
  return root === "params" || (root === "documents" && at === 0 && segments[0]?.kind === "at");
}

interface ReferencePlace {
  reference: Reference;
  reader: Reader;
  typing: Typing;
  root: RootType;
}

/** Null where the reader copes with what this request does not bring, unless the name looks mistyped. */
function missingPlace(found: MissingPlace, place: ReferencePlace): Issue | null {
  const { reference, reader, typing, root } = place;
  const { path, pointer } = reference;
  const segment = path.segments[found.at];
  const suggestion = segment?.kind === "key" ? didYouMean(segment.key, found.known) : null;
  const better = suggestion === null ? null : replaceKey(path, found.at, suggestion);
  const isFine = copesWithAbsence(reference) && isOfRequest(path, found.at);
  if (isFine && better === null) return null;
  const before = formatPath({ root: path.root, segments: path.segments.slice(0, found.at) });
  const words = meantName(better);
  const fields = found.known.length === 0 ? "" : ` Fields of '${before}': ${listed(found.known)}.`;
  return issueOf({
    severity: root.isAdvisory || isFine ? "warning" : "error",
    code: "PLAN_BAD_REF",
    path: pointer,
    message: `${readerName(reader.step)} refers to '${path.text}', but in '${before}' ${found.reason}.${words}${fields}`,
    hint: better === null ? hintForMissing(found, path) : `Use '${better}'.`,
    fix:
      better === null ? null : renameReference(typing.examination.decision, pointer, { from: path.text, to: better }),
  });
}

function hintForMissing({ at, isList }: MissingPlace, path: Path): string {
  const { root, segments } = path;
  const before = segments.slice(0, at);
  if (isOfRequest(path, at))
    return 'Add a "default" beside the "ref" for requests without it, or refer to what is there.';
  if (!isList) return `Refer to a part of '${formatPath({ root, segments: before })}' that exists.`;
  const after = segments.slice(at);
  const all = formatPath({ root, segments: [...before, { kind: "each" }, ...after] });
  const first = formatPath({ root, segments: [...before, { kind: "at", index: 0 }, ...after] });
  return `Write '${all}' for the list of all of them, or '${first}' for the first.`;
}

function undeclaredField(found: Extract<PathSchema, { kind: "found" }>, place: ReferencePlace): Issue | null {
  const { reference, reader, typing } = place;
  const { path, pointer } = reference;
  for (const { key, at, known } of found.undeclared) {
    const suggestion = didYouMean(key, known);
    if (suggestion === null) continue;
    const better = replaceKey(path, at, suggestion);
    return issueOf({
      severity: "warning",
      code: "PLAN_BAD_REF",
      path: pointer,
      message: `${readerName(reader.step)} refers to '${path.text}', whose field '${key}' is not declared. Did you mean '${better}'?`,
      hint: `Use '${better}', unless '${key}' is what you want.`,
      fix: renameReference(typing.examination.decision, pointer, { from: path.text, to: better }),
    });
  }
  return null;
}

function replaceKey(path: Path, at: number, key: string): string {
  const segments = path.segments.map((segment, place): Segment => (place === at ? { kind: "key", key } : segment));
  return formatPath({ root: path.root, segments });
}

interface ForEachPlace {
  typing: Typing;
  reader: Reader;
  issues: Issue[];
}

/** Type of one element of a forEach; reports a list that is none. */
function typeOfElement(step: CompiledStep, items: CompiledValue, { typing, reader, issues }: ForEachPlace): RootType {
  const schema = schemaOfValue(items, typing, { reader });
  const isAdvisory = isAdvisoryValue(items, typing, reader);
  if (relate(schema, LIST) === "no") {
    issues.push(notAList(step, items, { schema, isAdvisory }));
    return { schema: ANY_SCHEMA, isAdvisory: true, isUncertain: false };
  }
  const lists = expandView(viewOf(schema)).filter((leaf): leaf is ArrayLeaf => leaf.type === "array");
  const element = lists.length === 1 ? schemaOfView(lists[0]!.items) : ANY_SCHEMA;
  return { schema: element, isAdvisory, isUncertain: false };
}

function notAList(
  { step }: CompiledStep,
  items: CompiledValue,
  found: { schema: JsonSchema; isAdvisory: boolean },
): Issue {
  const { schema, isAdvisory } = found;
  const about = { severity: isAdvisory ? ("warning" as const) : ("error" as const), code: "PLAN_NOT_A_LIST" as const };
  const start = `Step '${step.id}' is to run for each element of`;
  const what = describeSchema(schema);
  if (items.kind !== "ref") {
    const hint = "Give a list, or a reference to one.";
    return issueOf({ ...about, path: items.pointer, message: `${start} ${what}, which is not a list.`, hint });
  }
  const path = `${items.pointer}/ref`;
  const repair = suggestRepair(items.path, schema, LIST);
  const words = meantName(repair.path);
  return issueOf({
    ...about,
    path,
    message: `${start} '${items.path.text}', which is ${what}, not a list.${words}`,
    hint: repair.hint,
    fix: repair.path === null ? null : [{ op: "replace", path, value: repair.path }],
  });
}

function checkInput(step: CompiledStep, tool: Tool, { typing, reader }: { typing: Typing; reader: Reader }): Issue[] {
  const leaves = inputLeaves(tool);
  const walk: Walk = { typing, reader, nullIfAbsent: false, findings: [] };
  const only = leaves.length === 1 ? leaves[0]! : null;
  const issues: Issue[] = [];
  for (const [key, value] of step.input.fields) {
    if (only === null) continue;
    if (!only.properties.has(key) && only.additional.parts[0] === false) continue;
    walk.findings = [];
    walkValue(value, propertyView(only, key), walk);
    for (const finding of walk.findings) issues.push(inputIssue(finding, key, { step, tool }));
  }
  if (only === null) issues.push(...checkAlternatives(step, tool, walk));
  return issues;
}

/** Tools with several alternative inputs are judged as a whole. */
function checkAlternatives(step: CompiledStep, tool: Tool, walk: Walk): Issue[] {
  walkValue(step.input, viewOf(tool.inputSchema), walk);
  return walk.findings.map((finding) => inputIssue(finding, null, { step, tool }));
}

function inputIssue(
  finding: ValueFinding,
  key: string | null,
  { step, tool }: { step: CompiledStep; tool: Tool },
): Issue {
  const { kind, pointer, reason, hint, fix, isAdvisory } = finding;
  const below = pointer.slice(`${step.pointer}/input`.length);
  const input = key === null ? "the input" : `input '${placeInWords(below)}'`;
  return issueOf({
    severity: isAdvisory || tool.schemaTrust === "advisory" ? "warning" : "error",
    code: kind === "constant" ? "PLAN_BAD_VALUE" : "PLAN_TYPE_MISMATCH",
    path: pointer,
    message: `Step '${step.step.id}': ${input} of tool '${tool.name}' ${reason}.`,
    hint,
    fix,
  });
}

/** `/sections/0/title/ref` as `sections[0].title`. */
function placeInWords(pointer: string): string {
  const parts = pointer
    .replace(/\/(ref|template|literal)$/, "")
    .split("/")
    .slice(1);
  return parts.map((part, place) => (/^[0-9]+$/.test(part) ? `[${part}]` : place === 0 ? part : `.${part}`)).join("");
}
