/**
 * How two texts differ, line by line. Owns: the shortest such description (longest common subsequence of lines).
 * Must not: print. Texts are those of prompts: some thousand lines at most.
 */

/** Pairs of lines that are compared; texts that differ in more are shown as replaced. 40 MB. */
const MOST_PAIRS = 10_000_000;

export interface DiffLine {
  kind: "same" | "removed" | "added";
  line: string;
}

/** The lines of both texts in order; where a line was replaced, what was removed comes first. */
export function diffLines(before: string, after: string): DiffLine[] {
  const [left, right] = [before.split("\n"), after.split("\n")];
  const start = commonStart(left, right);
  const end = commonStart(left.slice(start).reverse(), right.slice(start).reverse());
  return [
    ...marked("same", left.slice(0, start)),
    ...diffMiddle(left.slice(start, left.length - end), right.slice(start, right.length - end)),
    ...marked("same", left.slice(left.length - end)),
  ];
}

function marked(kind: DiffLine["kind"], lines: readonly string[]): DiffLine[] {
  return lines.map((line) => ({ kind, line }));
}

function commonStart(left: readonly string[], right: readonly string[]): number {
  let count = 0;
  while (count < left.length && count < right.length && left[count] === right[count]) count++;
  return count;
}

function diffMiddle(left: readonly string[], right: readonly string[]): DiffLine[] {
  if (left.length * right.length > MOST_PAIRS) return [...marked("removed", left), ...marked("added", right)];
  const lengths = commonLengths(left, right);
  const lines: DiffLine[] = [];
  let [x, y] = [0, 0];
  while (x < left.length || y < right.length) {
    if (x < left.length && y < right.length && left[x] === right[y]) {
      lines.push({ kind: "same", line: left[x] ?? "" });
      [x, y] = [x + 1, y + 1];
    } else if (x < left.length && (y === right.length || lengths(x + 1, y) >= lengths(x, y + 1))) {
      lines.push({ kind: "removed", line: left[x] ?? "" });
      x++;
    } else {
      lines.push({ kind: "added", line: right[y] ?? "" });
      y++;
    }
  }
  return lines;
}

/** Length of the longest common subsequence of what is left from (x, y) on. */
function commonLengths(left: readonly string[], right: readonly string[]): (x: number, y: number) => number {
  const width = right.length + 1;
  const table = new Uint32Array((left.length + 1) * width);
  const at = (x: number, y: number): number => table[x * width + y] ?? 0;
  for (let x = left.length - 1; x >= 0; x--) {
    for (let y = right.length - 1; y >= 0; y--) {
      const length = left[x] === right[y] ? at(x + 1, y + 1) + 1 : Math.max(at(x + 1, y), at(x, y + 1));
      table[x * width + y] = length;
    }
  }
  return at;
}
