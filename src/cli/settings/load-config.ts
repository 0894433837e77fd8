/** Finds and reads the configuration file. Owns: where it is looked for. Importing a .js or .ts file runs it. */
import { existsSync, readFileSync } from "node:fs";
import { dirname, extname, join, resolve } from "node:path";
import { pathToFileURL } from "node:url";
import { describeThrown, PlanwrightError } from "../../error/planwright-error.ts";
import type { Terminal } from "../terminal.ts";
import { type Config, checkConfig } from "./config-schema.ts";

const NAMES = ["planwright.config.json", "planwright.config.js", "planwright.config.ts"];

export interface LoadedConfig {
  config: Config;
  /** As it was named, for messages; null where there is none. */
  file: string | null;
  /** Folder that relative paths in it start from. */
  folder: string;
}

/** What `--config` or PLANWRIGHT_CONFIG names, else what is found. Throws CONFIG_INVALID. */
export function loadCallConfig(named: string | undefined, { env, cwd }: Pick<Terminal, "env" | "cwd">) {
  const fromEnvironment = env["PLANWRIGHT_CONFIG"];
  return loadConfig(named ?? (fromEnvironment === "" ? undefined : fromEnvironment), cwd);
}

/** The named file, else the first that is there by its name. Throws CONFIG_INVALID. */
export async function loadConfig(named: string | undefined, cwd: string): Promise<LoadedConfig> {
  const file = named ?? NAMES.find((name) => existsSync(join(cwd, name)));
  if (file === undefined) return { config: {}, file: null, folder: cwd };
  const path = resolve(cwd, file);
  const value = extname(path) === ".json" ? readJsonFile(path, file) : await importFile(path, file);
  return { config: checkConfig(value, file), file, folder: dirname(path) };
}

function readJsonFile(path: string, file: string): unknown {
  let text: string;
  try {
    text = readFileSync(path, "utf8");
  } catch (thrown) {
    throw unusable(file, thrown, "can't be read");
  }
  try {
    return JSON.parse(text) as unknown;
  } catch (thrown) {
    throw unusable(file, thrown, "is not JSON");
  }
}

async function importFile(path: string, file: string): Promise<unknown> {
  if (!existsSync(path)) throw unusable(file, new Error("there is no such file"), "can't be read");
  try {
    const module = (await import(pathToFileURL(path).href)) as { default?: unknown };
    return module.default;
  } catch (thrown) {
    throw unusable(file, thrown, "can't be loaded");
  }
}

function unusable(file: string, cause: unknown, what: string): PlanwrightError {
  return new PlanwrightError("CONFIG_INVALID", `Configuration '${file}' ${what}: ${describeThrown(cause)}.`, {
    hint: "Name another file with --config, or correct this one (a .js or .ts file has the configuration as its default export).",
    cause,
  });
}
