/**
 * `PLANWRIGHT_UPDATE_DOCS=1 npm run unit -- test/planners/prompt-growth.test.ts` writes the table of docs/prompts.md.
 */
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { beforeAll, describe, expect, test } from "vitest";
import { type Growth, growthTable, measureGrowth } from "./growth-of-prompts.ts";

const STEPS = [5, 10, 20, 50];
const DOCUMENTS = [1_000, 10_000, 50_000];
const DOCS = join(import.meta.dirname, "../../docs/prompts.md");
const TABLE = /(<!-- growth -->\n)[\s\S]*?(\n<!-- \/growth -->)/;

describe("prompt tokens of a run", () => {
  const rows: Growth[] = [];
  const rowOf = (steps: number, document = 10_000): Growth => {
    const row = rows.find((one) => one.steps === steps && one.document === document);
    if (row === undefined) throw new Error(`${steps} steps were not measured`);
    return row;
  };

  beforeAll(async () => {
    for (const steps of STEPS) for (const document of DOCUMENTS) rows.push(await measureGrowth(steps, document));
  }, 30_000);

  test("are those of one call where the plan works, however many steps it has", () => {
    const [first, ...others] = STEPS.map((steps) => rowOf(steps).plan);
    for (const other of others) expect(other).toBe(first);
  });

  test("do not depend on the size of the document, but for what a longer one has of headings", () => {
    for (const steps of STEPS) {
      const [small, middle, large] = DOCUMENTS.map((document) => rowOf(steps, document));
      expect([large?.plan, large?.planAndReplan]).toEqual([middle?.plan, middle?.planAndReplan]);
      expect((large?.plan ?? 0) - (small?.plan ?? 0)).toBeLessThan(100);
    }
  });

  test("grow in a straight line with the steps where it plans again", () => {
    const perStep = (from: number, to: number): number =>
      (rowOf(to).planAndReplan - rowOf(from).planAndReplan) / (to - from);
    const slopes = [perStep(5, 10), perStep(10, 20), perStep(20, 50)];
    for (const slope of slopes) expect(slope).toBeLessThan(300);
    expect(Math.max(...slopes) / Math.min(...slopes)).toBeLessThan(1.1);
  });

  test("are fewer than those of a loop that sends its history again, which grow with the square of the steps", () => {
    for (const row of rows) {
      expect(row.plan).toBeLessThan(row.batched);
      expect(row.batched).toBeLessThan(row.sequential);
      // Two calls on either side where one layer is all there is.
      if (row.steps > 5) expect(row.planAndReplan).toBeLessThan(row.batched);
    }
    // Linear growth would be 5.
    expect(rowOf(50).sequential / rowOf(10).sequential).toBeGreaterThan(7.5);
  });

  test("are what the document says", () => {
    const table = growthTable(rows);
    process.stdout.write(`${table}\n`);
    if (process.env.PLANWRIGHT_UPDATE_DOCS === "1") {
      writeFileSync(DOCS, readFileSync(DOCS, "utf8").replace(TABLE, `$1${table}$2`));
    }
    expect(readFileSync(DOCS, "utf8")).toContain(table);
  });
});
