/**
 * A cassette made of a decision log: the answers are in the log, and the requests follow from the case and the prompt.
 * Owns: that replaying it gives the logged decisions, or that it is said when it doesn't. Asks nobody.
 */
import { createModelPlanner } from "../../../planners/model-planner.ts";
import { createModelTools } from "../../../tools/model-tools.ts";
import { PlanwrightError } from "../../error/planwright-error.ts";
import { loadBlobs } from "../../journal/blob-cache.ts";
import type { DecisionLogEntry } from "../../journal/decision-log-entry.ts";
import { createMemoryStore } from "../../journal/memory-store.ts";
import { removeIfThere } from "../../journal/store-disk.ts";
import { type CassettePlace, createCassetteWriter, readCassette } from "../../model/cassette/cassette-file.ts";
import type { CassetteCall } from "../../model/cassette/cassette-line.ts";
import { textLines } from "../../model/cassette/request-parts.ts";
import { openCassette } from "../../model/cassette-model.ts";
import { type AnswerFormat, type Model, ModelError, type ProviderName } from "../../model/model.ts";
import { priceOf } from "../../model/price-table.ts";
import type { PromptLibrary } from "../../prompt/prompt.ts";
import { pinPrompts } from "../../prompt/prompt-library.ts";
import { renderPrompt } from "../../prompt/render-prompt.ts";
import type { Clock } from "../../shared/clock.ts";
import { canonicalJson } from "../../shared/json.ts";
import { nodeFileSystem } from "../../shared/node-file-system.ts";
import { suiteSchema } from "../suite.ts";
import type { LoggedCase } from "./case-from-run.ts";
import { loadCaseAlone } from "./load-suite.ts";
import { createProviderGates } from "./provider-gates.ts";
import { runTrial } from "./run-trial.ts";
import { createSpending } from "./spending.ts";
import { type LoggedCall, loggedCalls } from "./stubs-from-run.ts";

export interface RecordingOptions {
  /** Absolute path; grows where it is there already. */
  cassette: string;
  library: PromptLibrary;
  clock: Clock;
}

/**
 * True where a replay comes to the logged decision, by way of the same outcomes of tools; only then the cassette has it.
 * Throws CONFIG_INVALID where the prompt is not the one of the log, VALIDATION where the cassette has other answers.
 */
export async function recordFromLog(logged: LoggedCase, options: RecordingOptions): Promise<boolean> {
  const { decisions, n } = logged;
  const [first] = decisions;
  if (first?.model == null) return false;
  const part = { file: `${options.cassette}.part`, fileSystem: nodeFileSystem };
  const upToIt = decisions.filter((one) => one.n <= n);
  try {
    // What was decided later lets a suite of the level loop go on to the end, where that can be replayed, too.
    for (const [wanted, last] of [[decisions, decisions.at(-1)?.n ?? n] as const, [upToIt, n] as const]) {
      await removeIfThere(part.fileSystem, part.file);
      const replayed = await replayLog({ ...logged, decisions: wanted }, { ...options, cassette: part.file });
      if (!isAlike(logged, replayed, last)) continue;
      await addRecording(part, { file: options.cassette, fileSystem: nodeFileSystem });
      return true;
    }
    return false;
  } finally {
    await removeIfThere(part.fileSystem, part.file);
  }
}

/** A run of the case with the answers of the log. */
interface Replayed {
  decisions: readonly DecisionLogEntry[];
  callsBefore: readonly LoggedCall[];
}

async function replayLog({ evalCase, n, decisions }: LoggedCase, options: RecordingOptions): Promise<Replayed> {
  const { cassette, library, clock } = options;
  const [first] = decisions;
  if (first === undefined) throw new PlanwrightError("INTERNAL", "A log without decisions can't be replayed.");
  const prompts = pinnedLibrary(library, first);
  const inner = loggedModel(first.model ?? "", decisions);
  const model = await openCassette(`cassette:${cassette}`, { mode: "record", inner, clock });
  const suite = suiteSchema.parse({ name: "from-run", level: "loop", cases: [evalCase] });
  const loaded = await loadCaseAlone(evalCase);
  const rest = { cases: [loaded], tools: [], judges: [], hash: "", askedHash: "", file: "", folder: "" };
  const store = createMemoryStore();
  const setting = {
    ...{ experiment: "from-run", store, clock },
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
  if (record === null) return { decisions: [], callsBefore: [] };
  const { entries, blobs } = await store.read(record.run);
  const { read } = await loadBlobs(entries, blobs, { withRequests: true });
  return { decisions: record.decisions, callsBefore: loggedCalls(entries, read, { before: n }) };
}

/** The same decisions up to `last`, and before the chosen one the same outcomes of the same calls. */
function isAlike(logged: LoggedCase, replayed: Replayed, last: number): boolean {
  const decided = (decisions: readonly DecisionLogEntry[]): string =>
    canonicalJson(
      decisions
        .filter(({ n }) => n <= last)
        .map(({ n, decision, tries }) => ({ n, decision, answers: tries.map(({ raw }) => raw) })),
    );
  const came = (calls: readonly LoggedCall[]): string =>
    canonicalJson(
      calls
        .map(({ step, index, tool, outcomes }) => canonicalJson({ step, index, tool, came: outcomes.at(-1) ?? null }))
        .sort(),
    );
  return (
    decided(logged.decisions) === decided(replayed.decisions) && came(logged.callsBefore) === came(replayed.callsBefore)
  );
}

/** Throws VALIDATION where the cassette answers one of the requests otherwise: of two answers the later one would win. */
async function addRecording(part: CassettePlace, target: CassettePlace): Promise<void> {
  const made = await readCassette(part);
  const there = await readCassette(target);
  if (made?.header == null) return;
  if (there?.header != null && there.header.model.name !== made.header.model.name) {
    throw otherAnswers(target.file, `is of '${there.header.model.name}', not of '${made.header.model.name}'`);
  }
  const known = new Map(there?.calls.map((call) => [call.key, call]));
  const answerOf = (call: CassetteCall | undefined): string =>
    canonicalJson(call?.answer?.value ?? call?.error ?? null);
  const fresh = made.calls.filter((call) => {
    const before = known.get(call.key);
    if (before !== undefined && answerOf(before) !== answerOf(call)) {
      throw otherAnswers(target.file, "has another answer to what this case asks, from a run with the same goal");
    }
    return before === undefined;
  });
  const texts = textLines(made.texts, there?.texts ?? new Map());
  const header = there?.header == null ? [made.header] : [];
  const writer = createCassetteWriter(target, there?.tail ?? { keepBytes: null, needsLineEnd: false });
  await writer.append(() => [...header, ...texts, ...fresh]);
}

function otherAnswers(file: string, problem: string): PlanwrightError {
  return new PlanwrightError("VALIDATION", `Cassette '${file}' ${problem}.`, {
    hint: "Name another file with --into: the case gets a cassette of its own beside it.",
  });
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
      // No failure of a model: what the log doesn't tell must not get into a cassette.
      if (answer === undefined || answer.raw === "")
        throw new ModelError("CANCELLED", "The log has no further answer.");
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
