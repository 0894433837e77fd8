/**
 * Second pass: tools exist, and their inputs are named as declared. Owns: names; types of values come later.
 */
import { type Issue, jsonPointer, type PatchOperation } from "../error/issue.ts";
import { didYouMean, meantName } from "../shared/did-you-mean.ts";
import type { Tool } from "../tool/tool.ts";
import { type Examination, issueOf } from "./check-examination.ts";
import type { CompiledStep } from "./compile-plan.ts";
import { describeView, listed } from "./schema-describe.ts";
import { expandView, isNothing, viewOf } from "./schema-expand.ts";
import { type ObjectLeaf, propertyView } from "./schema-leaf.ts";
import { suggestName } from "./step-names.ts";

export function checkTools(examination: Examination): Issue[] {
  const issues: Issue[] = [];
  for (const step of examination.plan.steps) {
    const tool = examination.context.tools.get(step.step.tool);
    if (tool === undefined) issues.push(unknownTool(step, examination));
    else issues.push(...checkInputNames(step, tool, examination.context.documents !== 0));
  }
  return issues;
}

function unknownTool({ step, pointer }: CompiledStep, examination: Examination): Issue {
  const names = examination.context.tools.names();
  const path = `${pointer}/tool`;
  const { name, words } = examination.names.advise() ? suggestName(step.tool, names) : { name: null, words: "" };
  const registered = names.length === 0 ? "No tool is registered." : `Registered tools: ${listed(names)}.`;
  return issueOf({
    code: "PLAN_UNKNOWN_TOOL",
    path,
    message: `Step '${step.id}' uses unknown tool '${step.tool}'.${words} ${registered}`,
    hint: name === null ? "Use a registered tool, or abandon with a reason if none will do." : `Use '${name}'.`,
    fix: name === null ? null : [{ op: "replace", path, value: name }],
  });
}

/** The alternatives of a tool's input; one for nearly every tool. */
export function inputLeaves(tool: Tool): ObjectLeaf[] {
  return expandView(viewOf(tool.inputSchema)).filter((leaf): leaf is ObjectLeaf => leaf.type === "object");
}

function checkInputNames(step: CompiledStep, tool: Tool, hasDocument: boolean): Issue[] {
  const leaves = inputLeaves(tool);
  const severity = tool.schemaTrust === "advisory" ? "warning" : "error";
  const declared = [...new Set(leaves.flatMap((leaf) => [...leaf.properties.keys()]))];
  const given = new Set(Object.keys(step.step.input));
  const required = [...(leaves[0]?.required ?? [])].filter((key) => leaves.every((leaf) => leaf.required.has(key)));
  const missing = required.filter((key) => !given.has(key));
  const issues: Issue[] = [];
  for (const key of given) {
    if (leaves.some((leaf) => leaf.properties.has(key))) continue;
    const isRefused = leaves.every((leaf) => isNothing(leaf.additional));
    const isUndeclared = declared.length > 0 && leaves.every((leaf) => leaf.additional.parts.length === 0);
    if (!isRefused && !isUndeclared) continue;
    const unused = declared.filter((name) => !given.has(name));
    const found = unknownInput(step, tool, { key, declared, unused, missing });
    issues.push({ ...found, severity: isRefused ? severity : "warning" });
  }
  for (const key of missing)
    issues.push({ ...missingInput(step, tool, { key, leaf: leaves[0]!, hasDocument }), severity });
  return issues;
}

interface UnknownInput {
  key: string;
  declared: string[];
  unused: string[];
  missing: string[];
}

function unknownInput({ step, pointer }: CompiledStep, tool: Tool, names: UnknownInput): Issue {
  const { key, declared, unused, missing } = names;
  const path = `${pointer}/input${jsonPointer([key])}`;
  const name = didYouMean(key, missing) ?? didYouMean(key, unused);
  const words = meantName(name);
  const takes = declared.length === 0 ? "It takes no input." : `It takes: ${listed(declared)}.`;
  const fix: PatchOperation[] =
    name === null
      ? [{ op: "remove", path }]
      : [{ op: "move", from: path, path: `${pointer}/input${jsonPointer([name])}` }];
  return issueOf({
    code: "PLAN_UNKNOWN_INPUT",
    path,
    message: `Step '${step.id}' gives tool '${tool.name}' the unknown input '${key}'.${words} ${takes}`,
    hint: name === null ? `Remove '${key}'.` : `Rename '${key}' to '${name}'.`,
    fix,
  });
}

function missingInput(
  { step, pointer }: CompiledStep,
  tool: Tool,
  { key, leaf, hasDocument }: { key: string; leaf: ObjectLeaf; hasDocument: boolean },
): Issue {
  const wanted = describeView(propertyView(leaf, key));
  return issueOf({
    code: "PLAN_MISSING_INPUT",
    path: `${pointer}/input`,
    message: `Step '${step.id}' lacks the input '${key}' of tool '${tool.name}', which must be ${wanted}.`,
    hint: `Add '${key}': a value, or a reference such as {"ref": "${hasDocument ? "document.text" : "goal"}"} or {"ref": "<step>.<field>"}.`,
  });
}
