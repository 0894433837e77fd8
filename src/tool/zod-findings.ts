/**
 * Turns the issues of Zod 4 and Zod 3 (their shapes are nearly the same) into findings.
 * Owns: the wording. Must not: import either Zod.
 */
import { jsonPointer } from "../error/issue.ts";
import { describeKind, describeType, notAllowed, type SchemaFinding } from "./schema-finding.ts";

/** The fields of a Zod issue that are read here; both majors have them. */
export interface ZodIssueLike {
  code?: string | undefined;
  path: readonly PropertyKey[];
  message: string;
  expected?: unknown;
  keys?: readonly string[];
  /** What an enum or a literal allows: `values` in Zod 4, `options` in Zod 3. */
  values?: readonly unknown[];
  options?: readonly unknown[];
  /** Of the author's own checks; `hint` is taken over. */
  params?: { readonly [key: string]: unknown } | undefined;
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
    return [{ path, ...wrongType([issue.expected], actual) }];
  }
  if (actual === undefined && issue.path.length > 0)
    return [{ path, problem: "is missing", hint: `Give it a value: ${issue.message}.` }];
  if (issue.code === "custom" && typeof issue.params?.hint === "string") {
    return [{ path, problem: `is not accepted: ${issue.message}`, hint: issue.params.hint }];
  }
  const allowed = issue.values ?? issue.options;
  if (allowed !== undefined && allowed.length > 0) return [{ path, ...notAllowed(actual, allowed) }];
  const branch = issue.code === "invalid_union" ? nearestBranch(issue) : [];
  if (branch.length > 0) return zodFindings(branch, value);
  const kinds = issue.code === "invalid_union" ? kindsOfUnion(issue) : [];
  if (kinds.length > 0) return [{ path, ...wrongType(kinds, actual) }];
  return [{ path, problem: `is not accepted: ${issue.message}`, hint: "" }];
}

function wrongType(expected: readonly string[], actual: unknown): { problem: string; hint: string } {
  const wanted = expected.map(describeType).join(" or ");
  if (actual === undefined) return { problem: "is missing", hint: `Give it ${wanted}.` };
  return { problem: `must be ${wanted}, but is ${describeKind(actual)}`, hint: `Give it ${wanted}.` };
}

/** The branch of a union that came closest: its first issue lies deepest. No branch if all fail at the union itself. */
function nearestBranch(issue: ZodIssueLike): readonly ZodIssueLike[] {
  const deep = branchesOf(issue).filter(
    (branch) => branch.length > 0 && branch.every((one) => one.path.length > issue.path.length),
  );
  return deep.sort((left, right) => left.length - right.length)[0] ?? [];
}

/** The types that the branches want, where each of them fails at the union itself for its type. */
function kindsOfUnion(issue: ZodIssueLike): string[] {
  const firsts = branchesOf(issue).map((branch) => branch[0]);
  const kinds = firsts.flatMap((one) =>
    one?.code === "invalid_type" && typeof one.expected === "string" ? [one.expected] : [],
  );
  return kinds.length === firsts.length ? [...new Set(kinds)] : [];
}

function branchesOf(issue: ZodIssueLike): readonly (readonly ZodIssueLike[])[] {
  return (
    issue.errors?.map((branch) => branch.map((one) => ({ ...one, path: [...issue.path, ...one.path] }))) ??
    issue.unionErrors?.map((error) => error.issues) ??
    []
  );
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
