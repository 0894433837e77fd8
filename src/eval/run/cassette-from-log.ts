/**
 * A cassette made of a decision log: the answers are in the log, and the requests follow from the case and the prompt.
 * Owns: that replaying it gives the logged decisions, or that it is said when it doesn't. Asks nobody.
 */
import { createModelPlanner } from "../../../planners/model-planner.ts";
import { createModelTools } from "../../../tools/model-tools.ts";
import { PlanwrightError } from "../../error/planwright-error.ts";
import type { DecisionLogEntry } from "../../journal/decision-log-entry.ts";
import { createMemoryStore } from "../../journal/memory-store.ts";
import { openCassette } from "../../model/cassette-model.ts";
import { type AnswerFormat, type Model, ModelError, type ProviderName } from "../../model/model.ts";
import { priceOf } from "../../model/price-table.ts";
import type { PromptLibrary } from "../../prompt/prompt.ts";
import { pinPrompts } from "../../prompt/prompt-library.ts";
import { renderPrompt } from "../../prompt/render-prompt.ts";
import type { Clock } from "../../shared/clock.ts";
import { canonicalJson } from "../../shared/json.ts";
import { suiteSchema } from "../suite.ts";
import type { LoggedCase } from "./case-from-run.ts";
import { loadCaseAlone } from "./load-suite.ts";
import { createProviderGates } from "./provider-gates.ts";
import { runTrial } from "./run-trial.ts";
import { createSpending } from "./spending.ts";

export interface RecordingOptions {
  /** Absolute path; grows where it is there already. */
  cassette: string;
  library: PromptLibrary;
  clock: Clock;
}

/** True where a replay comes to the logged decision. Throws CONFIG_INVALID where the prompt is not the one of the log. */
export async function recordFromLog({ evalCase, decisions }: LoggedCase, options: RecordingOptions): Promise<boolean> {
  const { cassette, library, clock } = options;
  const [first] = decisions;
  const last = decisions.at(-1);
  if (first?.model == null || last === undefined) return false;
  const prompts = pinnedLibrary(library, first);
  const inner = loggedModel(first.model, decisions);
  const model = await openCassette(`cassette:${cassette}`, { mode: "record", inner, clock });
  const level = evalCase.decision === undefined ? "plan" : "loop";
  const suite = suiteSchema.parse({ name: "from-run", level, cases: [evalCase] });
  const loaded = await loadCaseAlone(evalCase);
  const rest = { cases: [loaded], tools: [], judges: [], hash: "", askedHash: "", file: "", folder: "" };
  const setting = {
    ...{ experiment: "from-run", store: createMemoryStore(), clock },
    suite: { ...suite, ...rest },
    gates: createProviderGates({}, clock),
    spending: createSpending({ maxCostUsd: null, maxTokens: null }),
  };
  const record = await runTrial(setting, {
    loaded,
    number: 1,
    variant: {
      ...{ id: "logged", hash: "", facts: {}, model, isReplay: true },
      createPlanner: (caller) => {
        if (caller === null) throw new PlanwrightError("INTERNAL", "A logged model has a caller.");
        const { visibility } = first.saw;
        return createModelPlanner({ caller, prompts, visibility: visibility === "shape" ? "shape" : "preview" });
      },
      createTools: (caller) => (caller === null ? [] : createModelTools({ caller, prompts, render: renderPrompt })),
    },
  });
  const replayed = record?.decisions.find(({ n }) => n === last.n)?.decision ?? null;
  return canonicalJson(replayed) === canonicalJson(last.decision);
}

function pinnedLibrary(library: PromptLibrary, { prompt }: DecisionLogEntry): PromptLibrary {
  if (prompt === null) return library;
  const mark = prompt.name === "planning" ? `planning@${prompt.version}` : "planning";
  if (prompt.name === "planning" && library.get(mark).hash !== prompt.hash) {
    throw new PlanwrightError("CONFIG_INVALID", `Prompt '${mark}' is not the one that the run was planned with.`, {
      hint: "Name the folder of prompts that it came from in the configuration.",
    });
  }
  return pinPrompts(library, [mark]);
}

/** Gives the answers of the log, in order, with what they used. */
function loggedModel(name: string, decisions: readonly DecisionLogEntry[]): Model {
  const tries = decisions.flatMap((decision) => decision.tries);
  const dialect = tries[0]?.dialect ?? "text";
  const formats: AnswerFormat["kind"][] = dialect === "tool" || dialect === "text" ? [dialect] : ["schema"];
  let asked = 0;
  return {
    name,
    provider: providerOf(name),
    price: priceOf(name, undefined),
    maxOutputTokens: 8_192,
    formats,
    async generate() {
      const answer = tries[asked];
      asked += 1;
      if (answer === undefined || answer.raw === "") {
        throw new ModelError("MODEL_BAD_RESPONSE", "The log has no further answer.", {
          hint: "Choose an earlier decision.",
        });
      }
      const { inputTokens, outputTokens } = answer.usage;
      const usage = { inputTokens, outputTokens, cachedInputTokens: 0, cacheWriteTokens: 0 };
      return { value: answer.raw, usage, raw: null, model: name };
    },
  };
}

function providerOf(name: string): ProviderName {
  const [kind] = name.split(":");
  return kind === "anthropic" || kind === "openai" ? kind : "compatible";
}
