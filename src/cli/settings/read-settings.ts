/** What holds for this call: flags > environment > configuration > default. Owns: that order. */
import { resolve } from "node:path";
import type { Budget } from "../../goal/run-request.ts";
import type { Price } from "../../model/price.ts";
import { secretsIn } from "../../shared/mask-secrets.ts";
import type { CliOptions } from "../call.ts";
import type { Terminal } from "../terminal.ts";
import { choosePlanner, type ModelWish, type PlannerChoice } from "./choose-planner.ts";
import { type LoadedConfig, loadCallConfig } from "./load-config.ts";
import { chosenPrompts, type PromptSettings, promptFolders } from "./prompt-settings.ts";
import { workflowFolders } from "./workflow-settings.ts";

export interface Settings {
  /** Absolute folder of the store. */
  store: string;
  planner: PlannerChoice;
  /** Absolute paths. */
  toolFiles: string[];
  prompts: PromptSettings;
  /** Absolute folders of the user's workflows. */
  workflows: string[];
  /** Prices beside those of the table, by model name. */
  prices: Record<string, Price>;
  /** How much of untrusted content a model sees. */
  visibility: "preview" | "shape";
  /** Whether rules stand in where the model has no good answer. */
  hasFallback: boolean;
  /** Values that must be kept nowhere, beside the keys of providers. */
  secrets: string[];
  /** Limits of runs that do not set their own. */
  limits: Partial<Budget>;
  /** Configuration file as it was named, or null. */
  configFile: string | null;
  /** Flags that a later call on the same runs needs too, ready for a shell. */
  flags: { store: string[]; runtime: string[] };
}

/** Throws CONFIG_INVALID. Imports a configuration in JavaScript, but no tools. */
export async function readSettings(options: CliOptions, { env, cwd }: Terminal): Promise<Settings> {
  const loaded = await loadCallConfig(options.config, { env, cwd });
  const { config, folder } = loaded;
  const given = options.store ?? nonEmpty(env["PLANWRIGHT_STORE"]);
  const configured = config.store === undefined ? undefined : resolve(folder, config.store);
  const toolFiles = options.tools?.map((file) => resolve(cwd, file));
  return {
    store: given === undefined ? (configured ?? resolve(cwd, ".planwright")) : resolve(cwd, given),
    planner: choosePlanner(modelWish(options, env, loaded), env),
    toolFiles: toolFiles ?? (config.tools ?? []).map((file) => resolve(folder, file)),
    prompts: { folders: promptFolders(loaded, cwd), chosen: chosenPrompts(options.prompt ?? []) },
    workflows: workflowFolders(loaded, cwd),
    prices: config.prices ?? {},
    visibility: config.policy?.visibility ?? "preview",
    hasFallback: (options.fallback ?? config.fallback) === "rule",
    secrets: secretsIn(env, config.secrets),
    limits: definedOnly(config.limits ?? {}),
    configFile: loaded.file,
    flags: repeatedFlags(options),
  };
}

function modelWish(options: CliOptions, env: Terminal["env"], { config, file }: LoadedConfig): ModelWish | null {
  if (options.model !== undefined) return { model: options.model, from: "--model" };
  const model = nonEmpty(env["PLANWRIGHT_MODEL"]);
  if (model !== undefined) return { model, from: "PLANWRIGHT_MODEL" };
  return config.model === undefined ? null : { model: config.model, from: `Configuration '${file}'` };
}

/** For calls that only read the store, and for those that take a run up. */
function repeatedFlags({ config, store, tools = [], model, fallback, prompt = [] }: CliOptions): Settings["flags"] {
  const flag = (name: string, value: string | undefined): string[] =>
    value === undefined ? [] : [name, quoted(value)];
  const forStore = [...flag("--config", config), ...flag("--store", store)];
  const forRuntime = [
    ...flag("--model", model),
    ...flag("--fallback", fallback),
    ...tools.flatMap((file) => flag("--tools", file)),
    ...prompt.flatMap((mark) => flag("--prompt", mark)),
  ];
  return { store: forStore, runtime: [...forStore, ...forRuntime] };
}

/** An argument as a POSIX shell takes it. */
export function quoted(text: string): string {
  return /^[\w@%+=:,./-]+$/.test(text) ? text : `'${text.replaceAll("'", `'\\''`)}'`;
}

function nonEmpty(text: string | undefined): string | undefined {
  return text === "" ? undefined : text;
}

function definedOnly(limits: { [K in keyof Budget]?: Budget[K] | undefined }): Partial<Budget> {
  return Object.fromEntries(Object.entries(limits).filter(([, value]) => value !== undefined));
}
