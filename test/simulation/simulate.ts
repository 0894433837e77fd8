/**
 * One random run from a seed: plans, failures, people, cancels and crashes under the manual clock, watched by a referee.
 * `simulate(seed)` returns what went wrong; the same seed gives the same scenario.
 */
import { loadBlobs } from "../../src/journal/blob-cache.ts";
import type { Step } from "../../src/plan/decision.ts";
import type { RunResult } from "../../src/run/run-result.ts";
import { foldJournal } from "../../src/run/run-state.ts";
import { acceptRun } from "../../src/runtime/accept-run.ts";
import { readResult } from "../../src/runtime/run-handle.ts";
import { checkRequest } from "../../src/runtime/run-request.ts";
import type { JsonValue } from "../../src/shared/json.ts";
import { checkJournal } from "./check-journal.ts";
import { createDice, seedOf } from "./dice.ts";
import { kill } from "./mortal-process.ts";
import { personActs } from "./person.ts";
import { randomSteps } from "./random-plan.ts";
import { randomPlanner } from "./random-planner.ts";
import { randomTools } from "./random-tools.ts";
import { createReferee } from "./referee.ts";
import { enterProcess, follow, MOST_TURNS, RUN, resumeRun, revive, type Scene, settle } from "./scene.ts";
import { createSimulatedWorld } from "./simulated-world.ts";

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
  calls: number;
  entries: number;
}

export async function simulate(seed: number, options: SimulationOptions = {}): Promise<Simulation> {
  const dice = createDice(seedOf(seed, "scene"));
  const referee = createReferee();
  const storage = options.storage ?? (dice.chance(0.3) ? "file" : "memory");
  const proposed = new Map<string, Step>();
  const trouble = dice.pick([0, 0.3, 0.6, 1]);
  const scene: Scene = {
    seed,
    dice,
    referee,
    crashesLeft: dice.under((options.crashes ?? 4) + 1),
    crashes: 0,
    cancelAtMs: dice.chance(0.12) ? dice.under(400) : null,
    isCancelled: false,
    seenSnapshots: 0,
    hanging: 0,
    idleTurns: 0,
  } as Scene;
  const dieNow = (probability: number): boolean => scene.crashesLeft > 0 && dice.chance(probability);
  const onCall = (): void => {
    if (dieNow(0.04)) kill(scene.process.mortal);
  };
  const onHang = (): void => {
    scene.hanging += 1;
  };
  scene.world = createSimulatedWorld({
    seed,
    storage,
    referee,
    syncMs: () => (dice.chance(0.5) ? 0 : dice.under(4)),
    callMs: () => (dice.chance(0.9) ? null : dice.under(3)),
    fate: () => dice.pick(["random", "random", "lost", "kept"] as const),
    onAppended: ({ seq, epoch, at, kind, step = "", index = "", data }) =>
      options.trace?.(`${seq} epoch ${epoch} ${at} ${kind} ${step} ${index} ${JSON.stringify(data).slice(0, 200)}`),
    makeTools: (process) => randomTools({ seed, referee, trouble, onCall, onHang, ...process }),
    makePlanner: (process) => randomPlanner({ seed, referee, trouble, proposed, ...process }),
    limits: {
      parallelSteps: 1 + dice.under(6),
      toolTimeoutMs: 500,
      plannerTimeoutMs: 2_000,
      graceMs: 100,
      approvalTtlMs: 3_000,
    },
  });
  enterProcess(scene);
  await startRun(scene);
  const status = await play(scene);
  const entries = await finalChecks(scene);
  return { seed, problems: referee.problems, status, crashes: scene.crashes, calls: referee.calls.length, entries };
}

/** Until the run is accepted somebody asks for it again, as a client with an idempotency key would. */
async function startRun(scene: Scene): Promise<void> {
  const { dice } = scene;
  const isFixed = dice.chance(0.2);
  const steps = randomSteps({ dice, referable: [], count: 0 }, 8);
  const plan = { kind: "plan", rationale: "r", steps } as unknown as JsonValue;
  const request = {
    goal: "simulate",
    budget: { maxSteps: 2 + dice.under(30), maxReplans: dice.under(6), maxSeconds: 120 },
    idempotencyKey: "the-run",
    ...(dice.chance(0.1) ? { approve: "none" as const } : {}),
    ...(isFixed ? { plan } : {}),
  };
  for (;;) {
    const { environment, active } = scene.process;
    const accepting = acceptRun(environment, RUN, checkRequest(request, {}));
    const accepted = await settle(scene, accepting);
    if (accepted === "dead") {
      revive(scene);
      continue;
    }
    if ("error" in accepted) throw accepted.error;
    if ("existing" in accepted.value) await resumeRun(scene);
    else {
      active.drive(accepted.value);
      follow(scene);
    }
    return;
  }
}

async function play(scene: Scene): Promise<string> {
  for (let turn = 0; turn < MOST_TURNS; turn++) {
    await scene.world.clock.advanceAsync(0);
    const ended = scene.process.mortal.isAlive ? await goOn(scene) : await comeBack(scene);
    if (ended !== null) return ended;
  }
  scene.referee.complain("R6: the run never ends");
  return "endless";
}

async function comeBack(scene: Scene): Promise<null> {
  revive(scene);
  await resumeRun(scene);
  return null;
}

/** One turn: looks, does what a person would, or lets time pass. The status once the run is over, else null. */
async function goOn(scene: Scene): Promise<string | null> {
  const { environment, active } = scene.process;
  const seen = await settle(scene, readResult(environment, active, RUN));
  if (seen === "dead") return null;
  if ("error" in seen) throw seen.error;
  const result = seen.value;
  compareWithFold(scene);
  const isDriven = active.get(RUN) !== undefined;
  const isOver = ["completed", "failed", "exhausted", "cancelled"].includes(result.status);
  if (isOver && !isDriven) return result.status;
  if (!isOver && (await personActs(scene, result))) return null;
  if (result.status !== "interrupted" || isDriven) return letTimePass(scene, result);
  await resumeRun(scene);
  return null;
}

async function letTimePass(scene: Scene, { status, waiting }: RunResult): Promise<string | null> {
  scene.idleTurns = (await scene.world.clock.advanceToNext()) ? 0 : scene.idleTurns + 1;
  if (scene.idleTurns <= 1) return null;
  // A run that waits for a person needs no owner, and nothing then happens by itself.
  if (status === "waiting" && scene.process.active.get(RUN) === undefined) return null;
  scene.referee.complain(`R6: nothing goes on; status ${status}, waiting ${JSON.stringify(waiting)}`);
  return status;
}

/** R8: the journal as it was appended folds to what is live. */
function compareWithFold(scene: Scene): void {
  const live = scene.process.active.get(RUN);
  const durable = scene.referee.durable();
  if (live === undefined || durable.length === 0 || live.state.ledger.seq !== durable.length - 1) return;
  if (scene.seenSnapshots === durable.length) return;
  scene.seenSnapshots = durable.length;
  const folded = foldJournal(durable, () => null);
  if (folded.snapshot() !== live.state.snapshot())
    scene.referee.complain(`R8: the fold of ${durable.length} entries differs`);
}

async function finalChecks(scene: Scene): Promise<number> {
  const { referee, world } = scene;
  const { entries, blobs } = await world.store.read(RUN);
  const { read } = await loadBlobs(entries, blobs);
  checkJournal(entries, referee, read);
  const last = entries.at(-1);
  const code = last?.kind === "run.ended" ? last.data.error?.code : null;
  if (code === "LIMIT_TIME" && scene.hanging === 0) referee.complain("R6: only the time limit ended it");
  if (last?.kind === "run.ended" && last.data.error?.code === "INTERNAL")
    referee.complain(`R6: ${last.data.error.message}`);
  return entries.length;
}
