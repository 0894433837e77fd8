/**
 * Warnings about values that may not be there. Owns: when that is worth a word: a reader that also uses what is sure
 * to be there, and would be skipped or lose a part. Chains inside one branch are meant and stay quiet.
 */
import type { Issue } from "../error/issue.ts";
import { issueOf } from "./check-examination.ts";
import { readerName } from "./check-references.ts";
import { isOfElement, type Reader, type Typing, typeOfPath } from "./check-typing.ts";
import type { Path, Reference } from "./compiled.ts";
import { ROOTS } from "./decision.ts";

const ROOT_NAMES: ReadonlySet<string> = new Set(ROOTS);

export function checkAbsence(references: readonly Reference[], reader: Reader, typing: Typing): Issue[] {
  const needed = references.filter(({ use, hasFallback }) => !hasFallback && use !== "when" && use !== "fallback");
  const isUncertain = (reference: Reference): boolean => typeOfPath(reference.path, reader, typing).root.isUncertain;
  const steps = needed.filter(({ path }) => !ROOT_NAMES.has(path.root));
  const hasSure = steps.some((reference) => !isUncertain(reference));
  const issues: Issue[] = [];
  for (const reference of needed) {
    const why = reasonForAbsence(reference, reader, { typing, hasSure });
    if (why !== null) issues.push(absence(reference, reader, why));
  }
  return issues;
}

interface Reading {
  typing: Typing;
  hasSure: boolean;
}

function reasonForAbsence({ path }: Reference, reader: Reader, { typing, hasSure }: Reading): string | null {
  if (path.root === "document" && typing.examination.context.documents === 0) return null; // an error of its own
  const { root, found } = typeOfPath(path, reader, typing);
  const known = typing.examination.steps.has(path.root) ? undefined : typing.examination.context.known.get(path.root);
  if (known?.status === "unmet" || known?.status === "skipped") return `step '${path.root}' was ${known.status}`;
  if (known !== undefined) return null; // a failed or dropped one is an error of the reference pass
  if (root.isUncertain && (reader.step === null || hasSure)) return `step '${path.root}' may end without an output`;
  if (found.kind === "found" && found.optionalKey !== null && !root.isAdvisory)
    return `'${found.optionalKey}' is optional`;
  return null;
}

function effectOf(path: Path, reader: Reader): string {
  if (reader.step === null) return "that part of the output would then be null";
  if (reader.step.items !== null && isOfElement(path))
    return "that element would then be skipped, with null in the list";
  return "the whole step would then be skipped";
}

function absence({ path, pointer }: Reference, reader: Reader, why: string): Issue {
  return issueOf({
    severity: "warning",
    code: "PLAN_MAYBE_ABSENT",
    path: pointer,
    message: `${readerName(reader.step)} refers to '${path.text}', but ${why}; ${effectOf(path, reader)}.`,
    hint: `Add a "default" beside the "ref" if it should go on without it.`,
  });
}
