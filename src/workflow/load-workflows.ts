/**
 * Reads workflow files: the shipped ones, those of a user's folders, which take the place of shipped ones with the same
 * name, and files that were named. Owns: where they lie, their number and size. Must not: judge what they say.
 */
import { readdirSync, readFileSync, statSync } from "node:fs";
import { basename, dirname, extname, join, resolve } from "node:path";
import { pathToFileURL } from "node:url";
import { describeThrown, PlanwrightError } from "../error/planwright-error.ts";
import { parseWorkflow, WORKFLOW_LIMITS } from "./parse-workflow.ts";
import { readWorkflowText } from "./read-workflow-text.ts";
import { WORKFLOW_NAME } from "./workflow.ts";
import { createWorkflowLibrary, type WorkflowEntry, type WorkflowLibrary } from "./workflow-library.ts";

/** Files of one folder. */
const MOST_FILES = 500;
const FILE_NAME = /^[a-z][a-z0-9_-]{0,63}\.(ya?ml|json)$/;
const MODULE = /\.[cm]?[jt]s$/i;

export interface LoadWorkflowsOptions {
  /** Absolute paths of a user's folders; a later one takes precedence. */
  folders?: readonly string[];
  /** Entries that take precedence over all others, such as a file that was named. */
  entries?: readonly WorkflowEntry[];
  /** Folder of the shipped workflows; the package's own by default. */
  shipped?: string;
}

/**
 * All workflows: `<folder>/<name>.yaml`, `.yml` or `.json`; other files are left alone, and none is executed. One that is
 * not right is listed with its issues, and hinders no other.
 *
 * Throws CONFIG_INVALID for a folder that can't be read or holds more than 500.
 */
export function loadWorkflows({ folders = [], entries = [], shipped }: LoadWorkflowsOptions = {}): WorkflowLibrary {
  const own = folders.flatMap((folder) => readFolder(folder, null));
  return createWorkflowLibrary([...readFolder(shipped ?? shippedFolder(), "shipped"), ...own, ...entries]);
}

/** Beside the package.json of this package, wherever the code was joined into. */
function shippedFolder(): string {
  for (let folder = import.meta.dirname; ; folder = dirname(folder)) {
    const file = join(folder, "package.json");
    const isFile = statSync(file, { throwIfNoEntry: false })?.isFile() === true;
    if (isFile && /"name"\s*:\s*"planwright"/.test(readFileSync(file, "utf8"))) return join(folder, "workflows");
    if (dirname(folder) === folder) {
      throw new PlanwrightError("CONFIG_INVALID", "The folder of the shipped workflows is not found.", {
        hint: "The package has it beside its package.json; install it whole, or name a folder of workflows.",
      });
    }
  }
}

function readFolder(folder: string, source: "shipped" | null): WorkflowEntry[] {
  let names: string[];
  try {
    names = readdirSync(folder)
      .filter((name) => FILE_NAME.test(name))
      .sort();
  } catch (cause) {
    const message = `Workflow folder '${folder}' can't be read: ${describeThrown(cause)}.`;
    throw new PlanwrightError("CONFIG_INVALID", message, { hint: "Correct 'workflows' in the configuration.", cause });
  }
  if (names.length > MOST_FILES) {
    const message = `Workflow folder '${folder}' has ${names.length} workflows, more than ${MOST_FILES}.`;
    throw new PlanwrightError("CONFIG_INVALID", message, { hint: "Keep them in several folders." });
  }
  return names.map((name) => {
    const file = join(folder, name);
    const entry = entryOfText(textOf(file), { file, source: source ?? file });
    const stem = basename(name, extname(name));
    return entry.workflow === null || entry.name === stem ? { ...entry, name: stem } : misnamed(entry, stem);
  });
}

/** Names are how workflows are found. */
function misnamed(entry: WorkflowEntry, stem: string): WorkflowEntry {
  const message = `The file is called '${stem}', and the workflow in it '${entry.name}'.`;
  const hint = "Give both the same name.";
  const issue = { severity: "error", code: "PLAN_BAD_VALUE", path: "/name", message, hint, fix: null } as const;
  return { ...entry, name: stem, workflow: null, issues: [issue] };
}

/**
 * The workflow of one file, which a person named: YAML, JSON, or a module in JavaScript or TypeScript, which is executed,
 * whose default export (or only export) is what `defineWorkflow` returns. Throws CONFIG_INVALID where it can't be read or loaded.
 */
export async function loadWorkflowFile(path: string, options: { directory?: string } = {}): Promise<WorkflowEntry> {
  const file = resolve(options.directory ?? ".", path);
  if (!MODULE.test(file)) return entryOfText(textOf(file, path), { file, source: file });
  let module: Record<string, unknown>;
  try {
    module = (await import(pathToFileURL(file).href)) as Record<string, unknown>;
  } catch (cause) {
    const details = cause instanceof PlanwrightError ? { issues: cause.issues, hint: cause.hint } : {};
    const message = `Workflow file '${path}' can't be loaded: ${describeThrown(cause)}`;
    throw new PlanwrightError("CONFIG_INVALID", message, {
      hint: "Correct the file; importing it fails.",
      ...details,
      cause,
    });
  }
  const exported = module.default ?? onlyExport(module, path);
  return entryOfValue(exported, { file, source: file, lineOf: () => null });
}

function onlyExport(module: Record<string, unknown>, path: string): unknown {
  const values = Object.values(module).filter(
    (value) => typeof value === "object" && value !== null && "steps" in value,
  );
  if (values.length === 1) return values[0];
  throw new PlanwrightError("CONFIG_INVALID", `Workflow file '${path}' exports ${values.length} workflows.`, {
    hint: "Export one: export default defineWorkflow({ … }).",
  });
}

/** A workflow out of text, such as standard input; `file` says by its name whether that is JSON. */
export function entryOfText(text: string, { file, source }: { file: string; source: string }): WorkflowEntry {
  const read = readWorkflowText(text, /\.json$/i.test(file) ? "json" : "yaml");
  if ("value" in read) return entryOfValue(read.value, { file, source, lineOf: read.lineOf });
  return { name: nameFrom(file), source, workflow: null, issues: [read.issue], lineOf: () => null };
}

function entryOfValue(
  value: unknown,
  place: { file: string; source: string; lineOf: WorkflowEntry["lineOf"] },
): WorkflowEntry {
  const { workflow, issues } = parseWorkflow(value);
  const { file, source, lineOf } = place;
  return { name: workflow?.name ?? nameFrom(file), source, workflow, issues, lineOf };
}

function nameFrom(file: string): string {
  const stem = basename(file, extname(file));
  return WORKFLOW_NAME.test(stem) ? stem : "workflow";
}

function textOf(file: string, shown = file): string {
  try {
    const { size } = statSync(file);
    // Larger ones are refused by their size alone; one byte more is enough to tell.
    const bytes = size > 4 * WORKFLOW_LIMITS.maxBytes ? null : readFileSync(file);
    if (bytes !== null) return new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch (cause) {
    const message = `Workflow file '${shown}' can't be read: ${describeThrown(cause)}.`;
    throw new PlanwrightError("CONFIG_INVALID", message, {
      hint: "Name a file in UTF-8 that holds a workflow.",
      cause,
    });
  }
  throw new PlanwrightError("CONFIG_INVALID", `Workflow file '${shown}' is too large.`, {
    hint: "A workflow has at most 1 MiB.",
  });
}
