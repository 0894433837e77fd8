/**
 * Which cases depend on each other. Owns: what a suite's `cluster` means. Cases of one cluster count as one observation
 * when intervals are drawn, so that sixty questions about one document are not sixty independent ones.
 */
import type { EvalCase } from "./case.ts";

/**
 * `document`: cases with the same first document; `case`: every case for itself; any other word `w`: the case's tag
 * `w:…`. What the case itself says comes first; a case that has nothing to go by is a cluster of its own.
 */
export function clusterOf({ id, cluster, document, documents, tags }: EvalCase, by: string): string {
  if (cluster !== undefined) return `cluster ${cluster}`;
  const own = `case ${id}`;
  if (by === "case") return own;
  if (by === "document") {
    const first = document ?? documents?.[0];
    if (first === undefined) return own;
    return `document ${typeof first === "string" ? first : first.name}`;
  }
  return tags.find((tag) => tag.startsWith(`${by}:`)) ?? own;
}
