/**
 * Stops a run at every boundary of its journal (before and after each append and each sync) or at any call of the file
 * system, goes on with it in a new process, and compares how it ends with the run that nobody stopped.
 */
import { loadBlobs } from "../../src/journal/blob-cache.ts";
import type { RunResult } from "../../src/run/run-result.ts";
import { acceptRun } from "../../src/runtime/accept-run.ts";
import { commandRun } from "../../src/runtime/command-run.ts";
import { createRunHandle, readResult } from "../../src/runtime/run-handle.ts";
import { checkRequest } from "../../src/runtime/run-request.ts";
import { canonicalJson, type JsonValue } from "../../src/shared/json.ts";
import { type FileFault, type FileOperation, fileError } from "../../src/testing/file-faults.ts";
import type { UnsyncedFate } from "../../src/testing/memory-disk.ts";
import { checkJournal } from "./check-journal.ts";
import type { CrashScene } from "./crash-scenes.ts";
import { seedOf } from "./dice.ts";
import { isAwake, kill, type Mortal, stall, wake } from "./mortal-process.ts";
import { createReferee, type Referee } from "./referee.ts";
import { createSimulatedWorld, type Process, type SimulatedWorld } from "./simulated-world.ts";
import { outputOf, sweepPlanner, sweepTools } from "./sweep-tools.ts";

const RUN = "run_0000000000000000000000000sweep";
const MOST_TURNS = 2_000;

export interface SweepEnd {
  /** What must be equal: status, output, steps with their outcomes. */
  summary: string;
  problems: readonly string[];
  boundaries: number;
  /** Calls of the file system. */
  fileCalls: number;
  crashes: number;
}

/** Where the process dies, or the disk fails, counted from 1 over the whole play. */
export interface Death {
  boundary?: number;
  fileCall?: number;
  /** From that call of the file system on, so many calls fail with this code. */
  fault?: { fileCall: number; code: string; count: number };
  /** What the power cut leaves of what was not synced; lost by default. */
  fate?: UnsyncedFate;
  /** Chance of `fate: "random"`. */
  seed?: number;
}

interface Play {
  scene: CrashScene;
  referee: Referee;
  world: SimulatedWorld;
  process: Process;
  /** The process that stood still while another one took the run over. */
  sleeper: Process | null;
  death: Death;
  boundaries: number;
  fileCalls: number;
  crashes: number;
  /** Calls so far, by step and index: what flaky tools count. */
  counts: Map<string, number>;
}

/** Plays the scene; the process that has it in hand dies where `death` says. */
export async function playScene(scene: CrashScene, storage: "memory" | "file", death: Death = {}): Promise<SweepEnd> {
  const referee = createReferee();
  const play = { scene, referee, death, boundaries: 0, fileCalls: 0, crashes: 0, counts: new Map() } as unknown as Play;
  play.sleeper = null;
  play.world = createSimulatedWorld({
    seed: seedOf(scene.name),
    storage,
    referee,
    syncMs: () => 0,
    weather: {
      seed: seedOf(death.boundary ?? 0, death.fileCall ?? 0, death.seed ?? 0),
      callMs: () => null,
      fate: () => death.fate ?? "lost",
      isPowerCut: () => true,
      onFileCall: (mortal, operation) => meetCall(play, mortal, operation),
    },
    makeTools: (process) => sweepTools(play, process),
    makePlanner: (process) =>
      sweepPlanner({ referee, decisions: scene.decisions, isModel: scene.isModel === true }, process),
    limits: { toolTimeoutMs: 5_000, graceMs: 100 },
  });
  enter(play);
  await start(play);
  const result = await driveToEnd(play);
  const { boundaries, fileCalls, crashes } = play;
  await wakeSleeper(play);
  const { entries, blobs } = await play.world.store.read(RUN);
  checkJournal(entries, referee, (await loadBlobs(entries, blobs)).read);
  return { summary: summaryOf(result, scene), problems: referee.problems, boundaries, fileCalls, crashes };
}

function enter(play: Play): void {
  play.process = play.world.start();
  const { mortal } = play.process;
  mortal.diesAt = () => {
    play.boundaries += 1;
    return play.boundaries === play.death.boundary;
  };
}

function meetCall(play: Play, mortal: Mortal, { path, bytes }: FileOperation): FileFault | null {
  play.fileCalls += 1;
  const { fileCall, fault } = play.death;
  if (play.fileCalls === fileCall) kill(mortal);
  const nth = fault === undefined ? -1 : play.fileCalls - fault.fileCall;
  if (fault === undefined || nth < 0 || nth >= fault.count) return null;
  return { error: fileError(fault.code, path), appendedBytes: Math.floor(bytes / 2) };
}

/** The owner stands still from here on, and counts as dead after a while; another process goes on with the run. */
function standStill(play: Play): void {
  play.sleeper = play.process;
  stall(play.process.mortal);
  play.world.forsake(play.process.mortal);
  enter(play);
}

/** It finds out that it was replaced, and gives up, before it does anything. */
async function wakeSleeper(play: Play): Promise<void> {
  const { sleeper, referee, world } = play;
  play.death = {};
  if (sleeper === null || !sleeper.mortal.isAlive) return;
  const { length } = referee.calls;
  wake(sleeper.mortal);
  await world.clock.advanceAsync(10_000);
  if (referee.calls.length > length) referee.complain("R3: a process that was replaced went on calling");
  if (sleeper.active.get(RUN) !== undefined) referee.complain("R7: a process that was replaced keeps the run");
}

async function start(play: Play): Promise<void> {
  const { scene } = play;
  const plan = scene.isFixed ? { plan: scene.decisions[0] as JsonValue } : {};
  const request = checkRequest({ goal: "sweep", idempotencyKey: "sweep", ...plan, ...scene.request }, {});
  for (;;) {
    const { environment, active } = play.process;
    const accepted = await settle(play, acceptRun(environment, RUN, request));
    if (accepted === "gone") revive(play);
    if (accepted === "gone" || accepted === "refused") continue;
    if ("existing" in accepted.value) return resume(play);
    active.drive(accepted.value);
    return;
  }
}

function revive(play: Play): void {
  play.crashes += 1;
  enter(play);
}

async function resume(play: Play): Promise<void> {
  const { environment, active } = play.process;
  if (active.get(RUN) !== undefined) return;
  await settle(play, commandRun(environment, active, { run: RUN, kind: "resume", data: {} }));
}

/** Until the run has ended: approves, answers, settles unknown outcomes and cancels as a patient person would. */
async function driveToEnd(play: Play): Promise<RunResult> {
  const { clock } = play.world;
  for (let turn = 0; turn < MOST_TURNS; turn++) {
    await clock.advanceAsync(0);
    if (!play.process.mortal.isAlive) {
      revive(play);
      await resume(play);
      continue;
    }
    const seen = await settle(play, readResult(play.process.environment, play.process.active, RUN));
    if (seen === "gone" || seen === "refused") continue;
    const result = seen.value;
    const isOver = /completed|failed|exhausted|cancelled/.test(result.status);
    if (isOver && play.process.active.get(RUN) === undefined) return result;
    if (play.sleeper === null && isRunning(result, play.scene.stallAt)) standStill(play);
    else if (isOver) await clock.advanceToNext();
    else await goOn(play, result);
  }
  throw new Error(`${play.scene.name} stopped at ${JSON.stringify(play.death)} never ends`);
}

/** The person says what is waited for; else the run is taken up where nobody drives it, or time passes. */
async function goOn(play: Play, result: RunResult): Promise<void> {
  if (await personActs(play, result)) return;
  if (play.process.active.get(RUN) === undefined) await resume(play);
  else await play.world.clock.advanceToNext();
}

function isRunning({ steps }: RunResult, step: string | undefined): boolean {
  return steps.some(({ id, status }) => id === step && status === "running");
}

/** What a word is refused with at times; errors of the disk only where it fails. */
function isInOrder({ death }: Play, error: unknown): boolean {
  const code = typeof error === "object" && error !== null && "code" in error ? String(error.code) : "";
  if (["RUN_NOT_WAITING", "RUN_ENDED", "STORE_LOCKED"].includes(code)) return true;
  return death.fault !== undefined && ["STORE_IO", "STORE_FULL", "SHUTTING_DOWN"].includes(code);
}

async function personActs(play: Play, result: RunResult): Promise<boolean> {
  const { environment, active } = play.process;
  const handle = createRunHandle(environment, active, RUN);
  const act = actionFor(play, result);
  if (act === null) return false;
  const before = play.referee.durable().length;
  const heard = await settle(play, act(handle));
  return heard === "gone" || play.referee.durable().length > before;
}

function actionFor(
  play: Play,
  result: RunResult,
): ((handle: ReturnType<typeof createRunHandle>) => Promise<void>) | null {
  const { steps, waiting } = result;
  if (isRunning(result, play.scene.cancelAt)) {
    return (handle) => handle.cancel().then(() => play.referee.acknowledged("cancel.requested"));
  }
  if (waiting?.reason === "approval") return (handle) => handle.approve();
  if (waiting?.reason === "answer") return (handle) => handle.answer("this one");
  const stepId = waiting?.error?.stepId ?? null;
  const isAsked = ({ id, status }: RunResult["steps"][number]): boolean =>
    status === "unknown" || (id === stepId && status === "waiting");
  const unknown = steps.find(isAsked);
  if (waiting?.reason !== "needs-attention" || unknown === undefined) return null;
  return (handle) => handle.answer(outputOf(unknown.id, unknown.index));
}

/** Of a cancelled run only what had completed: a call is cut off by the abort, or by the crash. */
function summaryOf({ status, output, steps, reason }: RunResult, scene: CrashScene): string {
  const counted = scene.cancelAt === undefined ? steps : steps.filter((row) => row.status === "completed");
  const rows = counted.map((row) => ({ id: row.id, index: row.index, status: row.status, output: row.output }));
  return canonicalJson({ status, output, reason, steps: rows });
}

/** Drives the clock until the promise settles, or the process dies or stands still. Who is refused waits a while. */
async function settle<T>(play: Play, promise: Promise<T>): Promise<{ value: T } | "gone" | "refused"> {
  const { mortal } = play.process;
  let settled: { value: T } | { error: unknown } | null = null;
  promise.then(
    (value) => {
      if (mortal.isAlive) settled = { value };
    },
    (error: unknown) => {
      if (mortal.isAlive) settled = { error };
    },
  );
  const settledNow = (): typeof settled => settled;
  for (let turn = 0; turn < MOST_TURNS; turn++) {
    await play.world.clock.advanceAsync(0);
    const now = settledNow();
    if (now !== null && "value" in now) return now;
    if (now !== null) return bear(play, now.error);
    if (!isAwake(mortal)) return "gone";
    await play.world.clock.advanceToNext();
  }
  throw new Error("a call never settled");
}

async function bear(play: Play, error: unknown): Promise<"refused"> {
  if (!isInOrder(play, error)) throw error;
  await play.world.clock.advanceAsync(1_000);
  return "refused";
}
