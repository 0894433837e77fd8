/**
 * One random run from a seed: plans, failures, people, cancels and crashes under the manual clock, watched by a referee.
 * `simulate(seed)` returns what went wrong; the same seed gives the same scenario.
 */
import { loadBlobs } from "../../src/journal/blob-cache.ts";
import type { Step } from "../../src/plan/decision.ts";
import type { RunResult } from "../../src/run/run-result.ts";
import { foldJournal } from "../../src/run/run-state.ts";
import { acceptRun } from "../../src/runtime/accept-run.ts";
import { commandRun } from "../../src/runtime/command-run.ts";
import { createRunHandle, type RunHandle, readResult } from "../../src/runtime/run-handle.ts";
import { checkRequest } from "../../src/runtime/run-request.ts";
import type { JsonValue } from "../../src/shared/json.ts";
import { checkJournal } from "./check-journal.ts";
import { createDice, type Dice, seedOf } from "./dice.ts";
import { kill } from "./mortal-process.ts";
import { randomSteps } from "./random-plan.ts";
import { randomPlanner } from "./random-planner.ts";
import { outputOf, randomTools } from "./random-tools.ts";
import { createReferee, type Referee } from "./referee.ts";
import { createSimulatedWorld, type Process, type SimulatedWorld } from "./simulated-world.ts";

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

const RUN = "run_0000000000000000000000simulated";
const MOST_TURNS = 4_000;

interface Scene {
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

function enterProcess(scene: Scene): void {
  scene.process = scene.world.start();
  scene.process.mortal.diesAt = ({ kind }) =>
    scene.crashesLeft > 0 && scene.dice.chance(kind === "append" ? 0.02 : 0.02);
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

function revive(scene: Scene): void {
  scene.crashes += 1;
  scene.crashesLeft -= 1;
  enterProcess(scene);
}

async function resumeRun(scene: Scene): Promise<void> {
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

function codeOf(error: unknown): unknown {
  return typeof error === "object" && error !== null && "code" in error ? error.code : null;
}

/** Where a run waits for a person, or has ended, resuming it is refused. */
function isInOrder(error: unknown): boolean {
  const code = codeOf(error);
  return code === "RUN_NOT_WAITING" || code === "RUN_ENDED" || code === "APPROVAL_EXPIRED";
}

/** Reads the events of a live run. */
function follow(scene: Scene): void {
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

type Settled<T> = { value: T } | { error: unknown } | "dead";

/** Drives the clock until the promise settles or the process dies. */
async function settle<T>(scene: Scene, promise: Promise<T>): Promise<Settled<T>> {
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

async function play(scene: Scene): Promise<string> {
  const { clock } = scene.world;
  let idle = 0;
  for (let turn = 0; turn < MOST_TURNS; turn++) {
    await clock.advanceAsync(0);
    if (!scene.process.mortal.isAlive) {
      revive(scene);
      await resumeRun(scene);
      continue;
    }
    const seen = await settle(scene, readResult(scene.process.environment, scene.process.active, RUN));
    if (seen === "dead") continue;
    if ("error" in seen) throw seen.error;
    const result = seen.value;
    compareWithFold(scene);
    if (["completed", "failed", "exhausted", "cancelled"].includes(result.status)) {
      const live = scene.process.active.get(RUN);
      if (live === undefined) return result.status;
    } else if (await personActs(scene, result)) continue;
    if (result.status === "interrupted" && scene.process.active.get(RUN) === undefined) {
      await resumeRun(scene);
      continue;
    }
    idle = (await clock.advanceToNext()) ? 0 : idle + 1;
    if (idle > 1) {
      // A run that waits for a person needs no owner, and nothing then happens by itself.
      if (result.status === "waiting" && scene.process.active.get(RUN) === undefined) continue;
      scene.referee.complain(`R6: nothing goes on; status ${result.status}, waiting ${JSON.stringify(result.waiting)}`);
      return result.status;
    }
  }
  scene.referee.complain("R6: the run never ends");
  return "endless";
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

/** True where a person did something. */
async function personActs(scene: Scene, result: RunResult): Promise<boolean> {
  const { dice, world } = scene;
  if (scene.cancelAtMs !== null && !scene.isCancelled && world.clock.monotonic() >= scene.cancelAtMs) {
    await tell(
      scene,
      (handle) => handle.cancel(),
      () => {
        scene.isCancelled = true;
        scene.referee.acknowledged("cancel.requested");
      },
    );
    return true;
  }
  const { waiting } = result;
  if (result.status !== "waiting" || waiting === null || waiting.reason === "retry-at") return false;
  if (waiting.reason === "approval" && dice.chance(0.3)) return false; // Lets time pass; it may expire.
  if (waiting.reason === "approval") {
    const approval = dice.pick(waiting.approvals);
    const { id } = approval;
    if (dice.chance(0.7))
      await tell(
        scene,
        (handle) => handle.approve({ id, hash: approval.hash }),
        () => scene.referee.acknowledged("approval.granted"),
      );
    else
      await tell(
        scene,
        (handle) => handle.reject({ id }),
        () => scene.referee.acknowledged("approval.denied"),
      );
  } else if (waiting.reason === "answer") {
    await tell(
      scene,
      (handle) => handle.answer("go on"),
      () => scene.referee.acknowledged("question.answered"),
    );
  } else if (waiting.error?.code === "TOOL_OUTCOME_UNKNOWN" && dice.chance(0.6)) {
    const row = result.steps.find(({ status }) => status === "unknown");
    const output = outputOf({}, { step: row?.id ?? "", index: row?.index ?? null });
    await tell(
      scene,
      (handle) => handle.answer(output),
      () => scene.referee.acknowledged("question.answered"),
    );
  } else await resumeRun(scene);
  return true;
}

async function tell(scene: Scene, say: (handle: RunHandle) => Promise<void>, onHeard: () => void): Promise<void> {
  const { environment, active } = scene.process;
  const isDriven = active.get(RUN) !== undefined;
  const said = await settle(scene, say(createRunHandle(environment, active, RUN)).then(onHeard));
  if (said === "dead") return;
  if ("error" in said && codeOf(said.error) === "APPROVAL_EXPIRED" && !isDriven) return resumeRun(scene);
  if ("error" in said && !isInOrder(said.error)) throw said.error;
  if (!isDriven) follow(scene);
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
