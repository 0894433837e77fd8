/**
 * Turns the issues of Zod 4 and Zod 3 (their shapes are nearly the same) into findings.
 * Owns: the wording. Must not: import either Zod.
 */
import { jsonPointer } from "../error/issue.ts";
import { describeKind, describeType, type SchemaFinding } from "./schema-finding.ts";

/** The fields of a Zod issue that are read here; both majors have them. */
export interface ZodIssueLike {
  code?: string | undefined;
  path: readonly PropertyKey[];
  message: string;
  expected?: unknown;
  keys?: readonly string[];
  /** Zod 4: one list of issues per branch of a union. */
  errors?: readonly (readonly ZodIssueLike[])[];
  /** Zod 3: one error per branch of a union. */
  unionErrors?: readonly { issues: readonly ZodIssueLike[] }[];
}

/** `value` is what was checked: issues of missing fields are told from wrong ones by looking. */
export function zodFindings(issues: readonly ZodIssueLike[], value: unknown): SchemaFinding[] {
  return issues.flatMap((issue) => findingsOf(issue, value));
}

function findingsOf(issue: ZodIssueLike, value: unknown): SchemaFinding[] {
  const path = pointerOf(issue.path);
  if (issue.code === "unrecognized_keys" && issue.keys !== undefined) {
    return issue.keys.map((key) => ({
      path: path + jsonPointer([key]),
      problem: "is not known here",
      hint: `Remove '${key}', or correct its name.`,
    }));
  }
  const actual = valueAt(value, issue.path);
  if (issue.code === "invalid_type" && typeof issue.expected === "string") {
    return [{ path, ...wrongType(issue.expected, actual) }];
  }
  if (actual === undefined && issue.path.length > 0) return [{ path, problem: "is missing", hint: `Give it a value: ${issue.message}.` }];
  const branch = issue.code === "invalid_union" ? nearestBranch(issue) : [];
  if (branch.length > 0) return zodFindings(branch, value);
  return [{ path, problem: `is not accepted: ${issue.message}`, hint: "" }];
}

function wrongType(expected: string, actual: unknown): { problem: string; hint: string } {
  const wanted = describeType(expected);
  if (actual === undefined) return { problem: "is missing", hint: `Give it ${wanted}.` };
  return { problem: `must be ${wanted}, but is ${describeKind(actual)}`, hint: `Give it ${wanted}.` };
}

/** The branch of a union that came closest: its first issue lies deepest. No branch if all fail at the union itself. */
function nearestBranch(issue: ZodIssueLike): readonly ZodIssueLike[] {
  const inner: readonly (readonly ZodIssueLike[])[] =
    issue.errors?.map((branch) => branch.map((one) => ({ ...one, path: [...issue.path, ...one.path] }))) ??
    issue.unionErrors?.map((error) => error.issues) ??
    [];
  const deep = inner.filter((branch) => branch.length > 0 && branch.every((one) => one.path.length > issue.path.length));
  return deep.sort((left, right) => left.length - right.length)[0] ?? [];
}

function pointerOf(path: readonly PropertyKey[]): string {
  return jsonPointer(path.map((key) => (typeof key === "symbol" ? String(key) : key)));
}

function valueAt(value: unknown, path: readonly PropertyKey[]): unknown {
  let current = value;
  for (const key of path) {
    if (typeof current !== "object" || current === null || !Object.hasOwn(current, key)) return undefined;
    current = (current as Record<PropertyKey, unknown>)[key];
  }
  return current;
}
