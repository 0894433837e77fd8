/** Who plans, and why: said on standard error, so that nobody wonders. Owns: what `--model` may be in this version. */
import { PlanwrightError } from "../../error/planwright-error.ts";

export interface PlannerChoice {
  name: "rule";
  /** Half a sentence. */
  why: string;
}

export interface ModelWish {
  model: string;
  /** `--model`, `PLANWRIGHT_MODEL`, or the configuration's name. */
  from: string;
}

const KEYS = ["ANTHROPIC_API_KEY", "OPENAI_API_KEY", "PLANWRIGHT_API_KEY"];

/** Names of the keys in the environment; never their values. */
export function keysFound(env: Readonly<Record<string, string | undefined>>): string[] {
  return KEYS.filter((key) => (env[key] ?? "") !== "");
}

/** Throws CONFIG_INVALID for every model but `offline`. */
export function choosePlanner(
  wish: ModelWish | null,
  env: Readonly<Record<string, string | undefined>>,
): PlannerChoice {
  if (wish?.model === "offline") return { name: "rule", why: `${wish.from} says offline` };
  if (wish !== null) {
    throw new PlanwrightError(
      "CONFIG_INVALID",
      `${wish.from} asks for the model '${wish.model}', but this version plans without models.`,
      {
        hint: "Use --model offline: rules plan, without key and network. Models come with a later version.",
      },
    );
  }
  const keys = keysFound(env);
  if (keys.length === 0) return { name: "rule", why: "no model is configured" };
  return { name: "rule", why: `this version plans without models; ${keys.join(" and ")} stays unused` };
}
