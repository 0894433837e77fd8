/** A priority queue: smallest by `compare` first. Push and pop in O(log n). */
export interface Heap<T> {
  push(item: T): void;
  peek(): T | undefined;
  pop(): T | undefined;
}

/** Binary heap (J. W. J. Williams, "Algorithm 232: Heapsort", CACM 1964). */
export function createHeap<T>(compare: (left: T, right: T) => number): Heap<T> {
  const items: T[] = [];
  const swap = (left: number, right: number): void => {
    const held = items[left] as T;
    items[left] = items[right] as T;
    items[right] = held;
  };
  const isBefore = (left: number, right: number): boolean =>
    left < items.length && compare(items[left] as T, items[right] as T) < 0;
  return {
    push(item) {
      let place = items.push(item) - 1;
      for (let parent = (place - 1) >> 1; place > 0 && isBefore(place, parent); parent = (place - 1) >> 1) {
        swap(place, parent);
        place = parent;
      }
    },
    peek: () => items[0],
    pop() {
      const top = items[0];
      const last = items.pop();
      if (items.length === 0 || last === undefined) return top;
      items[0] = last;
      for (let place = 0; ; ) {
        const left = 2 * place + 1;
        const child = isBefore(left + 1, left) ? left + 1 : left;
        if (!isBefore(child, place)) return top;
        swap(place, child);
        place = child;
      }
    },
  };
}
