/**
 * Reads prompt files: the shipped ones, then those of a user's folders, which take the place of shipped ones with the
 * same name and version. Owns: where they lie, and their number and size. Must not: judge what they say.
 * Reading is synchronous: a few small files, once, before anything runs.
 */
import { readdirSync, readFileSync, statSync } from "node:fs";
import { dirname, join } from "node:path";
import { describeThrown, PlanwrightError } from "../error/planwright-error.ts";
import { PROMPT_NAME, parsePrompt } from "./parse-prompt.ts";
import type { Prompt, PromptLibrary } from "./prompt.ts";
import { createPromptLibrary } from "./prompt-library.ts";

/** Of one file; a long prompt has 10 KB. */
const MOST_BYTES = 64 * 1024;
/** Files of one folder. */
const MOST_FILES = 500;
const FILE_NAME = /^v[1-9]\d{0,5}\.md$/;

export interface LoadPromptsOptions {
  /** Absolute paths of a user's folders; a later one takes precedence. */
  folders?: readonly string[];
  /** Folder of the shipped prompts; the package's own by default. */
  shipped?: string;
}

/**
 * All prompts: `<folder>/<name>/v<N>.md`; other files are left alone. A user's file with the text of the shipped one
 * counts as shipped.
 *
 * Throws CONFIG_INVALID: a folder that is not there, a file that can't be read, is too large or is not right.
 */
export function loadPrompts(options: LoadPromptsOptions = {}): PromptLibrary {
  const shipped = readFolder(options.shipped ?? shippedFolder(), true);
  const known = new Set(shipped.map(({ hash }) => hash));
  const own = (options.folders ?? []).flatMap((folder) => readFolder(folder, false));
  // Equal text says the same name and version, too: both are in it.
  return createPromptLibrary([...shipped, ...own.filter(({ hash }) => !known.has(hash))]);
}

/** Beside the package.json of this package, wherever the code was joined into: `src/prompt`, `dist/chunks`, … */
function shippedFolder(): string {
  for (let folder = import.meta.dirname; ; folder = dirname(folder)) {
    if (isPackageRoot(folder)) return join(folder, "prompts");
    if (dirname(folder) === folder) {
      throw new PlanwrightError("CONFIG_INVALID", "The folder of the shipped prompts is not found.", {
        hint: "The package has it beside its package.json; install it whole, or name a folder of prompts.",
      });
    }
  }
}

function isPackageRoot(folder: string): boolean {
  const file = join(folder, "package.json");
  if (statSync(file, { throwIfNoEntry: false })?.isFile() !== true) return false;
  return /"name"\s*:\s*"planwright"/.test(readFileSync(file, "utf8"));
}

function readFolder(folder: string, isShipped: boolean): Prompt[] {
  const files = namesIn(folder, folder)
    .filter((name) => PROMPT_NAME.test(name) && isFolder(join(folder, name)))
    .flatMap((name) => namesIn(join(folder, name), folder).map((base) => join(folder, name, base)))
    .filter((file) => FILE_NAME.test(file.slice(dirname(file).length + 1)));
  if (files.length > MOST_FILES) {
    throw refuse(`Prompt folder '${folder}' has ${files.length} prompts, more than ${MOST_FILES}.`, null);
  }
  return files.map((file) => parsePrompt(readFile(file), { file, source: isShipped ? "shipped" : file }));
}

function namesIn(path: string, folder: string): string[] {
  try {
    return readdirSync(path).sort();
  } catch (thrown) {
    throw refuse(`Prompt folder '${folder}' can't be read: ${describeThrown(thrown)}.`, thrown);
  }
}

function isFolder(path: string): boolean {
  return statSync(path, { throwIfNoEntry: false })?.isDirectory() === true;
}

function readFile(file: string): string {
  const { isFile, bytes } = statOf(file);
  if (!isFile) throw refuse(`Prompt file '${file}' is not a file.`, null);
  if (bytes > MOST_BYTES) throw refuse(`Prompt file '${file}' has ${bytes} bytes, more than ${MOST_BYTES}.`, null);
  const content = bytesOf(file);
  try {
    return new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(content);
  } catch (thrown) {
    throw refuse(`Prompt file '${file}' is not UTF-8.`, thrown);
  }
}

function statOf(file: string): { isFile: boolean; bytes: number } {
  const found = statSync(file, { throwIfNoEntry: false });
  return { isFile: found?.isFile() === true, bytes: found?.size ?? 0 };
}

function bytesOf(file: string): Uint8Array {
  try {
    return readFileSync(file);
  } catch (thrown) {
    throw refuse(`Prompt file '${file}' can't be read: ${describeThrown(thrown)}.`, thrown);
  }
}

function refuse(message: string, cause: unknown): PlanwrightError {
  const hint = "Prompts are files <folder>/<name>/v<N>.md; docs/prompts.md says what is in them.";
  return new PlanwrightError("CONFIG_INVALID", message, { hint, ...(cause === null ? {} : { cause }) });
}
