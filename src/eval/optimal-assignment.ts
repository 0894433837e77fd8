/**
 * Who goes with whom so that the sum of weights is the largest. Owns: the assignment problem.
 * Must not: know what is assigned.
 */

/** One row, its column, and what the pair weighs. */
export interface AssignedPair {
  row: number;
  column: number;
  weight: number;
}

/**
 * Pairs rows with columns, each at most once; as many pairs as the shorter side has. Weights are finite numbers.
 * Shortest augmenting paths with potentials, O(rows² · columns): H. W. Kuhn (1955), J. Munkres (1957), in the form
 * of R. Jonker, A. Volgenant (1987). Ties go to whatever is found first; equal weights give equal pairs.
 */
export function assignBest(weights: readonly (readonly number[])[]): AssignedPair[] {
  const rows = weights.length;
  const columns = weights[0]?.length ?? 0;
  if (rows === 0 || columns === 0) return [];
  const isTurned = rows > columns;
  const costs = isTurned ? turn(weights, columns) : weights.map((row) => row.map((weight) => -weight));
  return assignRows(costs)
    .map(([first, second]) => (isTurned ? { row: second, column: first } : { row: first, column: second }))
    .map(({ row, column }) => ({ row, column, weight: weights[row]![column]! }))
    .sort((left, right) => left.row - right.row);
}

function turn(weights: readonly (readonly number[])[], columns: number): number[][] {
  return Array.from({ length: columns }, (_, column) => weights.map((row) => -row[column]!));
}

/** Everything counts from 1, since column 0 stands for "not assigned yet". */
interface Search {
  costs: readonly (readonly number[])[];
  rowPotential: Float64Array;
  columnPotential: Float64Array;
  /** Row that a column is assigned to; 0: none. */
  rowOf: Int32Array;
  /** Column from which a column was reached on the shortest path. */
  cameFrom: Int32Array;
}

/** Every row gets a column, at the least total cost; there are at least as many columns as rows. */
function assignRows(costs: readonly (readonly number[])[]): [row: number, column: number][] {
  const columns = costs[0]!.length;
  const search: Search = {
    costs,
    rowPotential: new Float64Array(costs.length + 1),
    columnPotential: new Float64Array(columns + 1),
    rowOf: new Int32Array(columns + 1),
    cameFrom: new Int32Array(columns + 1),
  };
  for (let row = 1; row <= costs.length; row++) {
    search.rowOf[0] = row;
    let column = findFreeColumn(search);
    while (column !== 0) {
      const before = search.cameFrom[column]!;
      search.rowOf[column] = search.rowOf[before]!;
      column = before;
    }
  }
  return [...search.rowOf.entries()].slice(1).flatMap(([column, row]) => (row === 0 ? [] : [[row - 1, column - 1]]));
}

/** Follows the cheapest way from the row at column 0 to a column that no row has. */
function findFreeColumn(search: Search): number {
  const columns = search.rowOf.length;
  const distance = new Float64Array(columns).fill(Number.POSITIVE_INFINITY);
  const isDone = new Uint8Array(columns);
  let column = 0;
  do {
    isDone[column] = 1;
    reach(column, { search, distance, isDone });
    const next = nearest(distance, isDone);
    shift(search, { distance, isDone, by: distance[next]! });
    column = next;
  } while (search.rowOf[column] !== 0);
  return column;
}

function reach(
  from: number,
  { search, distance, isDone }: { search: Search; distance: Float64Array; isDone: Uint8Array },
): void {
  const row = search.rowOf[from]!;
  const costs = search.costs[row - 1]!;
  for (let column = 1; column < distance.length; column++) {
    if (isDone[column] === 1) continue;
    const reduced = costs[column - 1]! - search.rowPotential[row]! - search.columnPotential[column]!;
    if (reduced >= distance[column]!) continue;
    distance[column] = reduced;
    search.cameFrom[column] = from;
  }
}

function nearest(distance: Float64Array, isDone: Uint8Array): number {
  let best = 0;
  for (let column = 1; column < distance.length; column++) {
    if (isDone[column] === 0 && (best === 0 || distance[column]! < distance[best]!)) best = column;
  }
  return best;
}

function shift(search: Search, step: { distance: Float64Array; isDone: Uint8Array; by: number }): void {
  for (let column = 0; column < step.distance.length; column++) {
    if (step.isDone[column] === 1) {
      search.rowPotential[search.rowOf[column]!]! += step.by;
      search.columnPotential[column]! -= step.by;
    } else {
      step.distance[column]! -= step.by;
    }
  }
}
