/**
 * From a run to a fork of it whose first entry is durable (SAFETY R1). That one entry holds all that the fork inherits:
 * a crash leaves a whole fork, or none. Owns: what is copied. Must not: change the source.
 */

import { PlanwrightError } from "../error/planwright-error.ts";
import type { Budget } from "../goal/run-request.ts";
import { type BlobCache, createBlobCache, loadBlobs } from "../journal/blob-cache.ts";
import { type CutPrefix, cutPrefix } from "../journal/cut-prefix.ts";
import {
  type EntryData,
  type EntryOf,
  JOURNAL_FORMAT,
  type JournalEntry,
  type StoredValue,
} from "../journal/entries.ts";
import { everyStoredValue } from "../journal/entry-values.ts";
import type { ForkData, MayRepeat } from "../journal/fork-data.ts";
import { packEntries, wholeHistory } from "../journal/fork-prefix.ts";
import type { JournalContents, OwnedJournal } from "../journal/store.ts";
import { storeValue } from "../journal/store-value.ts";
import { TRUSTED } from "../policy/label.ts";
import { checkProposal } from "../run/check-proposal.ts";
import { mayRepeat } from "../run/may-repeat.ts";
import { createRunState, foldJournal, type RunState } from "../run/run-state.ts";
import { isoTime } from "../shared/clock.ts";
import type { JsonValue } from "../shared/json.ts";
import type { AcceptedRun } from "./accept-run.ts";
import type { CheckedForkOptions } from "./fork-options.ts";
import { environmentOf } from "./run-planning.ts";
import type { RuntimeEnvironment } from "./runtime-environment.ts";

export interface ForkRequest extends CheckedForkOptions {
  source: string;
}

export interface AcceptedFork extends AcceptedRun {
  forkedFrom: string;
  mayRepeat: MayRepeat[];
}

/** Throws NOT_FOUND, VALIDATION, PLAN_ codes, JOURNAL_ and STORE_ codes, and what `environmentOf` throws. */
export async function forkRun(environment: RuntimeEnvironment, id: string, asked: ForkRequest): Promise<AcceptedFork> {
  const source = await readSource(environment, asked);
  // Who plans the source plans its fork: words that come to nothing here are told before there is a fork.
  const its = await environmentOf(environment, source.accepted.asked);
  const draft = draftOf(its, source, asked);
  const imagined = imagine(its, id, { draft, cache: source.cache });
  if (asked.plan !== undefined) checkPlan(its, imagined, asked.plan);
  draft.fork.mayRepeat = mayRepeat(source.state.ledger, imagined.ledger);
  const created = await environment.store.create({ run: id });
  if ("existing" in created) throw new Error("a run without a key has no other");
  try {
    const accepted = await copy(created.journal, source, draft);
    return { ...accepted, forkedFrom: `${asked.source}@${asked.atDecision}`, mayRepeat: draft.fork.mayRepeat };
  } catch (error) {
    await created.journal.release().catch(() => undefined);
    throw error;
  }
}

interface Source {
  contents: JournalContents;
  cache: BlobCache;
  state: RunState;
  accepted: EntryData<"run.accepted">;
  cut: CutPrefix;
}

async function readSource({ store }: RuntimeEnvironment, { source, atDecision }: ForkRequest): Promise<Source> {
  const contents = await store.read(source, { isDurable: true });
  const { entries, blobs } = contents;
  const cache = await loadBlobs(entries, blobs);
  const state = foldJournal(entries, cache.read);
  if (state.ledger.compensation !== null && state.ledger.ended === null) throw isUndoing(source);
  const cut = cutPrefix(wholeHistory(entries, cache.read), atDecision);
  if (cut === null) throw noDecision(state, atDecision);
  return { contents, cache, state, accepted: state.ledger.accepted, cut };
}

/** What of it still stands when the fork begins, nobody can tell. */
function isUndoing(run: string): PlanwrightError {
  const hint = "Wait until it has ended, resume it where nobody drives it, or cancel it; then fork it.";
  return new PlanwrightError("VALIDATION", `Run ${run} undoes its steps just now.`, { runId: run, hint });
}

function noDecision({ ledger }: RunState, n: number): PlanwrightError {
  const { run, decisions } = ledger;
  return new PlanwrightError("VALIDATION", `Run ${run} has no decision ${n} that could be asked again.`, {
    runId: run,
    hint:
      decisions === 0
        ? "It has no decision yet; start another run instead."
        : `It has the decisions 1 to ${decisions}.`,
  });
}

/** The first entry of the fork, before anything is stored: parts of the prefix, and the plan, are still values. */
interface Draft {
  data: Omit<EntryData<"run.accepted">, "fork">;
  fork: Omit<ForkData, "plan" | "prefix">;
  plan: JsonValue | undefined;
  parts: JsonValue[];
}

function draftOf(environment: RuntimeEnvironment, { accepted, cut }: Source, asked: ForkRequest): Draft {
  const { planner, version } = environment;
  const { fork: _, ...kept } = accepted;
  const { source, atDecision, goal, plan, approve } = asked;
  const { cause, outputIssues = [] } = cut.requested.data;
  const budget: Budget = { ...accepted.budget, ...asked.budget };
  // A fixed plan is carried out by the planner that holds it; others are asked for by whoever plans here.
  const planned =
    accepted.fixedPlan === null
      ? { planner: planner.name, model: planner.model ?? null, isPersonal: planner.isPersonal === true }
      : {};
  return {
    data: {
      ...kept,
      goal: goal ?? accepted.goal,
      budget,
      // A grant was a person's word to the source, under its goal; or that of whoever made the archive it came from.
      grants: approve === null || approve === "none" ? [] : approve,
      denyApprovals: approve === null ? accepted.denyApprovals : approve === "none",
      ...planned,
      forkedFrom: `${source}@${atDecision}`,
      planwright: version,
    },
    fork: {
      run: source,
      decision: atDecision,
      head: cut.last.hash,
      cause,
      issues: outputIssues,
      goal: goal === null || goal === accepted.goal ? null : accepted.goal,
      mayRepeat: [],
      undoesOwn: true,
    },
    plan,
    parts: packEntries(cut.prefix),
  };
}

/** The fork as it will be after its first entry, which is not journalled yet. */
function imagine(
  environment: RuntimeEnvironment,
  run: string,
  { draft, cache }: { draft: Draft; cache: BlobCache },
): RunState {
  const at = isoTime(environment.clock.now());
  const header = { v: JOURNAL_FORMAT, run, seq: 0, epoch: 0, at, synced: -1, prev: "", hash: "" };
  const prefix = draft.parts.map((value) => ({ value }));
  const data = { ...draft.data, fork: { ...draft.fork, plan: null, prefix } };
  return createRunState({ ...header, kind: "run.accepted", data }, cache.read);
}

/** A plan that the checker refuses starts no fork. Throws its first error's code with all issues. */
function checkPlan({ tools, policy, planner }: RuntimeEnvironment, { ledger }: RunState, plan: JsonValue): void {
  const person = { isPersonal: true, defaultOnFailure: planner.defaultOnFailure ?? "replan" };
  const checked = checkProposal({ tools, policy, planner: person }, ledger, { raw: plan, planLabel: TRUSTED });
  const first = checked.issues.find(({ severity }) => severity === "error");
  if (!checked.hasErrors || first === undefined) return;
  throw new PlanwrightError(first.code, `The plan is refused: ${first.message}`, {
    issues: checked.issues,
    hint: first.hint,
  });
}

/** Blobs first, each durable before it is named (KERNEL, "Values"). */
async function copy(journal: OwnedJournal, source: Source, draft: Draft): Promise<AcceptedRun> {
  const blobs = createBlobCache();
  const place = { journal, blobs };
  await copyBlobs(source, draft, journal);
  const prefix: StoredValue[] = [];
  for (const part of draft.parts) prefix.push(await storeValue(place, part));
  const plan = draft.plan === undefined ? null : await storeValue(place, draft.plan);
  const entry = journal.append({
    kind: "run.accepted",
    data: { ...draft.data, fork: { ...draft.fork, plan, prefix } },
  }) as EntryOf<"run.accepted">;
  await journal.sync();
  const needed = await loadBlobs([entry], journal.blobs);
  return { journal, state: createRunState(entry, needed.read), blobs: needed, unpublished: [entry] };
}

/** All that the fork's entries name, also what only the decision log shows. */
async function copyBlobs({ contents, cut }: Source, { data }: Draft, journal: OwnedJournal): Promise<void> {
  const first = { kind: "run.accepted", data } as JournalEntry;
  const stored = [first, ...cut.prefix].flatMap(everyStoredValue);
  const names = new Set(stored.flatMap((value) => ("blob" in value ? [value.blob] : [])));
  for (const name of names) {
    const put = await journal.blobs.put(await contents.blobs.get(name));
    if (put.blob !== name) throw new Error(`blob ${name} has another name in the fork`);
  }
}
