/**
 * A logged decision as a case: what the planner was asked, and what it decided as a first gold, for a person to correct.
 * Owns: reading it from a run's journal. Must not: judge the decision.
 */
import { builtInTools } from "../../../tools/built-in-tools.ts";
import { PlanwrightError } from "../../error/planwright-error.ts";
import { unpackDocument } from "../../goal/stored-document.ts";
import { loadBlobs } from "../../journal/blob-cache.ts";
import { type DecisionLogEntry, projectDecisions } from "../../journal/decision-log.ts";
import type { EntryOf, JournalEntry } from "../../journal/entries.ts";
import { wholeHistory } from "../../journal/fork-prefix.ts";
import { type ReadBlob, type Store, storedValue } from "../../journal/store.ts";
import type { Decision } from "../../plan/decision.ts";
import type { ToolDescription } from "../../planner/planning-request.ts";
import type { JsonObject, JsonValue } from "../../shared/json.ts";
import { type EvalCase, evalCaseSchema } from "../case.ts";
import { type LoggedCall, loggedCalls, stubsOf } from "./stubs-from-run.ts";

export interface LoggedCase {
  evalCase: EvalCase;
  /** The chosen decision. */
  n: number;
  /** All decisions of the run. */
  decisions: DecisionLogEntry[];
  /** What the tools had come to when the chosen one was asked for. */
  callsBefore: LoggedCall[];
}

/** Throws NOT_FOUND for an unknown run or decision, JOURNAL_CORRUPT. */
export async function caseFromRun(store: Store, { run, n }: { run: string; n: number }): Promise<LoggedCase> {
  const { entries, blobs } = await store.read(run);
  const { read } = await loadBlobs(entries, blobs, { withRequests: true });
  const decisions = projectDecisions(entries, read);
  const chosen = decisions.find((one) => one.n === n);
  const accepted = entries.find((entry) => entry.kind === "run.accepted");
  if (chosen === undefined || accepted === undefined) throw noSuchDecision(run, n, decisions.length);
  const { params, documents, outputSchema } = accepted.data;
  const stubs = stubsOf(loggedCalls(entries, read));
  const content = {
    id: `${run.replace(/^run_/, "")}-${n}`,
    goal: goalOf(accepted, n),
    documents: documents.map(({ document }) => textOf(storedValue(document, read))),
    ...(Object.keys(params).length === 0 ? {} : { params }),
    ...(outputSchema === null ? {} : { outputSchema }),
    tools: toolsOf(wholeHistory(entries, read), { n, read }),
    tags: ["from-run"],
    ...(n === 1 ? {} : { decision: n }),
    ...(Object.keys(stubs).length === 0 ? {} : { stubs }),
    gold: chosen.decision === null ? null : { anyOf: [goldOf(chosen.decision)] },
  };
  const callsBefore = loggedCalls(entries, read, { before: n });
  return { evalCase: evalCaseSchema.parse(content), n, decisions, callsBefore };
}

/** What a fork inherits was decided for the goal of its source. */
function goalOf({ data: { goal, fork } }: EntryOf<"run.accepted">, n: number): string {
  return fork !== undefined && n < fork.decision ? (fork.goal ?? goal) : goal;
}

function textOf(stored: JsonValue): JsonObject {
  const { name, type, text } = unpackDocument(stored);
  return { name, type, text };
}

/** What it could choose from: by name what everyone has, by definition what was the application's own. */
function toolsOf(entries: readonly JournalEntry[], { n, read }: { n: number; read: ReadBlob }): JsonValue[] {
  const asked = entries.find((entry): entry is EntryOf<"decision.requested"> => {
    return entry.kind === "decision.requested" && entry.data.n === n;
  });
  if (asked === undefined) return [];
  const tools = storedValue(asked.data.request.catalogue, read) as unknown as ToolDescription[];
  const known = new Set([
    ...builtInTools.map(({ name }) => name),
    "answer_question",
    "extract",
    "classify",
    "generate",
  ]);
  return tools.map(({ name, description, inputSchema, outputSchema, effect, idempotency }) =>
    known.has(name) ? name : { name, description, inputSchema, outputSchema, effect, idempotency },
  );
}

function goldOf(decision: Decision): JsonObject {
  if (decision.kind === "plan") {
    const { steps, then, output } = decision;
    return { kind: "plan", steps, then, ...(output === undefined ? {} : { output }) } as unknown as JsonObject;
  }
  return decision.kind === "finish" ? { kind: "finish", output: decision.output } : { kind: decision.kind };
}

function noSuchDecision(run: string, n: number, count: number): PlanwrightError {
  return new PlanwrightError("NOT_FOUND", `Run ${run} has no decision ${n}.`, {
    runId: run,
    hint: count === 0 ? "It has no decision yet." : `It has the decisions 1 to ${count}.`,
  });
}
