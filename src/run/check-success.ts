/**
 * Whether a run has met its goal (CONTRACTS 10, `success`): conditions and schemas on the result, a model's judgement
 * last. Owns: verdicts with their evidence, and what unmet ones tell a planner. Must not: call a model.
 */
import type { Issue } from "../error/issue.ts";
import type { Criterion } from "../goal/run-rules.ts";
import type { EntryData } from "../journal/entries.ts";
import { compileCondition } from "../plan/compile-condition.ts";
import { evaluateCondition } from "../plan/evaluate-condition.ts";
import { ABSENT, parsePath, readPath } from "../plan/path.ts";
import type { Scope } from "../plan/scope.ts";
import { TRUSTED } from "../policy/label.ts";
import { cutText } from "../shared/cut-text.ts";
import type { JsonObject, JsonValue } from "../shared/json.ts";
import { checkRunOutput } from "./check-run-output.ts";
import type { Ledger } from "./ledger.ts";
import { scopeOf } from "./ledger-scope.ts";

export type Verdict = EntryData<"success.checked">["results"][number];

/** Longest evidence of one verdict, in characters. */
const EVIDENCE_CHARS = 400;

/** Verdicts in the order of the criteria; `met: null` for those that a model has to judge. */
export function checkSuccess(ledger: Ledger, output: JsonValue): Verdict[] {
  const scope = successScope(ledger, output);
  return (ledger.accepted.rules?.success ?? []).map((criterion) => verdictOf(criterion, scope));
}

/** All met, one not, or still to be judged; an unmet one makes judging pointless. */
export function isMet(results: readonly Verdict[]): boolean | null {
  if (results.some(({ met }) => met === false)) return false;
  return results.some(({ met }) => met === null) ? null : true;
}

/** The run's values as its steps see them, and its `output`. */
function successScope(ledger: Ledger, output: JsonValue): Scope {
  const inner = scopeOf(ledger, null, null);
  return {
    ...inner,
    read: (root, segments) => (root === "output" ? { value: output, label: TRUSTED } : inner.read(root, segments)),
  };
}

function verdictOf(criterion: Criterion, scope: Scope): Verdict {
  const { name } = criterion;
  if ("check" in criterion) return { name, ...conditionVerdict(criterion.check, scope) };
  if ("schema" in criterion) return { name, ...schemaVerdict(criterion, scope) };
  return { name, met: null, evidence: "to be judged" };
}

function conditionVerdict(check: JsonObject, scope: Scope): Omit<Verdict, "name"> {
  const { condition, issues } = compileCondition(check, "/check", { inside: "when" });
  if (condition === null) return { met: false, evidence: issues[0]?.message ?? "the condition cannot be read" };
  const { holds } = evaluateCondition(condition, scope);
  return { met: holds, evidence: cutText(evidenceOf(check, scope), EVIDENCE_CHARS) };
}

/** What the condition looked at, as it was. */
function evidenceOf(check: JsonObject, scope: Scope): string {
  const refs = [...new Set(refsIn(check))];
  const seen = refs.map((ref) => `${ref} = ${shown(read(ref, scope))}`);
  return seen.length === 0 ? JSON.stringify(check) : seen.join("; ");
}

function refsIn(value: JsonValue): string[] {
  if (Array.isArray(value)) return value.flatMap(refsIn);
  if (typeof value !== "object" || value === null) return [];
  return Object.entries(value).flatMap(([key, field]) =>
    key === "ref" && typeof field === "string" ? [field] : refsIn(field),
  );
}

function read(ref: string, scope: Scope): JsonValue | typeof ABSENT {
  const parsed = parsePath(ref);
  if (!parsed.ok) return ABSENT;
  const { root, segments } = parsed.path;
  const found = scope.read(root, segments).value;
  return found === ABSENT ? ABSENT : readPath(found, segments, null);
}

function shown(value: JsonValue | typeof ABSENT): string {
  return value === ABSENT ? "absent" : cutText(JSON.stringify(value), 200);
}

function schemaVerdict(
  { schema, ref = "output" }: { schema: JsonObject; ref?: string | undefined },
  scope: Scope,
): Omit<Verdict, "name"> {
  const value = read(ref, scope);
  if (value === ABSENT) return { met: false, evidence: `${ref} is absent` };
  const issues = checkRunOutput(schema, value);
  const evidence = issues.length === 0 ? `${ref} fits` : issues.map(({ message }) => message).join("; ");
  return { met: issues.length === 0, evidence: cutText(evidence, EVIDENCE_CHARS) };
}

/** What a planner is told of criteria that are not met. */
export function unmetIssues(results: readonly Verdict[]): Issue[] {
  return results.flatMap(({ name, met, evidence }, place) =>
    met === true
      ? []
      : [
          {
            severity: "error" as const,
            code: "SUCCESS_UNMET" as const,
            path: `/success/${place}`,
            message: `The success criterion '${name}' is not met: ${evidence}.`,
            hint: "Plan what is missing, and finish once the criterion can hold.",
            fix: null,
          },
        ],
  );
}
