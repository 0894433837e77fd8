/** Conditions that can never hold, by the types of what they look at. Owns: warnings; a condition is never an error here. */
import type { Issue } from "../error/issue.ts";
import { didYouMean } from "../shared/did-you-mean.ts";
import { issueOf } from "./check-examination.ts";
import { type Reader, type Typing, typeOfPath } from "./check-typing.ts";
import type { CompiledCondition } from "./compiled.ts";
import { describeSchema } from "./schema-describe.ts";
import { expandView, viewOf } from "./schema-expand.ts";
import { relate } from "./schema-relation.ts";
import { valueFits } from "./schema-value.ts";

export function checkConditionTypes(condition: CompiledCondition, reader: Reader, typing: Typing): Issue[] {
  if (condition.kind === "combine") {
    return condition.conditions.flatMap((one) => checkConditionTypes(one, reader, typing));
  }
  if (condition.subject.kind !== "ref") return [];
  const { path } = condition.subject;
  const { found, root } = typeOfPath(path, reader, typing);
  if (found.kind === "missing" || root.isAdvisory) return [];
  if (condition.kind === "quantify") {
    if (relate(found.schema, { type: "array" }) !== "no") return [];
    const message = `Step '${reader.step?.step.id}' asks for '${condition.quantifier}' of '${path.text}', which is ${describeSchema(found.schema)}: not a list.`;
    const hint = "Refer to a list, for instance with [*], or use a plain operator.";
    return [issueOf({ severity: "warning", code: "PLAN_NOT_A_LIST", path: condition.pointer, message, hint })];
  }
  const { operator, operand } = condition;
  if (operator !== "is" || operand.kind !== "constant") return [];
  const view = viewOf(found.schema);
  if (operand.value === null || valueFits(operand.value, view) !== "no") return [];
  const choices = expandView(view)
    .flatMap((leaf) => leaf.values ?? [])
    .filter((value) => typeof value === "string");
  const meant = typeof operand.value === "string" ? didYouMean(operand.value, choices) : null;
  const words = meant === null ? "" : ` Did you mean "${meant}"?`;
  return [
    issueOf({
      severity: "warning",
      code: "PLAN_TYPE_MISMATCH",
      path: operand.pointer,
      message: `Step '${reader.step?.step.id}' never runs: '${path.text}' is ${describeSchema(found.schema)}, never ${JSON.stringify(operand.value)}.${words}`,
      hint: meant === null ? "Compare it with a value that it can have." : `Write "${meant}".`,
      fix: meant === null ? null : [{ op: "replace", path: operand.pointer, value: meant }],
    }),
  ];
}
