/**
 * `planwright workflows [list|show NAME]`: plans that people wrote. With --json a list, or one workflow with the plan that it
 * compiles to. Must not: need a store, tools or a model.
 */
import { exampleParams } from "../../workflow/bind-params.ts";
import { type CompiledWorkflow, compileWorkflow } from "../../workflow/compile-workflow.ts";
import { describeWorkflow, viewWorkflow } from "../../workflow/describe-workflow.ts";
import { drawWorkflow } from "../../workflow/draw-workflow.ts";
import { loadWorkflowFile, loadWorkflows } from "../../workflow/load-workflows.ts";
import type { Param } from "../../workflow/workflow.ts";
import type { WorkflowEntry, WorkflowLibrary } from "../../workflow/workflow-library.ts";
import type { Call } from "../call.ts";
import { EXIT } from "../exit-code.ts";
import { isWorkflowFile } from "../name-workflow.ts";
import { countText } from "../render/duration.ts";
import { renderDecision } from "../render/render-plan.ts";
import { renderTable } from "../render/render-table.ts";
import { visibleLine } from "../render/visible-text.ts";
import { loadCallConfig } from "../settings/load-config.ts";
import { workflowFolders } from "../settings/workflow-settings.ts";
import { refuseExtra } from "./refuse-extra.ts";

export async function workflowsListCommand(call: Call): Promise<number> {
  const { report } = call;
  refuseExtra(call, { command: "workflows", words: ["list", "show"] });
  const library = await openLibrary(call);
  const listed = library.list().map((entry) => describeWorkflow(entry, library));
  if (report.isJson) report.printJson(listed);
  else {
    const rows = listed.map(({ name, version, source, params, issues, description }) => [
      version === null ? name : `${name}@${version}`,
      visibleLine(source),
      Object.keys(params).join(", "),
      visibleLine(issues[0]?.message ?? description ?? ""),
    ]);
    const columns = ["workflow", "source", "params", "what it is for, or what is wrong with it"];
    report.print(renderTable({ columns, rows }, { style: report.style, width: report.columns() }).join("\n"));
  }
  return EXIT.ok;
}

export async function workflowsShowCommand(call: Call): Promise<number> {
  const { report, args, options } = call;
  const library = await openLibrary(call);
  const entry = await findEntry(call, library, args[0] ?? "");
  const params = entry.workflow === null ? {} : exampleParams(entry.workflow);
  const compiled = compileWorkflow(entry, { library, params });
  if (report.isJson) report.printJson(viewWorkflow(entry, library));
  else if (options.mermaid === true) report.print(drawWorkflow(compiled));
  else report.print(renderWorkflow(entry, compiled, call).join("\n"));
  return EXIT.ok;
}

async function openLibrary({ options, terminal }: Call): Promise<WorkflowLibrary> {
  const loaded = await loadCallConfig(options.config, terminal);
  return loadWorkflows({ folders: workflowFolders(loaded, terminal.cwd) });
}

function findEntry({ terminal }: Call, library: WorkflowLibrary, name: string): Promise<WorkflowEntry> {
  if (isWorkflowFile(name)) return loadWorkflowFile(name, { directory: terminal.cwd });
  return Promise.resolve(library.get(name));
}

function renderWorkflow(
  { name, source, workflow }: WorkflowEntry,
  compiled: CompiledWorkflow,
  { report }: Call,
): string[] {
  const { style } = report;
  const params = Object.entries(workflow?.params ?? {}).map(([param, declared]) => `  ${paramLine(param, declared)}`);
  const rules = rulesText(compiled);
  return [
    `${style.bold(`${name}@${compiled.version}`)}  ${style.dim(`${visibleLine(source)} · ${compiled.hash}`)}`,
    ...(params.length === 0 ? [] : [style.bold("Params"), ...params]),
    ...(rules === "" ? [] : [`${style.bold("Rules")}  ${rules}`]),
    "",
    ...renderDecision(compiled.decision, { style, width: report.columns() }),
  ];
}

function paramLine(name: string, { type, default: usual, description, enum: choices }: Param): string {
  const facts = [
    type,
    usual === undefined ? "required" : `default ${JSON.stringify(usual)}`,
    choices === undefined ? "" : `one of ${choices.map((choice) => JSON.stringify(choice)).join(", ")}`,
    description ?? "",
  ];
  return visibleLine(`${name}: ${facts.filter((fact) => fact !== "").join(", ")}`);
}

function rulesText({ rules, budget }: CompiledWorkflow): string {
  const counts: [count: number, what: string][] = [
    [rules.recovery.length, "recovery rule"],
    [rules.success.length, "success check"],
    [rules.observe.length, "observation point"],
    [Object.keys(rules.steps).length, "retried or timed step"],
  ];
  const counted = counts.filter(([count]) => count > 0);
  const limits = Object.entries({ ...budget, ...rules.targets });
  return [
    ...counted.map(([count, what]) => countText(count, what)),
    ...limits.map(([what, limit]) => `${what} ${limit}`),
  ].join(" · ");
}
