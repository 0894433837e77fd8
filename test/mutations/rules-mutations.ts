/** Mutations of what a workflow's rules and a person's review add to the kernel. */
import { type Mutation, RUNS } from "./mutation.ts";

export const rules: readonly Mutation[] = [
  {
    name: "rules: sync before a completed step is undone",
    file: "src/run/compensate.ts",
    find: "core.journal.sync().then(",
    replace: "Promise.resolve().then(",
    tests: ["test/scenarios/crash-points.test.ts"],
  },
  {
    name: "rules: what was completed last is undone first",
    file: "src/run/apply-recovery.ts",
    find: "const call = ledger.undoable.at(-1);",
    replace: "const call = ledger.undoable.at(0);",
    tests: RUNS,
  },
  {
    name: "rules: undoing that was cut off and must not repeat is not repeated",
    file: "src/run/apply-recovery.ts",
    find: "if (!mustNotRepeat(current)) {",
    replace: "if (true) {",
    tests: [...RUNS, "test/scenarios/crash-points.test.ts"],
  },
  {
    name: "rules: a rule that has had its say is not asked again",
    file: "src/run/recovery-rules.ts",
    find: 'verb === "retry" || (verb === "escalate" && status !== "escalated") ? rule : rule + 1;',
    replace: "verb === undefined ? rule + 1 : rule;",
    tests: RUNS,
  },
  {
    name: "rules: a tool that must not repeat stands not in for itself",
    file: "src/run/recovery-rules.ts",
    find: "&& !isTriedTool(ledger, rule, call)",
    replace: "",
    tests: RUNS,
  },
  {
    name: "rules: a retry must not repeat what may have happened",
    file: "src/run/recovery-rules.ts",
    find: "(!mustNotRepeat(call) && call.failures + 1 < retryOf(rule).attempts)",
    replace: "call.failures + 1 < retryOf(rule).attempts",
    tests: RUNS,
  },
  {
    name: "rules: a value that stands in keeps the label of what failed",
    file: "src/run/apply-recovery.ts",
    find: "joinLabels(call.step.literalLabel, call.inputLabel)",
    replace: "call.step.literalLabel",
    tests: RUNS,
  },
  {
    name: "rules: a call that stands in needs an approval of its own",
    file: "src/run/apply-recovery.ts",
    find: "  call.approval = null;\n",
    replace: "",
    tests: RUNS,
  },
  {
    name: "rules: one unmet criterion is enough",
    file: "src/run/check-success.ts",
    find: "if (results.some(({ met }) => met === false)) return false;",
    replace: "",
    tests: RUNS,
  },
  {
    name: "rules: what a tool finds out of a call that was cut off is held against its schema",
    file: "src/run/reconcile-call.ts",
    find: "answer.happened === true ? tool.checkOutput(answer.output ?? null) : null;",
    replace: "answer.happened === true ? { ok: true as const, value: answer.output ?? null } : null;",
    tests: RUNS,
  },
  {
    name: "rules: a run that denies approvals denies a review",
    file: "src/run/review-plan.ts",
    find: "if (accepted.denyApprovals) {",
    replace: "if (false as boolean) {",
    tests: RUNS,
  },
  {
    name: "rules: the plan that was approved runs, not the one that was shown",
    file: "src/run/apply-review.ts",
    find: "ledger.review.edited = data.plan;",
    replace: "ledger.review.edited = null;",
    tests: RUNS,
  },
];
