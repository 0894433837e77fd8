/** What a call says about prompts. Owns: where a user's own lie, and how `--prompt` is read. */
import { statSync } from "node:fs";
import { resolve } from "node:path";
import { PlanwrightError } from "../../error/planwright-error.ts";
import { parseReference } from "../../prompt/prompt-library.ts";
import type { LoadedConfig } from "./load-config.ts";

export interface PromptSettings {
  /** Absolute folders of the user's prompts. */
  folders: string[];
  /** By prompt name: the NAME@VERSION that --prompt chose. */
  chosen: Record<string, string>;
}

/** The configured folder, which has to be there; else `./prompts`, if it is. */
export function promptFolders({ config, folder }: LoadedConfig, cwd: string): string[] {
  if (config.prompts !== undefined) return [resolve(folder, config.prompts)];
  const usual = resolve(cwd, "prompts");
  return statSync(usual, { throwIfNoEntry: false })?.isDirectory() === true ? [usual] : [];
}

/** Throws VALIDATION for what is not NAME@VERSION, and where one name is given two versions. */
export function chosenPrompts(references: readonly string[]): Record<string, string> {
  const chosen = new Map<string, string>();
  for (const text of references) {
    const reference = parseReference(text);
    if (reference?.version == null) {
      throw refuse(`--prompt '${text.slice(0, 80)}' is not NAME@VERSION.`);
    }
    const { name } = reference;
    const before = chosen.get(name);
    if (before !== undefined && before !== text) throw refuse(`--prompt asks for both ${before} and ${text}.`);
    chosen.set(name, text);
  }
  return Object.fromEntries(chosen);
}

function refuse(message: string): PlanwrightError {
  return new PlanwrightError("VALIDATION", message, {
    hint: "For instance --prompt planning@2; planwright prompts lists what there is.",
  });
}
