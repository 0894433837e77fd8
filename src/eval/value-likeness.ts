/**
 * How far a value of a plan says the same as the gold's. Owns: what counts as the same.
 * Must not: know tools or steps beyond the likeness of sources that it is given.
 */
import type { CompiledValue, Path, Segment } from "../plan/compiled.ts";
import { ROOTS } from "../plan/decision.ts";
import { resolveValue } from "../plan/resolve-value.ts";
import type { Scope } from "../plan/scope.ts";
import { canonicalJson, type JsonValue } from "../shared/json.ts";
import { isSameJson } from "../shared/same-json.ts";

export interface LikenessContext {
  /** 0 to 1: how alike two steps are that values refer to. */
  sourceLikeness(got: string, gold: string): number;
  /** What references of the decision, and of the gold, stand for as far as that is known. */
  gotScope: Scope;
  goldScope: Scope;
}

const ROOT_NAMES: ReadonlySet<string> = new Set(ROOTS);

/** The least of all parts; 1 also where both are known to come to the same value, however they are written. */
export function valueLikeness(got: CompiledValue, gold: CompiledValue, context: LikenessContext): number {
  const written = writtenLikeness(got, gold, context);
  return written < 1 && isSameWhenResolved(got, gold, context) ? 1 : written;
}

function isSameWhenResolved(got: CompiledValue, gold: CompiledValue, context: LikenessContext): boolean {
  if (got.kind === "constant" && gold.kind === "constant") return false;
  const wanted = resolveValue(gold, context.goldScope);
  if (wanted.kind !== "value") return false;
  const found = resolveValue(got, context.gotScope);
  return found.kind === "value" && isSameJson(found.value, wanted.value);
}

function writtenLikeness(got: CompiledValue, gold: CompiledValue, context: LikenessContext): number {
  if (got.kind === "constant" && gold.kind === "constant") return isSameJson(got.value, gold.value) ? 1 : 0;
  if (got.kind === "ref" && gold.kind === "ref") return referenceLikeness(got, gold, context);
  if (got.kind === "template" && gold.kind === "template") return templateLikeness(got.parts, gold.parts, context);
  if (got.kind === "list" && gold.kind === "list") return allAlike(got.items, gold.items, context);
  if (got.kind === "object" && gold.kind === "object") return fieldsAlike(got.fields, gold.fields, context);
  return 0;
}

type CompiledReference = Extract<CompiledValue, { kind: "ref" }>;

function referenceLikeness(got: CompiledReference, gold: CompiledReference, context: LikenessContext): number {
  const own = pathLikeness(got.path, gold.path, context);
  if (got.fallback === null || gold.fallback === null) return got.fallback === gold.fallback ? own : 0;
  return Math.min(own, valueLikeness(got.fallback, gold.fallback, context));
}

type Fields = readonly [key: string, value: CompiledValue][];

function fieldsAlike(got: Fields, gold: Fields, context: LikenessContext): number {
  if (got.length !== gold.length) return 0;
  const wanted = new Map(gold);
  return least(
    got.map(([key, value]) => {
      const other = wanted.get(key);
      return other === undefined ? 0 : valueLikeness(value, other, context);
    }),
  );
}

function allAlike(got: readonly CompiledValue[], gold: readonly CompiledValue[], context: LikenessContext): number {
  if (got.length !== gold.length) return 0;
  return least(got.map((item, place) => valueLikeness(item, gold[place]!, context)));
}

function least(parts: readonly number[]): number {
  return Math.min(1, ...parts);
}

type TemplateParts = readonly (string | Path)[];

function templateLikeness(got: TemplateParts, gold: TemplateParts, context: LikenessContext): number {
  if (got.length !== gold.length) return 0;
  return least(
    got.map((part, place) => {
      const wanted = gold[place]!;
      if (typeof part === "string" || typeof wanted === "string") return part === wanted ? 1 : 0;
      return pathLikeness(part, wanted, context);
    }),
  );
}

/** Two paths are alike as their sources are, if they read the same place of them. */
export function pathLikeness(got: Path, gold: Path, context: LikenessContext): number {
  const [left, right] = [plainPath(got), plainPath(gold)];
  if (left.root === "status" && right.root === "status") {
    return statusLikeness(left.segments, right.segments, context);
  }
  if (!isSameJson(left.segments, right.segments)) return 0;
  const isRoot = ROOT_NAMES.has(left.root) || ROOT_NAMES.has(right.root);
  if (isRoot) return left.root === right.root ? 1 : 0;
  return context.sourceLikeness(left.root, right.root);
}

/** `status.a` names a step behind its root. */
function statusLikeness(got: readonly Segment[], gold: readonly Segment[], context: LikenessContext): number {
  const [left, right] = [got[0], gold[0]];
  if (left?.kind !== "key" || right?.kind !== "key" || got.length !== gold.length) return 0;
  return context.sourceLikeness(left.key, right.key);
}

/** `document` is the first of `documents`. */
function plainPath({ root, segments }: Path): { root: string; segments: readonly Segment[] } {
  return root === "document"
    ? { root: "documents", segments: [{ kind: "at", index: 0 }, ...segments] }
    : { root, segments };
}

/** For evidence: a value as it is written, kept short. */
export function briefValue(value: JsonValue | undefined): string {
  if (value === undefined) return "nothing";
  const text = canonicalJson(value);
  return text.length > 120 ? `${text.slice(0, 117)}…` : text;
}
