/**
 * What a value depends on, without building it: whether anything that it needs is absent, and the label of what was
 * looked at to know that. Owns: readiness for the kernel, whatever the size of the data. Must not: render or copy.
 */
import { joinLabels, type Label, TRUSTED } from "../policy/label.ts";
import type { CompiledValue, Path } from "./compiled.ts";
import { ABSENT } from "./path.ts";
import { readReference } from "./resolve-value.ts";
import type { Scope } from "./scope.ts";

export interface Trace {
  /** The first reference without a value, as `resolveValue` would name it; null where all is there. */
  absent: Path | null;
  label: Label;
}

interface Tracing {
  scope: Scope;
  /** Paths that only a later scope can read; they count as present. */
  isLater: (path: Path) => boolean;
}

/** Agrees with `resolveValue` on what is absent and on the label. */
export function traceValue(
  compiled: CompiledValue,
  scope: Scope,
  isLater: (path: Path) => boolean = () => false,
): Trace {
  return trace(compiled, { scope, isLater });
}

function trace(compiled: CompiledValue, tracing: Tracing): Trace {
  switch (compiled.kind) {
    case "constant":
      return { absent: null, label: tracing.scope.literalLabel };
    case "ref": {
      const own = tracePath(compiled.path, tracing);
      if (own.absent === null || compiled.fallback === null) return own;
      const fallback = trace(compiled.fallback, tracing);
      return { ...fallback, label: joinLabels(own.label, fallback.label) };
    }
    case "template": {
      const paths = compiled.parts.filter((part): part is Path => typeof part !== "string");
      return traceAll(paths, tracing.scope.literalLabel, (path) => tracePath(path, tracing));
    }
    case "list":
      return traceAll(compiled.items, TRUSTED, (item) => trace(item, tracing));
    case "object":
      return traceAll(compiled.fields, TRUSTED, ([, field]) => trace(field, tracing));
  }
}

function tracePath(path: Path, { scope, isLater }: Tracing): Trace {
  if (isLater(path)) return { absent: null, label: TRUSTED };
  const { value, label } = readReference(path, scope);
  return { absent: value === ABSENT ? path : null, label };
}

function traceAll<T>(parts: readonly T[], start: Label, traceOne: (part: T) => Trace): Trace {
  let label = start;
  for (const part of parts) {
    const one = traceOne(part);
    label = joinLabels(label, one.label);
    if (one.absent !== null) return { absent: one.absent, label };
  }
  return { absent: null, label };
}
