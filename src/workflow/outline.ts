/** How the steps of a plan belong together in the workflow it came from: for pictures. Must not: know edges. */
import type { Frame } from "./expansion.ts";
import { isGroup, isNested } from "./workflow.ts";

export type Outline =
  | { kind: "step"; id: string }
  /** `name`: of the nested workflow; a group has none. */
  | { kind: "group" | "workflow"; id: string; name: string | null; parts: Outline[] };

export function outlineOf(frame: Frame): Outline[] {
  return frame.workflow.steps.map((node): Outline => {
    const { id } = node;
    if (isGroup(node))
      return { kind: "group", id, name: null, parts: node.parallel.map((step) => stepOf(frame, step.id)) };
    if (!isNested(node)) return stepOf(frame, id);
    const child = frame.nested.get(id);
    return { kind: "workflow", id, name: node.workflow, parts: child === undefined ? [] : outlineOf(child) };
  });
}

function stepOf(frame: Frame, id: string): Outline {
  return { kind: "step", id: frame.ids.get(id) ?? id };
}
