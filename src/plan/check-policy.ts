/**
 * Sixth pass: effects and policy before the run. Owns: the forecast of labels (KERNEL 17) on which the policy decides.
 * Must not: decide; the gate asks the same policy again with the real input.
 */
import type { Issue } from "../error/issue.ts";
import { joinLabels, type Label, TRUSTED, trusted, untrusted } from "../policy/label.ts";
import { type Examination, issueOf } from "./check-examination.ts";
import type { CompiledStep } from "./compile-plan.ts";
import type { Path } from "./compiled.ts";
import { topologicalOrder } from "./plan-graph.ts";

/** What this pass looks at. */
type Examined = Pick<Examination, "graph" | "steps" | "tools" | "groups" | "context">;

export function checkPolicy(examination: Examined): {
  issues: Issue[];
  approvals: { step: string; rule: string }[];
} {
  const { steps, tools, context } = examination;
  const planLabel = context.planLabel ?? (context.isPersonal ? TRUSTED : untrusted("planner"));
  const verdicts = new Map<string, ReturnType<typeof context.policy>>();
  const { inputs } = forecastLabels(examination, planLabel);
  for (const [id, label] of inputs) {
    const tool = tools.get(id);
    const input = steps.get(id)!.step.input;
    if (tool !== undefined) verdicts.set(id, context.policy({ step: id, tool, input, label, planLabel }));
  }
  const issues: Issue[] = [];
  const approvals: { step: string; rule: string }[] = [];
  for (const [id, step] of steps) {
    const verdict = verdicts.get(id);
    if (verdict?.outcome === "approve") approvals.push({ step: id, rule: verdict.rule });
    if (verdict?.outcome === "deny") issues.push(denied(step, verdict.rule));
  }
  return { issues, approvals };
}

/** Labels as they will be at most: of each step's input, and of whatever a path of the plan reads. */
export function forecastLabels(
  examination: Examined,
  planLabel: Label,
): { inputs: ReadonlyMap<string, Label>; labelOf: (path: Path) => Label } {
  const { graph, steps, tools } = examination;
  const labels = new Map<string, Label>();
  const inputs = new Map<string, Label>();
  for (const id of topologicalOrder(graph) ?? graph.ids) {
    const step = steps.get(id)!;
    const label = labelOfInput(step, { examination, labels, planLabel });
    const source = untrusted(`tool:${step.step.tool}`);
    inputs.set(id, label);
    labels.set(id, tools.get(id)?.derive === "inputs" ? label : joinLabels(label, source));
  }
  return { inputs, labelOf: (path) => labelOfPath(path, { examination, labels, planLabel }) };
}

interface Forecast {
  examination: Examined;
  labels: ReadonlyMap<string, Label>;
  planLabel: Label;
}

function labelOfInput(step: CompiledStep, forecast: Forecast): Label {
  return joinAll([forecast.planLabel, ...step.references.map(({ path }) => labelOfPath(path, forecast))]);
}

/** As `joinLabels` for many at once: references that lead nowhere can be thousands, each with a name of its own. */
function joinAll(labels: readonly Label[]): Label {
  const isUntrusted = labels.some(({ integrity }) => integrity === "untrusted");
  const origins = [...new Set(labels.flatMap((label) => label.origins))].sort();
  return { integrity: isUntrusted ? "untrusted" : "trusted", origins };
}

function labelOfPath({ root, segments }: Path, { examination, labels }: Forecast): Label {
  switch (root) {
    case "goal":
    case "params":
      return trusted(root);
    case "document":
      return untrusted("documents[0]");
    case "documents":
      return untrusted(segments[0]?.kind === "at" ? `documents[${segments[0].index}]` : "documents");
    case "now":
    case "item":
    case "index":
      return TRUSTED; // an element is as trusted as its list, which is a reference of the step as well
    case "status":
      return segments[0]?.kind === "key" ? (labels.get(segments[0].key) ?? TRUSTED) : TRUSTED;
    default:
      return labelOfStep(root, { examination, labels });
  }
}

function labelOfStep(id: string, { examination, labels }: Pick<Forecast, "examination" | "labels">): Label {
  const own = labels.get(id);
  if (own !== undefined) return own;
  const members = examination.groups.get(id) ?? [];
  const parts = members.map((member) => labels.get(member) ?? TRUSTED);
  if (parts.length > 0) return parts.reduce(joinLabels, TRUSTED);
  return examination.context.known.get(id)?.label ?? untrusted(`step:${id}`);
}

function denied({ step, pointer }: CompiledStep, rule: string): Issue {
  return issueOf({
    code: "POLICY_DENIED",
    path: `${pointer}/tool`,
    message: `Step '${step.id}' would never run: the policy denies tool '${step.tool}' (rule ${rule}).`,
    hint: "Reach the goal without this tool, or abandon with a reason.",
  });
}
