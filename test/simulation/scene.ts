/** One simulated run and the process that has it in hand: reading, resuming, and the moments at which it may die. */
import { commandRun } from "../../src/runtime/command-run.ts";
import { createRunHandle } from "../../src/runtime/run-handle.ts";
import type { Dice } from "./dice.ts";
import type { Referee } from "./referee.ts";
import type { Process, SimulatedWorld } from "./simulated-world.ts";

export const RUN = "run_0000000000000000000000simulated";
export const MOST_TURNS = 4_000;

export interface Scene {
  seed: number;
  dice: Dice;
  referee: Referee;
  world: SimulatedWorld;
  process: Process;
  crashesLeft: number;
  crashes: number;
  cancelAtMs: number | null;
  isCancelled: boolean;
  seenSnapshots: number;
  /** Calls that never end. */
  hanging: number;
  /** Turns in which nothing could happen any more. */
  idleTurns: number;
}

export function enterProcess(scene: Scene): void {
  scene.process = scene.world.start();
  scene.process.mortal.diesAt = ({ kind }) =>
    scene.crashesLeft > 0 && scene.dice.chance(kind === "append" ? 0.02 : 0.02);
}

export function revive(scene: Scene): void {
  scene.crashes += 1;
  scene.crashesLeft -= 1;
  enterProcess(scene);
}

export async function resumeRun(scene: Scene): Promise<void> {
  const { environment, active } = scene.process;
  const resumed = await settle(scene, commandRun(environment, active, { run: RUN, kind: "resume", data: {} }));
  if (resumed === "dead") {
    revive(scene);
    return resumeRun(scene);
  }
  if ("error" in resumed && codeOf(resumed.error) === "STORE_LOCKED") {
    // An owner that died while it took the run up; after a while it counts as dead.
    await scene.world.clock.advanceAsync(2_000);
    return resumeRun(scene);
  }
  if ("error" in resumed && !isInOrder(resumed.error)) throw resumed.error;
  follow(scene);
}

export function codeOf(error: unknown): unknown {
  return typeof error === "object" && error !== null && "code" in error ? error.code : null;
}

/** Where a run waits for a person, or has ended, resuming it is refused. */
export function isInOrder(error: unknown): boolean {
  const code = codeOf(error);
  return code === "RUN_NOT_WAITING" || code === "RUN_ENDED" || code === "APPROVAL_EXPIRED";
}

/** Reads the events of a live run. */
export function follow(scene: Scene): void {
  const { environment, active, mortal } = scene.process;
  if (active.get(RUN) === undefined) return;
  const read = async (): Promise<void> => {
    const after = scene.referee.told.at(-1)?.seq ?? -1;
    for await (const event of createRunHandle(environment, active, RUN).events({ after })) {
      if (!mortal.isAlive) return;
      scene.referee.published(event);
    }
  };
  read().catch((error: unknown) => {
    if (mortal.isAlive) scene.referee.complain(`the events broke off: ${String(error)}`);
  });
}

export type Settled<T> = { value: T } | { error: unknown } | "dead";

/** Drives the clock until the promise settles or the process dies. */
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
    if (!mortal.isAlive) return "dead";
    await scene.world.clock.advanceToNext();
  }
  throw new Error("a call never settled");
}
