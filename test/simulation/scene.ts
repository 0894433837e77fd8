/** One simulated run and the processes that have it in hand: reading, resuming, and the moments at which they die. */
import type { RunState } from "../../src/run/run-state.ts";
import { commandRun } from "../../src/runtime/command-run.ts";
import { createRunHandle } from "../../src/runtime/run-handle.ts";
import type { FileFault, FileOperation } from "../../src/testing/file-faults.ts";
import type { Dice } from "./dice.ts";
import type { DiskFaults } from "./disk-faults.ts";
import { isAwake, kill, type Mortal, stall, wake } from "./mortal-process.ts";
import type { Referee } from "./referee.ts";
import type { Process, SimulatedWorld } from "./simulated-world.ts";

export const RUN = "run_0000000000000000000000simulated";
export const MOST_TURNS = 12_000;

/** Most processes at a time, those that stand still included. */
const MOST_PROCESSES = 3;

export interface Scene {
  seed: number;
  dice: Dice;
  referee: Referee;
  world: SimulatedWorld;
  /** The process that the person talks to. */
  process: Process;
  /** Every process that was started. */
  processes: Process[];
  faults: DiskFaults;
  crashesLeft: number;
  crashes: number;
  stallsLeft: number;
  stalls: number;
  cancelAtMs: number | null;
  isCancelled: boolean;
  /** The fold of what is durable, as far as it was last compared with the live state. */
  folded: RunState | null;
  /** Calls that never end. */
  hanging: number;
  /** Turns in which nothing could happen any more. */
  idleTurns: number;
}

export function enterProcess(scene: Scene): void {
  scene.process = scene.world.start();
  scene.processes.push(scene.process);
  scene.process.mortal.diesAt = (at) =>
    (at === "append" || at === "sync") && scene.crashesLeft > 0 && scene.dice.chance(0.02);
  scene.process.mortal.onDeath = countDeath(scene, scene.process.mortal.onDeath);
}

function countDeath(scene: Scene, onDeath: () => void): () => void {
  return () => {
    scene.crashes += 1;
    scene.crashesLeft -= 1;
    onDeath();
  };
}

/** The person turns to a process that goes on, where there is one, or starts another. */
export function turnToAnother(scene: Scene): void {
  const others = scene.processes.filter(({ mortal }) => isAwake(mortal) && mortal !== scene.process.mortal);
  const alive = scene.processes.filter(({ mortal }) => mortal.isAlive);
  const isFull = alive.length >= MOST_PROCESSES && others.length > 0;
  if (others.length > 0 && (isFull || scene.dice.chance(0.5))) scene.process = scene.dice.pick(others);
  else enterProcess(scene);
  if (scene.referee.durable().length > 0 && scene.dice.chance(0.3)) follow(scene);
}

/** The process that drives the run and does not stand still. */
export function driverOf(scene: Scene): Process | undefined {
  return scene.processes.find(({ mortal, active }) => isAwake(mortal) && active.get(RUN) !== undefined);
}

/** What happens to a process just before a call of the file system: death, a standstill, or an error. */
export function meetDisk(scene: Scene, mortal: Mortal, operation: FileOperation): FileFault | null {
  const { dice, world, referee } = scene;
  if (scene.crashesLeft > 0 && dice.chance(0.002)) kill(mortal);
  if (scene.stallsLeft > 0 && isAwake(mortal) && dice.chance(0.01)) {
    scene.stallsLeft -= 1;
    scene.stalls += 1;
    stall(mortal);
    world.clock.setTimer(dice.under(dice.pick([3_000, 30_000, 30_000])), () => wake(mortal));
  }
  const fault = mortal.isAlive ? scene.faults.strike(operation) : null;
  const epoch = /journal\.(\d+)\.jsonl$/.exec(operation.path)?.[1];
  if (fault !== null && operation.call === "append" && epoch !== undefined)
    referee.broken(Number(epoch), Number(epoch) === mortal.epoch ? mortal.synced() : -1);
  return fault;
}

/** Asks for the run to be gone on with; where that is refused for now, some time passes. */
export async function resumeRun(scene: Scene): Promise<void> {
  const { environment, active } = scene.process;
  const resumed = await settle(scene, commandRun(environment, active, { run: RUN, kind: "resume", data: {} }));
  if (resumed === "gone") return;
  if ("error" in resumed) return bear(scene, resumed.error);
  const { epoch } = scene.process.mortal;
  if (epoch >= 0 && !scene.referee.durable().some((entry) => entry.epoch === epoch))
    scene.referee.complain("R1: the run was said to go on before that was durable");
  follow(scene);
}

export function codeOf(error: unknown): unknown {
  return typeof error === "object" && error !== null && "code" in error ? error.code : null;
}

/** A run that waits for a person, or has ended, is not resumed; approvals are decided once. */
const IN_ORDER: ReadonlySet<unknown> = new Set([
  "RUN_NOT_WAITING",
  "RUN_ENDED",
  "APPROVAL_EXPIRED",
  "APPROVAL_MISMATCH",
]);

/** What the disk's errors, and a process that takes a run from another one, lead to. */
const TROUBLE: ReadonlySet<unknown> = new Set(["STORE_IO", "STORE_FULL", "STORE_FENCED", "SHUTTING_DOWN"]);

/** Whether the error may come at this time. */
export function isInOrder(scene: Scene, error: unknown): boolean {
  const code = codeOf(error);
  const hadTrouble = scene.faults.struck > 0 || scene.stalls > 0;
  return IN_ORDER.has(code) || code === "STORE_LOCKED" || (hadTrouble && TROUBLE.has(code));
}

/** A person who is refused tries again later. */
export async function bear(scene: Scene, error: unknown): Promise<void> {
  if (!isInOrder(scene, error)) throw error;
  // An owner that died while it took the run up, or stands still, counts as dead after a while.
  if (!IN_ORDER.has(codeOf(error))) await scene.world.clock.advanceAsync(2_000);
}

/** Reads the events of the run, as this process has or finds them. */
export function follow(scene: Scene): void {
  const { referee, process } = scene;
  const { environment, active, mortal } = process;
  const read = async (): Promise<void> => {
    let last = referee.told.at(-1)?.seq ?? -1;
    for await (const event of createRunHandle(environment, active, RUN).events({ after: last })) {
      if (!mortal.isAlive) return;
      if (event.seq !== last + 1) referee.complain(`R14: event ${event.seq} follows ${last}`);
      last = event.seq;
      referee.published(event);
    }
  };
  read().catch((error: unknown) => {
    if (mortal.isAlive && !isInOrder(scene, error)) referee.complain(`the events broke off: ${String(error)}`);
  });
}

export type Settled<T> = { value: T } | { error: unknown } | "gone";

/** Drives the clock until the promise settles, or the person's process dies or stands still. */
export async function settle<T>(scene: Scene, promise: Promise<T>): Promise<Settled<T>> {
  let settled: Settled<T> | null = null;
  const { mortal } = scene.process;
  promise.then(
    (value) => {
      if (mortal.isAlive) settled = { value };
    },
    (error: unknown) => {
      if (mortal.isAlive) settled = { error };
    },
  );
  for (let turn = 0; turn < MOST_TURNS; turn++) {
    await scene.world.clock.advanceAsync(0);
    if (settled !== null) return settled;
    if (!isAwake(mortal)) return "gone";
    await scene.world.clock.advanceToNext();
  }
  throw new Error("a call never settled");
}
