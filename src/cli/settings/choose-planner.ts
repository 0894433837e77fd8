/** Who plans, and why: said on standard error, so that nobody wonders. Owns: the order of wish, key and rules. */
import { defaultModel } from "../../model/open-model.ts";

export interface PlannerChoice {
  name: "rule" | "model";
  /** As `openModel` takes it; null for the rule planner. */
  model: string | null;
  /** Half a sentence. */
  why: string;
}

export interface ModelWish {
  model: string;
  /** `--model`, `PLANWRIGHT_MODEL`, or the configuration's name. */
  from: string;
}

type Environment = Readonly<Record<string, string | undefined>>;

const KEYS = ["ANTHROPIC_API_KEY", "OPENAI_API_KEY", "PLANWRIGHT_API_KEY"];

/** Names of the keys in the environment; never their values. */
export function keysFound(env: Environment): string[] {
  return KEYS.filter((key) => (env[key] ?? "") !== "");
}

/** What was asked for, else the model that a key in the environment picks, else rules. */
export function choosePlanner(wish: ModelWish | null, env: Environment): PlannerChoice {
  if (wish?.model === "offline") return { name: "rule", model: null, why: `${wish.from} says offline` };
  if (wish !== null) return { name: "model", model: wish.model, why: `${wish.from} says so` };
  const found = defaultModel(env);
  if (found === null) return { name: "rule", model: null, why: "no model is configured" };
  return { name: "model", model: found.spec, why: found.why };
}
