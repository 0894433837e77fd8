/** The aims that the runtime is held to (two cores, zod, gate, labels and journal included), and what was measured. */
import type { Row, Table } from "./print-table.ts";

export type Tables = Record<string, Table>;

interface Aim {
  what: string;
  /** At most, or with `isLeast` at least. */
  aim: number;
  isLeast?: boolean;
  /** Where the figures are; the worst of them counts. */
  table: string;
  field: string;
  only: (row: Row) => boolean;
}

const isMemory = (row: Row): boolean => row.store === "memory";
const isFile = (row: Row): boolean => row.store === "file";
const isFrom100 = (row: Row): boolean => Number(row.steps) >= 100;
const isGraph = (row: Row): boolean => !String(row.shape).startsWith("fan-out");
const isWidest = (row: Row): boolean => row.shape === "fan-out of 1000";
const any = (): boolean => true;

const PER_STEP = { table: "stepCost", field: "callingUsPerStep" };
const OVER_IDEAL = { table: "waitingTools", field: "runOverIdeal" };

const AIMS: readonly Aim[] = [
  { what: "µs per step, memory", aim: 100, ...PER_STEP, only: (row) => isMemory(row) && isFrom100(row) },
  {
    what: "µs per step, file, 8 at a time",
    aim: 250,
    ...PER_STEP,
    only: (row) => isFile(row) && row.shape !== "chain" && isFrom100(row),
  },
  // A chain of pure tools need not wait for its syncs; 150 µs is without the one sync it is allowed.
  {
    what: "µs per step, file, chain",
    aim: 150,
    ...PER_STEP,
    only: (row) => isFile(row) && row.shape === "chain" && isFrom100(row),
  },
  { what: "growth from 100 steps to the most", aim: 1.3, table: "flatness", field: "calling", only: any },
  { what: "journal bytes per step", aim: 800, table: "stepCost", field: "stepBytesPerStep", only: isFrom100 },
  { what: "diamond and random graph, memory", aim: 1.03, ...OVER_IDEAL, only: (row) => isMemory(row) && isGraph(row) },
  { what: "diamond and random graph, file", aim: 1.03, ...OVER_IDEAL, only: (row) => isFile(row) && isGraph(row) },
  { what: "1,000-way fan-out, memory", aim: 4, ...OVER_IDEAL, only: (row) => isMemory(row) && isWidest(row) },
  { what: "1,000-way fan-out, file", aim: 5, ...OVER_IDEAL, only: (row) => isFile(row) && isWidest(row) },
  { what: "steps/s, memory", aim: 12_000, isLeast: true, table: "manyRuns", field: "stepsPerSecond", only: isMemory },
  { what: "steps/s, file", aim: 2_500, isLeast: true, table: "manyRuns", field: "stepsPerSecond", only: isFile },
  { what: "peak KB per run", aim: 45, table: "manyRuns", field: "peakKbPerRun", only: any },
  { what: "heap kept KB per finished run", aim: 1, table: "manyRuns", field: "keptKbPerRun", only: any },
  {
    what: "ms for a page, a search or statistics of all runs",
    aim: 1_000,
    table: "finishedRuns",
    field: "ms",
    only: (row) => !String(row.what).startsWith("floor"),
  },
  { what: "ms until a killed run goes on", aim: 40, table: "resume", field: "resumeMs", only: any },
  {
    what: "ms to import the built library",
    aim: 150,
    table: "importTime",
    field: "importMs",
    only: (row) => row.what === "built library",
  },
];

/** One row per aim; what was not measured is left out. */
export function compareWithAims(tables: Tables): Table {
  const rows = AIMS.flatMap((aim): Row[] => {
    const figures = (tables[aim.table]?.rows ?? []).filter(aim.only).map((row) => Number(row[aim.field]));
    if (figures.length === 0) return [];
    const worst = aim.isLeast === true ? Math.min(...figures) : Math.max(...figures);
    const isMet = aim.isLeast === true ? worst >= aim.aim : worst <= aim.aim;
    return [{ what: aim.what, aim: aim.aim, measured: worst, verdict: isMet ? "met" : "missed" }];
  });
  return {
    title: "Aims (the worst figure of each kind)",
    columns: { what: "what", aim: "aim", measured: "measured", verdict: "verdict" },
    rows,
  };
}
