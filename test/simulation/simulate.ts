/**
 * One random run from a seed: plans, failures, people, cancels, errors of the disk, processes that die or stand still
 * under the manual clock, watched by a referee. `simulate(seed)` returns what went wrong; the same seed gives the same
 * scenario.
 */
import type { JournalEntry } from "../../src/journal/entries.ts";
import type { Step } from "../../src/plan/decision.ts";
import type { RunResult } from "../../src/run/run-result.ts";
import { foldJournal } from "../../src/run/run-state.ts";
import { acceptRun } from "../../src/runtime/accept-run.ts";
import { readResult } from "../../src/runtime/run-handle.ts";
import { type CheckedRequest, checkRequest } from "../../src/runtime/run-request.ts";
import { createDice, seedOf } from "./dice.ts";
import { randomFaults } from "./disk-faults.ts";
import { finalChecks } from "./final-checks.ts";
import { isAwake, kill } from "./mortal-process.ts";
import { personActs } from "./person.ts";
import { randomPlanner } from "./random-planner.ts";
import { randomRequest } from "./random-request.ts";
import { randomTools } from "./random-tools.ts";
import { createReferee } from "./referee.ts";
import {
  bear,
  driverOf,
  enterProcess,
  follow,
  MOST_TURNS,
  meetDisk,
  RUN,
  resumeRun,
  type Scene,
  settle,
  turnToAnother,
} from "./scene.ts";
import { createSimulatedWorld, type SimulatedWorld } from "./simulated-world.ts";

export interface SimulationOptions {
  storage?: "memory" | "file";
  /** Most crashes of the scenario; 4 by default. */
  crashes?: number;
  /** Told of every entry as it is appended. */
  trace?: (line: string) => void;
}

export interface Simulation {
  seed: number;
  problems: string[];
  status: string;
  crashes: number;
  /** Processes that stood still for a while. */
  stalls: number;
  /** Processes that were replaced while they lived. */
  fenced: number;
  /** Calls of the file system that failed. */
  faults: number;
  calls: number;
  entries: number;
  blobs: number;
  /** Kinds of entries in the journal. */
  kinds: Set<string>;
  /** Code with which the run ended. */
  code: string | null;
}

export const DEFAULT_CRASHES = 4;

export async function simulate(seed: number, options: SimulationOptions = {}): Promise<Simulation> {
  const dice = createDice(seedOf(seed, "scene"));
  const storage = options.storage ?? (dice.chance(0.6) ? "file" : "memory");
  const scene: Scene = {
    seed,
    dice,
    referee: createReferee(),
    processes: [],
    faults: randomFaults(dice, dice.chance(0.5) ? 0 : dice.under(4)),
    crashesLeft: dice.under((options.crashes ?? DEFAULT_CRASHES) + 1),
    crashes: 0,
    stallsLeft: dice.chance(0.4) ? 0 : 1 + dice.under(3),
    stalls: 0,
    cancelAtMs: dice.chance(0.2) ? dice.under(300) : null,
    isCancelled: false,
    folded: null,
    hanging: 0,
    idleTurns: 0,
  } as unknown as Scene;
  scene.world = createWorld(scene, { ...options, storage });
  const { referee } = scene;
  const { status, entries } = await tell(scene).catch((thrown: unknown) => {
    referee.complain(`it broke off: ${thrown instanceof Error ? thrown.stack : JSON.stringify(thrown)}`);
    return { status: "broken", entries: referee.durable() };
  });
  const last = entries.at(-1);
  return {
    seed,
    problems: referee.problems,
    status,
    crashes: scene.crashes,
    stalls: scene.stalls,
    fenced: countFenced(scene, entries.at(-1)?.epoch ?? 0),
    faults: scene.faults.struck,
    calls: referee.calls.length,
    entries: entries.length,
    blobs: new Set(JSON.stringify(entries).match(/"blob":"\w{64}"/g) ?? []).size,
    kinds: new Set(entries.map(({ kind }) => kind)),
    code: last?.kind === "run.ended" ? (last.data.error?.code ?? null) : null,
  };
}

async function tell(scene: Scene): Promise<{ status: string; entries: readonly JournalEntry[] }> {
  enterProcess(scene);
  const request = randomRequest(scene.dice);
  await startRun(scene, checkRequest(request, {}));
  const status = await play(scene);
  return { status, entries: await finalChecks(scene, request) };
}

function countFenced({ processes }: Scene, epoch: number): number {
  return processes.filter(({ mortal }) => mortal.isAlive && mortal.epoch >= 0 && mortal.epoch < epoch).length;
}

function createWorld(
  scene: Scene,
  { storage, trace }: SimulationOptions & { storage: "memory" | "file" },
): SimulatedWorld {
  const { seed, dice, referee } = scene;
  const proposed = new Map<string, Step>();
  const trouble = dice.pick([0, 0.3, 0.6, 1]);
  const onHang = (): void => {
    scene.hanging += 1;
  };
  return createSimulatedWorld({
    seed,
    storage,
    referee,
    syncMs: () => (dice.chance(0.5) ? 0 : dice.under(4)),
    weather: {
      seed,
      callMs: () => (dice.chance(0.9) ? null : dice.under(3)),
      fate: () => dice.pick(["random", "random", "lost", "kept"] as const),
      isPowerCut: () => dice.chance(0.6),
      onFileCall: (mortal, operation) => meetDisk(scene, mortal, operation),
    },
    onAppended: ({ seq, epoch, at, kind, step = "", index = "", data }) =>
      trace?.(`${seq} epoch ${epoch} ${at} ${kind} ${step} ${index} ${JSON.stringify(data).slice(0, 200)}`),
    makeTools: (process) => {
      const onCall = (): void => {
        if (scene.crashesLeft > 0 && dice.chance(0.04)) kill(process.mortal);
      };
      return randomTools({ seed, referee, trouble, onCall, onHang, ...process });
    },
    makePlanner: (process) => randomPlanner({ seed, referee, trouble, proposed, ...process }),
    limits: {
      parallelSteps: 1 + dice.under(6),
      toolTimeoutMs: 500,
      plannerTimeoutMs: 2_000,
      graceMs: 100,
      approvalTtlMs: 3_000,
    },
  });
}

/** Until the run is accepted somebody asks for it again, as a client with an idempotency key would. */
async function startRun(scene: Scene, request: CheckedRequest): Promise<void> {
  for (let turn = 0; turn < MOST_TURNS; turn++) {
    const { environment, active } = scene.process;
    const begin = async (): Promise<void> => {
      const accepted = await acceptRun(environment, RUN, request);
      if (!("existing" in accepted)) await active.admit().enter(accepted);
    };
    const begun = await settle(scene, begin());
    if (begun === "gone") turnToAnother(scene);
    else if ("error" in begun) await bear(scene, begun.error);
    else return follow(scene);
  }
  throw new Error("the run was never accepted");
}

async function play(scene: Scene): Promise<string> {
  for (let turn = 0; turn < MOST_TURNS; turn++) {
    await scene.world.clock.advanceAsync(0);
    if (!isAwake(scene.process.mortal) || scene.dice.chance(0.01)) turnToAnother(scene);
    const ended = await goOn(scene);
    if (ended !== null) return ended;
  }
  scene.referee.complain("R6: the run never ends");
  return "endless";
}

/** One turn: looks, does what a person would, or lets time pass. The status once the run is over, else null. */
async function goOn(scene: Scene): Promise<string | null> {
  const { environment, active } = scene.process;
  const seen = await settle(scene, readResult(environment, active, RUN));
  if (seen === "gone") return null;
  if ("error" in seen) {
    await bear(scene, seen.error);
    return null;
  }
  const result = seen.value;
  scene.referee.toldResult(result);
  compareWithFold(scene);
  const isDriven = driverOf(scene) !== undefined;
  const isOver = ["completed", "failed", "exhausted", "cancelled"].includes(result.status);
  if (isOver && !isDriven) return result.status;
  if (!isOver && (await personActs(scene, result))) return null;
  const waitsForPerson = result.status === "waiting" && result.waiting?.reason !== "retry-at";
  if (isOver || isDriven || waitsForPerson) return letTimePass(scene, result);
  await resumeRun(scene);
  return null;
}

async function letTimePass(scene: Scene, { status, waiting }: RunResult): Promise<string | null> {
  scene.idleTurns = (await scene.world.clock.advanceToNext()) ? 0 : scene.idleTurns + 1;
  if (scene.idleTurns <= 1) return null;
  // A run that waits for a person needs no owner, and nothing then happens by itself.
  if (status === "waiting" && driverOf(scene) === undefined) return null;
  scene.referee.complain(`R6: nothing goes on; status ${status}, waiting ${JSON.stringify(waiting)}`);
  return status;
}

/** R8: the journal as it was appended folds to what is live. */
function compareWithFold(scene: Scene): void {
  const { referee } = scene;
  const driver = driverOf(scene);
  const live = driver?.active.get(RUN);
  const durable = referee.durable();
  if (live === undefined || durable.length === 0 || live.state.ledger.seq !== durable.length - 1) return;
  if (durable.at(-1)?.epoch !== driver?.mortal.epoch || scene.folded?.ledger.seq === durable.length - 1) return;
  // Mostly the fold of before goes on; now and then it begins at the beginning, as that of a new owner does.
  if (scene.folded === null || scene.dice.chance(0.1)) scene.folded = foldJournal(durable, referee.readBlob);
  else for (const entry of durable.slice(scene.folded.ledger.seq + 1)) scene.folded.apply(entry);
  if (scene.folded.snapshot() !== live.state.snapshot())
    referee.complain(`R8: the fold of ${durable.length} entries differs`);
}
