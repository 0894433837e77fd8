/**
 * The decision log: the journal as seen by whoever must explain a run (CONTRACTS 3). Pure projection; owns no truth.
 * Holds every decision that has a verdict. One that is still being made is left out until it has one; where the run
 * ended first (cancelled, out of time, stopped by a failing step), nothing came of it: it is listed as rejected.
 */
import { type Issue, issueSchema } from "../error/issue.ts";
import type { ErrorShape } from "../error/planwright-error.ts";
import type { DocumentDigest } from "../goal/document.ts";
import { addCost, addUsage, NO_USAGE } from "../model/usage.ts";
import type { Decision } from "../plan/decision.ts";
import { noDiff } from "../plan/diff-plans.ts";
import { MODEL_PLAN_LIMITS, type ParseLimits, PERSONAL_PLAN_LIMITS, parseDecision } from "../plan/parse-decision.ts";
import type { HistoryItem, PlanningRequest, ToolDescription } from "../planner/planning-request.ts";
import type { JsonValue } from "../shared/json.ts";
import type { DecisionLogEntry, DecisionTry, DecisionView } from "./decision-log-entry.ts";
import { type EntryData, type EntryOf, isPersonalRun, type JournalEntry, type PlanDiff } from "./entries.ts";
import { inheritedEntries } from "./fork-prefix.ts";
import { type ReadBlob, storedValue } from "./store.ts";

export { type DecisionLogEntry, decisionLogEntrySchema } from "./decision-log-entry.ts";

/** The entries of one try, in the order they were journalled. */
interface TryEntries {
  requested: EntryOf<"decision.requested">;
  received: EntryData<"decision.received"> | null;
  rejected: EntryData<"decision.rejected"> | null;
  accepted: EntryData<"decision.accepted"> | null;
}

interface Journal {
  accepted: EntryOf<"run.accepted">;
  /** By decision number, then by try. */
  decisions: Map<number, Map<number, TryEntries>>;
  /** Decisions whose plan a person has replaced. */
  edited: Set<number>;
  ended: EntryOf<"run.ended"> | null;
  limits: ParseLimits;
  readBlob: ReadBlob;
}

/** Decisions with a verdict, from the first on. `readBlob` must also know the blobs of `decision.requested`. */
export function projectDecisions(entries: readonly JournalEntry[], readBlob: ReadBlob): DecisionLogEntry[] {
  const journal = readTries(entries, readBlob);
  if (journal === null) return [];
  const log: DecisionLogEntry[] = [];
  for (const tries of journal.decisions.values()) {
    const entry = projectDecision(journal, [...tries.values()], log.at(-1)?.revision ?? 0);
    if (entry !== null) log.push(entry);
  }
  return log;
}

function readTries(entries: readonly JournalEntry[], readBlob: ReadBlob): Journal | null {
  const [accepted, ...own] = entries;
  if (accepted?.kind !== "run.accepted") return null;
  const limits = isPersonalRun(accepted.data) ? PERSONAL_PLAN_LIMITS : MODEL_PLAN_LIMITS;
  const journal: Journal = { accepted, decisions: new Map(), edited: new Set(), ended: null, limits, readBlob };
  for (const entry of [...inheritedEntries(accepted, readBlob), ...own]) {
    if (entry.kind === "decision.requested") openTry(journal, entry);
    if (entry.kind === "plan.edited") journal.edited.add(entry.data.n);
    if (entry.kind === "run.ended") journal.ended = entry;
    if (entry.kind === "decision.received") set(journal, entry.data, { received: entry.data });
    if (entry.kind === "decision.rejected") set(journal, entry.data, { rejected: entry.data });
    if (entry.kind === "decision.accepted") set(journal, entry.data, { accepted: entry.data });
  }
  return journal;
}

function openTry({ decisions }: Journal, requested: EntryOf<"decision.requested">): void {
  const { n, attempt } = requested.data;
  const tries = decisions.get(n) ?? new Map<number, TryEntries>();
  decisions.set(n, tries.set(attempt, { requested, received: null, rejected: null, accepted: null }));
}

function set({ decisions }: Journal, at: { n: number; attempt: number }, part: Partial<TryEntries>): void {
  const found = decisions.get(at.n)?.get(at.attempt);
  if (found !== undefined) Object.assign(found, part);
}

/** Null while the decision has no verdict. */
function projectDecision(journal: Journal, entries: TryEntries[], revision: number): DecisionLogEntry | null {
  const first = entries[0];
  const last = entries.at(-1);
  if (first === undefined || last === undefined) return null;
  if (journal.ended === null && !isDecided(last)) return null;
  const { run, data: accepted } = journal.accepted;
  const { requested } = first;
  const answered = entries.findLast((entry) => entry.received !== null)?.received ?? null;
  const decision = last.accepted === null ? null : decisionOf(journal, last.accepted);
  const diff = decision?.kind === "plan" ? (last.accepted?.diff ?? noDiff()) : noDiff();
  const tries = entries.map((entry) => projectTry(journal, entry));
  return {
    v: 1,
    run,
    n: requested.data.n,
    at: requested.at,
    cause: journal.edited.has(requested.data.n) ? "edit" : requested.data.cause,
    revision: last.accepted?.revision ?? revision,
    planner: requested.data.cause === "edit" ? "person" : plannerOf(last.requested.data, accepted),
    model: answered?.model ?? null,
    prompt: answered?.prompt ?? null,
    requestHash: requested.data.requestHash,
    saw: projectView(requested.data, journal.readBlob),
    tries,
    decision,
    verdict: verdictOf(last),
    considered: answered?.considered ?? [],
    steps: decision?.kind === "plan" ? newSteps(decision.steps, diff) : [],
    diff: { ...diff },
    usage: tries.reduce((sum, { usage }) => addUsage(sum, usage), NO_USAGE),
    costUsd: tries.reduce<number | null>((sum, { costUsd }) => addCost(sum, costUsd), 0),
    durationMs: tries.reduce((sum, { durationMs }) => sum + durationMs, 0),
  };
}

/** The run's own planner, or the one that stood in for it or went on for it. */
function plannerOf(
  { planner, handedTo }: EntryData<"decision.requested">,
  accepted: EntryData<"run.accepted">,
): string {
  return planner ?? handedTo ?? accepted.planner;
}

/** `fallback`: accepted, but of a planner that stood in for the run's own. */
function verdictOf({ accepted, requested }: TryEntries): DecisionLogEntry["verdict"] {
  if (accepted === null) return "rejected";
  return requested.data.planner === undefined ? "accepted" : "fallback";
}

/** Accepted, or rejected without a further try. */
function isDecided({ accepted, rejected }: TryEntries): boolean {
  return accepted !== null || (rejected?.error ?? null) !== null;
}

function decisionOf(journal: Journal, accepted: EntryData<"decision.accepted">): Decision {
  return storedValue(accepted.decision, journal.readBlob) as Decision;
}

function newSteps(steps: readonly { id: string }[], diff: PlanDiff): string[] {
  const isNew = new Set([...diff.added, ...diff.changed]);
  return steps.map(({ id }) => id).filter((id) => isNew.has(id));
}

function projectTry(journal: Journal, entry: TryEntries): DecisionTry {
  const { received, rejected, accepted } = entry;
  const raw = received === null || received.error !== null ? null : storedValue(received.raw, journal.readBlob);
  const hasAnswer = received !== null && received.error === null;
  return {
    raw: hasAnswer ? answerText(journal, received, raw) : "",
    decision:
      accepted !== null
        ? decisionOf(journal, accepted)
        : hasAnswer
          ? parseDecision(raw, journal.limits).decision
          : null,
    issues: accepted?.issues ?? (rejected === null ? unjudged(journal) : rejectionIssues(rejected, received)),
    dialect: received?.dialect ?? "none",
    usage: { ...(received?.usage ?? NO_USAGE) },
    costUsd: received === null ? 0 : received.costUsd,
    durationMs: received?.durationMs ?? 0,
  };
}

/** What the model wrote, before it was decoded; else the answer as it came. */
function answerText(journal: Journal, { answer }: EntryData<"decision.received">, raw: JsonValue): string {
  const text = answer === undefined ? raw : storedValue(answer, journal.readBlob);
  return typeof text === "string" ? text : JSON.stringify(text);
}

/** The issues of the checker; an error that is none of them (a planner that threw, PLAN_STUCK) comes as one more. */
function rejectionIssues(
  { issues, error: ended }: EntryData<"decision.rejected">,
  received: EntryData<"decision.received"> | null,
): Issue[] {
  const error = ended ?? received?.error ?? null;
  const isListed = error === null || issues.some((issue) => issue.severity === "error" && issue.code === error.code);
  return isListed ? issues : [...issues, errorIssue(error)];
}

function errorIssue({ code, message, hint }: Pick<ErrorShape, "code" | "message" | "hint">): Issue {
  return issueSchema.parse({ severity: "error", code, path: "", message, hint, fix: null });
}

/** A try that the end of the run overtook. */
function unjudged({ ended }: Journal): Issue[] {
  const message = `The run was ${ended?.data.status ?? "stopped"} before this try had a verdict.`;
  return [
    errorIssue({ code: ended?.data.error?.code ?? "CANCELLED", message, hint: "Start or fork the run to ask again." }),
  ];
}

/** Reads back what the planner was shown; previews are counted, not repeated. */
function projectView({ request, visibility }: EntryData<"decision.requested">, readBlob: ReadBlob): DecisionView {
  const documents = storedValue(request.documents, readBlob) as DocumentDigest[];
  const tools = storedValue(request.catalogue, readBlob) as unknown as ToolDescription[];
  const history = storedValue(request.history, readBlob) as unknown as HistoryItem[];
  const { budgetLeft } = storedValue(request.parameters, readBlob) as unknown as Pick<PlanningRequest, "budgetLeft">;
  return {
    documents: documents.map(({ name, type, chars, preview }) => ({
      name,
      type,
      chars,
      previewChars: preview?.length ?? 0,
    })),
    tools: tools.map(({ name }) => name),
    history: history.map(({ step, status }) => ({ step, status })),
    budgetLeft,
    visibility,
  };
}
