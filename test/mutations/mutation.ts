/** One thing that is taken out of the product on purpose. Owns: the shape, and which tests belong to which part. */
export interface Mutation {
  /** What is missing then. */
  name: string;
  file: string;
  find: string;
  replace: string;
  /** Test files or folders of which at least one test must fail. */
  tests: readonly string[];
}

export const STORE = ["test/journal"];
export const RUNS = ["test/run"];
export const SWEEP = ["test/scenarios/crash-points.test.ts"];
export const SIMULATION = ["test/scenarios/simulation.test.ts"];
