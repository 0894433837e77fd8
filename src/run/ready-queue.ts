/**
 * Ready calls in the order in which they start: longest remaining path first, then by place in the plan and in the
 * forEach list (KERNEL 5). Derived: never journalled, rebuilt from the ledger on resume.
 */
import { createHeap, type Heap } from "../shared/heap.ts";
import type { Call } from "./ledger.ts";
import { readyKind } from "./ledger-tallies.ts";
import { READY_KIND_NAMES, type ReadyKind } from "./tallies.ts";

export interface ReadyQueue {
  add(call: Call): void;
  /** Takes the first call of the kinds that may start; null where there is none. O(log n). */
  take(isStartable: (kind: ReadyKind) => boolean): Call | null;
}

/** Negative where `left` starts first. */
export function startOrder(left: Call, right: Call): number {
  return (
    right.step.priority - left.step.priority ||
    left.step.place - right.step.place ||
    (left.index ?? -1) - (right.index ?? -1)
  );
}

export function createReadyQueue(): ReadyQueue {
  // Made when the first call of its kind is ready: most runs have one or two.
  const heaps: { [K in ReadyKind]?: Heap<Call> } = {};
  return {
    add(call) {
      const kind = readyKind(call);
      heaps[kind] ??= createHeap(startOrder);
      heaps[kind].push(call);
    },
    take(isStartable) {
      let best: Heap<Call> | null = null;
      for (const kind of READY_KIND_NAMES) {
        const heap = heaps[kind];
        if (heap === undefined || !isStartable(kind)) continue;
        dropStale(heap);
        if (isAhead(heap.peek(), best?.peek())) best = heap;
      }
      return best?.pop() ?? null;
    },
  };
}

function isAhead(call: Call | undefined, best: Call | undefined): boolean {
  return call !== undefined && (best === undefined || startOrder(call, best) < 0);
}

/** Calls that are no longer ready (cancelled, dropped with their step) fall out here. */
function dropStale(heap: Heap<Call>): void {
  for (let call = heap.peek(); call !== undefined && call.status !== "ready"; call = heap.peek()) heap.pop();
}
