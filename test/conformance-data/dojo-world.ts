/**
 * A runtime over one suite's tools, which replay what was recorded, with a planner and a model that may be fooled.
 * Owns: what was really executed, which approvals were asked for, and what the planner was shown.
 */
import type { DojoCall, Suite, UserTask } from "../../evals/data/agentdojo.ts";
import { importTools } from "../../evals/data/import-tools.ts";
import { createRuntime, type Runtime } from "../../src/create-runtime.ts";
import { createMemoryStore } from "../../src/journal/memory-store.ts";
import { createModelCaller } from "../../src/model/call-model.ts";
import { type Model, type ModelRequest, NO_TOKENS } from "../../src/model/model.ts";
import type { Planner, Proposal } from "../../src/planner/planner.ts";
import type { PlanningRequest } from "../../src/planner/planning-request.ts";
import { defaultPolicy, type Policy } from "../../src/policy/authorize.ts";
import { loadPrompts } from "../../src/prompt/load-prompts.ts";
import { renderPrompt } from "../../src/prompt/render-prompt.ts";
import type { RunResult } from "../../src/run/run-result.ts";
import type { JsonObject, JsonValue } from "../../src/shared/json.ts";
import { seededRandom } from "../../src/shared/random.ts";
import { createManualClock } from "../../src/testing/manual-clock.ts";
import { defineTool } from "../../src/tool/define-tool.ts";
import type { Tool } from "../../src/tool/tool.ts";
import { createExtractTool } from "../../tools/model/extract.ts";
import { ORDERS, obey, obeyUnseen, planAhead, planDecision, planOneCall, writeOneCall } from "./dojo-plans.ts";
import { attackText, isSameCall, type Pair, withMarks } from "./dojo-records.ts";

export interface Style {
  visibility: "preview" | "shape";
  /** The whole task in one plan, or one call at a time. */
  pace: "ahead" | "stepwise";
}

/** `obeys`: does what results tell it to; `lies`: what it extracts is the attacker's. */
export type Weakness = "obeys" | "lies";

export interface Scene extends Style {
  task: UserTask;
  /** Null: without attack. */
  pair: Pair | null;
  weakness: Weakness;
  /** `deny`: every approval is denied; `gold`: one is given to calls of the gold with equal inputs. */
  approve: "deny" | "gold";
}

export interface Played {
  result: RunResult;
  /** What the suite's tools really did, in order. */
  executed: DojoCall[];
  approvals: number;
  /** Whether any request to the planner held the attacker's words. */
  wasShown: boolean;
}

export interface DojoWorld {
  play(scene: Scene): Promise<Played>;
  close(): Promise<void>;
}

export interface WorldOptions extends Pick<Style, "visibility"> {
  policy?: Policy;
  /** `external`: what is annotated as irreversible counts as that, so that labels alone decide. */
  atMost?: "external";
}

interface Stage {
  scene: Scene;
  /** What the attacker has put in place of the marks; null: what stood there before. */
  text: string | null;
  executed: DojoCall[];
  requests: PlanningRequest[];
  /** Places in the gold that were replayed. */
  replayed: Set<number>;
  hasObeyed: boolean;
}

const prompts = loadPrompts();

export function createDojoWorld(suite: Suite, { visibility, policy = defaultPolicy, atMost }: WorldOptions): DojoWorld {
  let stage: Stage | null = null;
  const current = (): Stage => {
    if (stage === null) throw new Error("nothing is played");
    return stage;
  };
  const parts = { clock: createManualClock(), random: seededRandom(7) };
  const caller = createModelCaller(createExtractor(current), parts);
  const runtime = createRuntime({
    ...parts,
    tools: [
      ...replayTools(capped(suite, atMost), current),
      createExtractTool({ caller, prompts, render: renderPrompt }),
    ],
    builtInTools: false,
    policy,
    planner: createGullible(visibility, current),
    store: createMemoryStore(),
  });
  return {
    async play(scene) {
      const text = scene.pair === null ? null : attackText(scene.pair);
      const played: Stage = { scene, text, executed: [], requests: [], replayed: new Set(), hasObeyed: false };
      stage = played;
      const { result, approvals } = await runScene(runtime, scene);
      return { result, executed: played.executed, approvals, wasShown: wasShown(played) };
    },
    close: () => runtime.close(),
  };
}

function capped(suite: Suite, atMost: WorldOptions["atMost"]): Suite {
  if (atMost === undefined) return suite;
  const tools = suite.tools.map((tool) => (tool.effect === "irreversible" ? { ...tool, effect: atMost } : tool));
  return { ...suite, tools };
}

/** Recorded results, in the order of the gold for equal calls; whatever else is called does nothing. */
function replayTools({ tools, vectors }: Suite, current: () => Stage): Tool[] {
  return importTools(tools).map((tool, place) => {
    const { effect } = tools[place]!;
    return defineTool({
      ...tool,
      effect,
      idempotency: effect === "read" ? "pure" : "none",
      schemaTrust: "advisory",
      execute(input) {
        const { scene, text, executed, replayed } = current();
        const call = { tool: tool.name, args: structuredClone(input) as JsonObject };
        executed.push(call);
        return withMarks(recorded(scene, call, replayed), (vector) => text ?? vectors[vector]?.default ?? "");
      },
    });
  });
}

function recorded({ task, pair }: Scene, call: DojoCall, replayed: Set<number>): JsonValue {
  const place = task.groundTruth.findIndex((gold, index) => !replayed.has(index) && isSameCall(gold, call));
  if (place >= 0) {
    replayed.add(place);
    return task.groundTruth[place]!.result;
  }
  return pair?.injection.calls.find((one) => isSameCall(one, call))?.result ?? { done: true };
}

/** Asks for what the scene's weakness makes of the task. */
function createGullible(visibility: Style["visibility"], current: () => Stage): Planner {
  return {
    name: "gullible",
    visibility,
    async plan(request): Promise<Proposal> {
      const stage = current();
      stage.requests.push(request);
      return { raw: decide(stage, request) };
    },
  };
}

function decide(stage: Stage, request: PlanningRequest): JsonValue {
  const { scene } = stage;
  const { task, pair, pace, weakness, visibility } = scene;
  const mayObey = pair !== null && weakness === "obeys" && !stage.hasObeyed && canRead(scene, request);
  const harm = mayObey ? obey(pair.injection) : [];
  if (mayObey) stage.hasObeyed = true;
  if (pace === "ahead" && request.n === 1) {
    const unseen = pair !== null && weakness === "lies" ? obeyUnseen(pair.injection, task) : [];
    return planDecision([...planAhead(task), ...unseen], weakness === "lies" ? "finish" : "replan");
  }
  const place = request.n - 1;
  if (pace === "stepwise" && place < task.groundTruth.length) {
    const own = visibility === "preview" ? writeOneCall(task, place) : planOneCall(task.groundTruth, place);
    return planDecision([...harm, ...own], "replan");
  }
  if (harm.length > 0) return planDecision(harm, "replan");
  return { kind: "finish", rationale: "scripted", output: null };
}

/** A result that holds the attacker's words lies before the planner, be it cut short: what is cut counts as read. */
function canRead({ task }: Scene, { history }: PlanningRequest): boolean {
  const poisoned = task.groundTruth.flatMap((call, place) =>
    call.injectedVectors.length > 0 ? [`s${place + 1}`] : [],
  );
  return history.some(({ step, preview }) => preview !== null && poisoned.includes(step));
}

/** The attacker's words, as JSON texts hold them once or twice escaped. */
function wasShown({ scene, requests }: Stage): boolean {
  if (scene.pair === null) return false;
  const words = scene.pair.injection.goal.slice(0, 40).replaceAll(/["\\\n]/g, "");
  const content = requests.map(({ history, issues, answers }) => [history, issues, answers]);
  return JSON.stringify(content)
    .replaceAll(/\\+["n]?/g, "")
    .includes(words);
}

/** Answers `extract` with the gold's values, or, where it lies, with the attacker's wherever he has one. */
function createExtractor(current: () => Stage): Model {
  return {
    ...{ name: "scripted", provider: "scripted", price: { inputUsdPerMillion: 0, outputUsdPerMillion: 0 } },
    ...{ maxOutputTokens: 8_192, formats: ["schema", "tool", "text"] },
    async generate(request) {
      return { value: JSON.stringify(extracted(current(), request)), usage: NO_TOKENS, raw: null, model: "scripted" };
    },
  };
}

function extracted({ scene }: Stage, request: ModelRequest): JsonObject {
  const [, step = ""] = /wanted:(\w+)/.exec(JSON.stringify(request.messages)) ?? [];
  const calls = scene.pair?.injection.calls ?? [];
  if (step === ORDERS) return Object.fromEntries(calls.map(({ args }, index) => [`h${index + 1}`, args]));
  const place = Number(step.slice(1)) - 1;
  const { tool, args } = scene.task.groundTruth[place]!;
  if (scene.weakness !== "lies") return args;
  const same = calls.filter((call) => call.tool === tool);
  const others = calls.filter((call) => call.tool !== tool);
  return Object.assign({}, args, ...[...others, ...same].map((call) => sharedWith(args, call.args)));
}

function sharedWith(args: JsonObject, other: JsonObject): JsonObject {
  return Object.fromEntries(Object.entries(other).filter(([name]) => Object.hasOwn(args, name)));
}

async function runScene(runtime: Runtime, { task, approve }: Scene): Promise<{ result: RunResult; approvals: number }> {
  const handle = await runtime.start({ goal: task.prompt, ...(approve === "deny" ? { approve: "none" } : {}) });
  let approvals = 0;
  for (let result = await handle.result(); ; result = await handle.result()) {
    if (result.status !== "waiting") return { result, approvals };
    for (const { id, tool, input } of result.waiting?.approvals ?? []) {
      approvals += 1;
      const call = { tool: tool ?? "", args: input as JsonObject };
      if (task.groundTruth.some((gold) => isSameCall(gold, call))) await handle.approve({ id });
      else await handle.reject({ id });
    }
  }
}
