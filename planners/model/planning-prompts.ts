/**
 * The prompts that a planner needs, by the role they play. Owns: what each role is given.
 * Must not: hold any prompt's text.
 */
import { PlanwrightError } from "../../src/error/planwright-error.ts";
import type { PlanningRequest } from "../../src/planner/planning-request.ts";
import type { Prompt, PromptLibrary, PromptMark } from "../../src/prompt/prompt.ts";
import { parseBody } from "../../src/prompt/prompt-body.ts";

/** What each role's prompt gets, and so must use. */
export const ROLE_INPUTS = {
  planning: ["tools", "dialect", "goal", "params", "output", "documents", "budget"],
  replanning: ["done", "open", "answers", "cause", "findings", "budget"],
  repair: ["findings"],
} as const;
const ROLES = Object.keys(ROLE_INPUTS) as PlanningRole[];

export type PlanningRole = keyof typeof ROLE_INPUTS;
export type PlanningPrompts = Record<PlanningRole, Prompt>;

/** By default the highest version of each role's own name. Throws PROMPT_NOT_FOUND, CONFIG_INVALID. */
export function findPlanningPrompts(
  library: PromptLibrary,
  references: Partial<Record<PlanningRole, string>> = {},
): PlanningPrompts {
  const found = ROLES.map((role): [PlanningRole, Prompt] => [role, library.get(references[role] ?? role)]);
  for (const [role, prompt] of found) checkRole(role, prompt);
  return Object.fromEntries(found) as PlanningPrompts;
}

function checkRole(role: PlanningRole, prompt: Prompt): void {
  const wanted: readonly string[] = ROLE_INPUTS[role];
  const isFitting = wanted.length === prompt.inputs.length && wanted.every((name) => prompt.inputs.includes(name));
  const mark = `${prompt.name}@${prompt.version}`;
  if (!isFitting) {
    const message = `Prompt '${mark}' can't be used for ${role}: its inputs are ${prompt.inputs.join(", ") || "none"}.`;
    throw new PlanwrightError("CONFIG_INVALID", message, { hint: `They must be ${wanted.join(", ")}.` });
  }
  // Another system text would come before what must stay the same in all requests of a run.
  if (role === "planning" || parseBody(prompt.text).system.length === 0) return;
  throw new PlanwrightError(
    "CONFIG_INVALID",
    `Prompt '${mark}' has a section 'system'; only that of planning is sent.`,
    {
      hint: "Write its text into the section 'user'.",
    },
  );
}

/** The prompt that drives this try: what changes against the request before comes from it. */
export function promptOf({ n, attempt }: PlanningRequest, prompts: PlanningPrompts): PromptMark {
  const role = attempt > 1 ? "repair" : n > 1 ? "replanning" : "planning";
  const { name, version, hash } = prompts[role];
  return { name, version, hash };
}
