/** Fifth pass: the output of a plan or finish decision against what the request wants. */
import type { Issue } from "../error/issue.ts";
import { checkAbsence } from "./check-absence.ts";
import { type Examination, issueOf } from "./check-examination.ts";
import { checkReferenceTypes } from "./check-types.ts";
import type { Reader, Typing } from "./check-typing.ts";
import { type Walk, walkValue } from "./check-values.ts";
import { unreadSteps } from "./plan-graph.ts";
import { objectSchema } from "./schema-compose.ts";
import { viewOf } from "./schema-expand.ts";
import { explainMismatch, relate } from "./schema-relation.ts";

const READER: Reader = { step: null, item: null };

export function checkOutput(examination: Examination, typing: Typing): Issue[] {
  const { plan, context, decision } = examination;
  const issues = checkReferenceTypes(plan.references, READER, typing);
  issues.push(...checkAbsence(plan.references, READER, typing));
  if (context.outputSchema === null) return issues;
  if (plan.output === null) {
    const ends = decision.kind === "plan" && decision.then !== "replan";
    return ends ? [...issues, ...checkOmittedOutput(examination, typing)] : issues;
  }
  const walk: Walk = { typing, reader: READER, nullIfAbsent: true, findings: [] };
  walkValue(plan.output, viewOf(context.outputSchema), walk);
  for (const { pointer, reason, hint, fix, isAdvisory } of walk.findings) {
    const place = pointer.slice("/output".length);
    const part =
      place === "" || place === "/ref" ? "The output" : `The output at ${place.replace(/\/(ref|template)$/, "")}`;
    issues.push(
      issueOf({
        severity: isAdvisory ? "warning" : "error",
        code: "PLAN_OUTPUT_MISMATCH",
        path: pointer,
        message: `${part} ${reason}; the request asks for another form.`,
        hint,
        fix,
      }),
    );
  }
  return issues;
}

/** Without `output`, the result is the outputs of the steps that nobody reads, by id (KERNEL 11). */
function checkOmittedOutput(examination: Examination, typing: Typing): Issue[] {
  const { groups, context, plan } = examination;
  const unread = new Set(unreadSteps(plan.steps, groups));
  const types = [...typing.outputs].filter(([id]) => unread.has(id));
  if (types.some(([, type]) => type.isAdvisory) || plan.steps.length === 0) return [];
  const given = objectSchema(
    types.map(([id, type]) => [id, type.schema]),
    new Set(types.filter(([, type]) => type.isUncertain).map(([id]) => id)), // without an output it is left out
  );
  if (relate(given, context.outputSchema!) !== "no") return [];
  return [
    issueOf({
      code: "PLAN_OUTPUT_MISMATCH",
      path: "",
      message: `The plan has no 'output', so its result would be the outputs of its last steps by id; that does not fit the request: ${explainMismatch(given, context.outputSchema!)}.`,
      hint: "Add an 'output' that builds the wanted form from references.",
    }),
  ];
}
