/** A runtime made from the settings of one call, and its store. Owns: opening and giving back. */
import { createRuntime, type Runtime, type RuntimeOptions } from "../create-runtime.ts";
import { createFileStore } from "../journal/file-store.ts";
import { createFileRunCache } from "../journal/run-cache.ts";
import type { Store } from "../journal/store.ts";
import type { Model } from "../model/model.ts";
import { openModel } from "../model/open-model.ts";
import { loadPrompts } from "../prompt/load-prompts.ts";
import { openAskedModel } from "../server/model-words.ts";
import { loadTools } from "../tool/load-tools.ts";
import type { Tool } from "../tool/tool.ts";
import type { Telemetry } from "../trace/start-telemetry.ts";
import type { WorkflowEntry, WorkflowLibrary } from "../workflow/workflow-library.ts";
import type { Call } from "./call.ts";
import type { PromptSettings } from "./settings/prompt-settings.ts";
import { readSettings, type Settings } from "./settings/read-settings.ts";

export interface Session {
  call: Call;
  settings: Settings;
  store: Store;
  runtime: Runtime;
  /** What plans; null for rules, and for work that only looks. */
  model: Model | null;
  /** Workflows of files that this call names; found before those of the library. */
  workflowEntries: WorkflowEntry[];
  /** Where spans go; null where no collector is set, and for work that only looks. */
  telemetry: Telemetry | null;
  /** A command of ours with the flags that this call was given, ready for a shell. */
  commandLine(...words: string[]): string;
}

/** Commands that may drive a run, and so need its tools. */
const TAKES_UP = /^runs (approve|reject|answer|cancel|resume|fork)\b/;

/** Does the work with a runtime and gives the runtime back, whatever happens. Throws CONFIG_INVALID. */
export async function withSession<T>(call: Call, work: (session: Session) => Promise<T>): Promise<T> {
  return withOpened(await openSession(call, true), work);
}

/** The same for work that only looks at runs: no model is opened, and so no key is needed. */
export async function withReadSession<T>(call: Call, work: (session: Session) => Promise<T>): Promise<T> {
  return withOpened(await openSession(call, false), work);
}

async function withOpened<T>(session: Session, work: (session: Session) => Promise<T>): Promise<T> {
  try {
    return await work(session);
  } finally {
    await session.runtime.close();
    await session.telemetry?.stop();
  }
}

async function openSession(call: Call, hasModel: boolean): Promise<Session> {
  const settings = await readSettings(call.options, call.terminal);
  const tools = await loadAll(settings.toolFiles);
  const { store: root, planner, prices, prompts, visibility } = settings;
  const store = createFileStore({ root });
  const opening = {
    env: call.terminal.env,
    prices,
    openCassette: (file: string) => playCassette(file, call.terminal.cwd),
  };
  const model = planner.model === null || !hasModel ? null : await openModel(planner.model, opening);
  const workflowEntries: WorkflowEntry[] = [];
  const telemetry = hasModel ? await telemetryOf(call) : null;
  const runtime = createRuntime({
    store,
    cache: () => createFileRunCache({ root }),
    tools,
    ...promptOptions(prompts, model !== null),
    ...(telemetry === null ? {} : { tracer: telemetry.tracer, spanIds: telemetry.spanIds }),
    visibility,
    workflows: async () => openWorkflows(settings.workflows, workflowEntries),
    secrets: settings.secrets,
    ...(model === null ? {} : { model }),
    openModel: (word) => openAskedModel(word, { ...opening, configured: planner.model }),
    ...(settings.hasFallback ? { fallback: "rule" as const } : {}),
    limits: { budget: settings.limits },
  });
  return {
    call,
    settings,
    store,
    runtime,
    model,
    workflowEntries,
    telemetry,
    commandLine: (...words) => {
      const { store: forStore, runtime: forRuntime } = settings.flags;
      return ["planwright", ...words, ...(TAKES_UP.test(words.join(" ")) ? forRuntime : forStore)].join(" ");
    },
  };
}

/** Only runs of workflows need them. */
async function openWorkflows(folders: string[], entries: WorkflowEntry[]): Promise<WorkflowLibrary> {
  return (await import("../workflow/load-workflows.ts")).loadWorkflows({ folders, entries });
}

/** Loading what sends spans takes time, and most calls have no collector. */
async function telemetryOf({ terminal: { env } }: Call): Promise<Telemetry | null> {
  if (!Object.keys(env).some((name) => name.startsWith("OTEL_EXPORTER_OTLP"))) return null;
  const { startTelemetry } = await import("../trace/start-telemetry.ts");
  return startTelemetry(env);
}

/** Reading prompts takes time, and rules need none. */
function promptOptions(
  { folders, chosen }: PromptSettings,
  hasModel: boolean,
): Pick<RuntimeOptions, "prompts" | "prompt"> {
  const prompt = Object.values(chosen);
  return hasModel || prompt.length > 0 ? { prompts: loadPrompts({ folders }), prompt } : {};
}

/** Only what is recorded: a run from a cassette asks nobody. */
async function playCassette(file: string, folder: string): Promise<Model> {
  const { openCassette } = await import("../model/cassette-model.ts");
  return openCassette(`cassette:${file}`, { folder });
}

async function loadAll(files: readonly string[]): Promise<Tool[]> {
  const tools: Tool[] = [];
  for (const file of files) tools.push(...(await loadTools(file)));
  return tools;
}
