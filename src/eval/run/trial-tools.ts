/**
 * The tools of one trial. Owns: what a call really does at each level: nothing at `plan`, stubs and pure tools at `loop`,
 * the real thing at `outcome`. Must not: judge which tools a plan should use.
 */
import { builtInTools } from "../../../tools/built-in-tools.ts";
import { PlanwrightError } from "../../error/planwright-error.ts";
import { defaultPolicy, type Policy } from "../../policy/authorize.ts";
import type { JsonValue } from "../../shared/json.ts";
import type { Tool } from "../../tool/tool.ts";
import { caseTools } from "../case-tools.ts";
import type { LoadedCase, LoadedSuite } from "../loaded-suite.ts";
import { answerFromStub } from "./answer-from-stub.ts";

export interface TrialTools {
  tools: Tool[];
  /** Lets stubs and the tools of a world do what people would have to approve of real ones: nothing real comes of it. */
  policy: Policy;
  /** What the world is like now; null where the suite has none. */
  state(): Promise<JsonValue>;
}

interface Asked {
  suite: LoadedSuite;
  loaded: LoadedCase;
  /** Those that ask the variant's model. */
  modelTools: readonly Tool[];
}

/** Throws CONFIG_INVALID where a tool of the level `loop` has neither a stub nor is harmless. */
export async function toolsOfTrial({ suite, loaded, modelTools }: Asked): Promise<TrialTools> {
  const world = suite.world === undefined ? null : await suite.world();
  const registered = registeredTools([...(world?.tools ?? []), ...suite.tools], modelTools);
  const tools = caseTools(loaded.evalCase, registered).all();
  const stubs = suite.level === "loop" ? Object.keys(loaded.evalCase.stubs ?? {}) : [];
  return {
    tools: suite.level === "loop" ? tools.map((tool) => harmless(tool, loaded)) : tools,
    policy: trusting(suite.level === "plan" ? [] : [...stubs, ...(world?.tools ?? []).map(({ name }) => name)]),
    state: async () => (world === null ? null : await world.state()),
  };
}

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
function harmless(tool: Tool, { id, evalCase }: LoadedCase): Tool {
  const stub = evalCase.stubs?.[tool.name];
  if (stub !== undefined) return { ...tool, uses: [], reserve: null, execute: answerFromStub(tool, stub, id) };
  const isPure = tool.effect === "read" && tool.idempotency === "pure" && !tool.uses.includes("network");
  if (isPure) return tool;
  const execute = (): never => {
    throw new PlanwrightError("CONFIG_INVALID", `Tool '${tool.name}' has no stub in case '${id}'.`, {
      hint: `Add stubs: {"${tool.name}": [OUTPUT, …]} to the case, or use the level outcome.`,
    });
  };
  return { ...tool, execute };
}
