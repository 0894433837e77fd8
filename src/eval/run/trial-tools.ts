/**
 * The tools of one trial. Owns: what a call really does at each level: nothing at `plan`, stubs and pure tools at `loop`,
 * the real thing at `outcome`. Must not: judge which tools a plan should use.
 */
import { builtInTools } from "../../../tools/built-in-tools.ts";
import { type ErrorShape, PlanwrightError } from "../../error/planwright-error.ts";
import { defaultPolicy, type Policy } from "../../policy/authorize.ts";
import type { JsonValue } from "../../shared/json.ts";
import type { Tool } from "../../tool/tool.ts";
import { caseTools } from "../case-tools.ts";
import type { LoadedCase, LoadedSuite } from "../loaded-suite.ts";
import { answerFromStub } from "./answer-from-stub.ts";

export interface TrialTools {
  tools: Tool[];
  /** Lets the tools of a loop and of a world do what people would have to approve of real ones: nothing real comes of it. */
  policy: Policy;
  /** What the world is like now; null where the suite has none. */
  state(): Promise<JsonValue>;
  /** Why the trial can't be scored: a stub that the case lacks, or one that is no output of its tool; null where none was. */
  fault(): ErrorShape | null;
}

interface Asked {
  suite: LoadedSuite;
  loaded: LoadedCase;
  /** Those that ask the variant's model. */
  modelTools: readonly Tool[];
}

/** At the level `loop` nothing real is ever called: a tool with effects and without a stub is a fault of the suite. */
export async function toolsOfTrial({ suite, loaded, modelTools }: Asked): Promise<TrialTools> {
  const world = suite.world === undefined ? null : await suite.world();
  const registered = registeredTools([...(world?.tools ?? []), ...suite.tools], modelTools);
  const tools = caseTools(loaded.evalCase, registered).all();
  const isLoop = suite.level === "loop";
  const faults: PlanwrightError[] = [];
  const fail = (fault: PlanwrightError): never => {
    faults.push(fault);
    throw fault;
  };
  const ofWorld = (world?.tools ?? []).map(({ name }) => name);
  return {
    tools: isLoop ? tools.map((tool) => harmless(tool, loaded, fail)) : tools,
    policy: trusting(isLoop ? tools.map(({ name }) => name) : suite.level === "plan" ? [] : ofWorld),
    state: async () => (world === null ? null : await world.state()),
    fault: () => faults[0]?.toShape() ?? null,
  };
}

/** Ends the call, and is remembered as what was wrong with the suite. */
type Fail = (fault: PlanwrightError) => never;

function trusting(standIns: readonly string[]): Policy {
  const names = new Set(standIns);
  return (facts) => {
    const verdict = defaultPolicy(facts);
    return verdict.outcome === "approve" && names.has(facts.tool)
      ? { outcome: "allow", rule: "eval.stand-in" }
      : verdict;
  };
}

/** All that cases of this suite may name: its own first, then those of a model, then the built-in ones. */
export function registeredTools(own: readonly Tool[], modelTools: readonly Tool[]): Tool[] {
  const names = new Set<string>();
  return [...own, ...modelTools, ...builtInTools].filter(({ name }) => !names.has(name) && names.add(name));
}

/** With a stub, or pure: so that a loop can be tried as often as one likes. */
function harmless(tool: Tool, { id, evalCase }: LoadedCase, fail: Fail): Tool {
  const stub = evalCase.stubs?.[tool.name];
  const standIn = (execute: Tool["execute"]): Tool => ({ ...tool, uses: [], reserve: null, execute });
  if (stub === undefined) {
    const isPure = tool.effect === "read" && tool.idempotency === "pure" && !tool.uses.includes("network");
    if (isPure) return tool;
    const hint = `Add stubs: {"${tool.name}": [OUTPUT, …]} to the case, or use the level outcome.`;
    return standIn(() => fail(stubError(`Tool '${tool.name}' has no stub in case '${id}'.`, hint)));
  }
  const answer = answerFromStub(tool, stub, id);
  return standIn((input, context) => {
    const output = answerOrFail(() => answer(input, context), fail) as JsonValue;
    const checked = tool.checkOutput(structuredClone(output));
    if (checked.ok || tool.schemaTrust === "advisory") return output;
    const [issue] = checked.issues;
    const message = `A stub of tool '${tool.name}' in case '${id}' is no output of it: ${issue?.message ?? ""}`;
    return fail(stubError(message, "Correct the stub: it has to fit the tool's output schema."));
  });
}

/** Errors of the stub are those of the tool; that none fits the call is the suite's. */
function answerOrFail(answer: () => unknown, fail: Fail): unknown {
  try {
    return answer();
  } catch (thrown) {
    if (thrown instanceof PlanwrightError && thrown.code === "CONFIG_INVALID") return fail(thrown);
    throw thrown;
  }
}

function stubError(message: string, hint: string): PlanwrightError {
  return new PlanwrightError("CONFIG_INVALID", message, { hint });
}
