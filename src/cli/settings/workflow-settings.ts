/** Where a user's workflows are: the configured folder, which has to be there; else `./workflows`, if it is. */
import { statSync } from "node:fs";
import { resolve } from "node:path";
import type { LoadedConfig } from "./load-config.ts";

/** Absolute paths. */
export function workflowFolders({ config, folder }: LoadedConfig, cwd: string): string[] {
  if (config.workflows !== undefined) return [resolve(folder, config.workflows)];
  const usual = resolve(cwd, "workflows");
  return statSync(usual, { throwIfNoEntry: false })?.isDirectory() === true ? [usual] : [];
}
