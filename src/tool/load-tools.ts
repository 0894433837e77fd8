/**
 * Loads a user's own tool files by dynamic import. Owns: which exports count as tools, and errors that say what to do.
 * Must not: read the file itself, nor run any tool. Importing runs the file: only files the user names come here.
 */
import { resolve } from "node:path";
import { pathToFileURL } from "node:url";
import { describeThrown, PlanwrightError } from "../error/planwright-error.ts";
import { defineTool, type ToolDefinition } from "./define-tool.ts";
import type { Tool } from "./tool.ts";

export interface LoadToolsOptions {
  /** Folder that relative paths start from; the process's own by default. */
  directory?: string;
  /** Imports a module by its URL; a plain `import()` by default. */
  importModule?: (url: string) => Promise<Record<string, unknown>>;
}

/**
 * The tools of one file, in the order of its exports: the default export (a tool or a list of them) if there is one,
 * else every named export that is a tool. What `defineTool` returns counts, and so do plain objects that it would take.
 * TypeScript files load without a build on Node 22.18 and later.
 *
 * Throws CONFIG_INVALID: no such file, a file that fails to load, no tools in it, something in the list that is no tool.
 */
export async function loadTools(path: string, options: LoadToolsOptions = {}): Promise<Tool[]> {
  const { directory = ".", importModule = (url: string) => import(url) as Promise<Record<string, unknown>> } = options;
  const file = resolve(directory, path);
  let module: Record<string, unknown>;
  try {
    module = await importModule(pathToFileURL(file).href);
  } catch (thrown) {
    throw loadFailure({ path, file, thrown });
  }
  const tools = toolsOf(module, path);
  if (tools.length > 0) return tools;
  const hint = "Export what defineTool returns: one tool or a list as the default export, or tools by name.";
  throw refuse(path, "exports no tool", { hint });
}

function toolsOf(module: Record<string, unknown>, path: string): Tool[] {
  const main = module.default;
  if (main === undefined) {
    return Object.entries(module).flatMap(([name, value]) => (isToolLike(value) ? [asTool(value, path, name)] : []));
  }
  const list: unknown[] = Array.isArray(main) ? main : [main];
  return list.map((value, index) => asTool(value, path, Array.isArray(main) ? `default[${index}]` : "default"));
}

/** What was meant as a tool, whether or not it is a right one. */
function isToolLike(value: unknown): boolean {
  return typeof value === "object" && value !== null && "execute" in value && "inputSchema" in value;
}

function asTool(value: unknown, path: string, name: string): Tool {
  if (!isToolLike(value)) {
    const hint = "Export what defineTool returns; every element of a list must be a tool.";
    throw refuse(path, `exports something as '${name}' that is not a tool`, { hint });
  }
  if (isTool(value)) return value;
  try {
    return defineTool(value as ToolDefinition);
  } catch (thrown) {
    const hint = thrown instanceof PlanwrightError ? thrown.hint : "";
    throw refuse(path, `exports a tool that is not right: ${describeThrown(thrown)}`, { hint, cause: thrown });
  }
}

/** True for what `defineTool` returns, also that of another copy of this package. */
function isTool(value: unknown): value is Tool {
  const tool = value as Partial<Tool>;
  return (
    typeof tool.checkInput === "function" &&
    typeof tool.checkOutput === "function" &&
    typeof tool.execute === "function"
  );
}

function loadFailure({ path, file, thrown }: { path: string; file: string; thrown: unknown }): PlanwrightError {
  const code = codeOf(thrown);
  const message = describeThrown(thrown);
  if (code === "ERR_UNKNOWN_FILE_EXTENSION") {
    const hint = "Use Node 22.18 or later for TypeScript files, or name a compiled .js file.";
    return refuse(path, "can't be loaded by this Node", { hint, cause: thrown });
  }
  if (code === "ERR_UNSUPPORTED_TYPESCRIPT_SYNTAX") {
    const hint =
      "Node only strips types: avoid enums, namespaces and parameter properties, or name a compiled .js file.";
    return refuse(path, `uses TypeScript that Node can't run: ${message}`, { hint, cause: thrown });
  }
  if (code === "ERR_UNSUPPORTED_DIR_IMPORT")
    return refuse(path, "is a folder", { hint: "Name a file in it.", cause: thrown });
  if (
    code === "ERR_MODULE_NOT_FOUND" &&
    (message.includes(`'${file}'`) || message.includes(pathToFileURL(file).href))
  ) {
    return refuse(path, "doesn't exist", {
      hint: "Check the path; it starts from the folder where the command runs.",
      cause: thrown,
    });
  }
  if (code === "ERR_MODULE_NOT_FOUND") {
    const hint =
      "Install the package beside that file, or correct the import (relative ones need the file's extension).";
    return refuse(path, `imports something that can't be found: ${message}`, { hint, cause: thrown });
  }
  const hint =
    thrown instanceof PlanwrightError && thrown.hint !== "" ? thrown.hint : "Correct the file; importing it fails.";
  return refuse(path, `can't be loaded: ${message}`, { hint, cause: thrown });
}

function codeOf(thrown: unknown): unknown {
  return typeof thrown === "object" && thrown !== null && "code" in thrown ? thrown.code : undefined;
}

function refuse(path: string, problem: string, details: { hint: string; cause?: unknown }): PlanwrightError {
  return new PlanwrightError("CONFIG_INVALID", `Tool file '${path}' ${problem}.`, details);
}
