/**
 * Steps of a plan that is still being written (KERNEL 12): checked as far as the plan goes, journalled, and started
 * like any other. Owns: which steps may start early. Must not: believe that the rest of the plan will be good.
 */
import { hasErrors } from "../error/issue.ts";
import type { NewEntry } from "../journal/entries.ts";
import { INLINE_BYTES } from "../journal/store-value.ts";
import { canonicalStep } from "../plan/canonical-step.ts";
import { type CompiledStep, compileStep } from "../plan/compile-plan.ts";
import type { Reference } from "../plan/compiled.ts";
import { ROOTS, type Step } from "../plan/decision.ts";
import type { Label } from "../policy/label.ts";
import type { JsonValue } from "../shared/json.ts";
import { toolFacts } from "../step/step-factory.ts";
import type { Tool } from "../tool/tool.ts";
import { literalLabel } from "./ask-planner.ts";
import { recordedRequest } from "./build-planning-request.ts";
import { plannerOf } from "./call-planner.ts";
import { type CheckedProposal, checkProposal } from "./check-proposal.ts";
import { append, type DriverCore, isStopping, type StreamedPlan } from "./driver-core.ts";
import type { Ledger } from "./ledger.ts";

/** Takes the next step of the answer that is being written. */
export function takeStreamedStep(core: DriverCore, streamed: { n: number; attempt: number; step: JsonValue }): void {
  const { ledger } = core.state;
  const { n, attempt } = streamed;
  // Now, and not with its entry: the hash of its definition must be that of the step as it is kept.
  const step = core.journal.mask?.(streamed.step) ?? streamed.step;
  const isOpen = ledger.open?.n === n && ledger.open.attempt === attempt && ledger.open.raw === null;
  if (!isOpen || isStopping(core) || ledger.accepted.reviewPlan === true) return;
  if (core.streamed?.n !== n || core.streamed.attempt !== attempt) {
    core.streamed = { n, attempt, steps: [], isOver: false, early: new Set() };
  }
  const plan = core.streamed;
  if (plan.isOver) return;
  plan.steps.push(step);
  const checked = checkSoFar(core, plan.steps);
  const last = checked.decision?.kind === "plan" ? checked.decision.steps.at(-1) : undefined;
  plan.isOver = last === undefined || hasErrors(checked.issues);
  if (last === undefined || plan.isOver) return;
  const tool = core.environment.tools.get(last.tool);
  if (tool === undefined || !mayStartEarly(ledger, last, { tool, checked, plan })) return;
  plan.early.add(last.id);
  append(core, earlyEntry(core, last, { plan, tool }));
}

/** As a plan that goes on: what is not written yet is not missed. */
function checkSoFar(core: DriverCore, steps: JsonValue[]): CheckedProposal {
  const raw = { kind: "plan", rationale: "", steps, then: "replan" };
  const environment = { ...core.environment, planner: plannerOf(core) };
  return checkProposal(environment, core.state.ledger, { raw, planLabel: labelOf(core) });
}

interface Circumstances {
  tool: Tool;
  checked: CheckedProposal;
  plan: StreamedPlan;
}

/** A pure read that reaches nothing outside, needs nobody's approval, and reads only what is there or early itself. */
function mayStartEarly(ledger: Ledger, step: Step, { tool, checked, plan }: Circumstances): boolean {
  const isHarmless = tool.effect === "read" && tool.idempotency === "pure" && tool.uses.length === 0;
  const isInline = JSON.stringify(step).length < INLINE_BYTES;
  if (!isHarmless || !isInline || ledger.steps.has(step.id)) return false;
  if (checked.approvals.some((approval) => approval.step === step.id)) return false;
  return sourcesOf(compileStep(step, "").compiled).every((id) => {
    return plan.early.has(id) || ledger.steps.get(id)?.status === "completed";
  });
}

/** Ids of all steps that it reads or follows. */
function sourcesOf({ references, after }: CompiledStep): string[] {
  return [...after, ...references.flatMap(sourceOf)];
}

function sourceOf({ path: { root, segments } }: Reference): string[] {
  const [first] = segments;
  if (root === "status" && first?.kind === "key") return [first.key];
  return (ROOTS as readonly string[]).includes(root) ? [] : [root];
}

function earlyEntry(core: DriverCore, step: Step, { plan, tool }: Pick<Circumstances, "plan" | "tool">): NewEntry {
  const onFailure = plannerOf(core).defaultOnFailure ?? "replan";
  return {
    kind: "decision.step",
    data: {
      n: plan.n,
      attempt: plan.attempt,
      step: { value: step as unknown as JsonValue },
      definition: canonicalStep(step, onFailure),
      label: labelOf(core),
      onFailure,
      facts: toolFacts(tool),
    },
  };
}

function labelOf(core: DriverCore): Label {
  const { ledger } = core.state;
  const request = recordedRequest(ledger);
  return request === null ? ledger.planLabel : literalLabel(plannerOf(core), request);
}
