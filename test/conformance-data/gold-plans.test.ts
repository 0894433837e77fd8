/** Other people's gold plans pass the checker and run; the broken ones are refused with the right code. */
import { Ajv } from "ajv";
import { describe, expect, test } from "vitest";
import { type GoldRecord, rawReferences } from "../../evals/data/gold-record.ts";
import { importedName, importTools } from "../../evals/data/import-tools.ts";
import type { Issue } from "../../src/error/issue.ts";
import { dataRecords, show } from "./data-folder.ts";
import { expectedValue, type GoldRun, runGoldPlan } from "./gold-run.ts";
import { flawsOf } from "./raw-flaws.ts";

const SETS = ["nestful.dev.jsonl", "bfcl-parallel.dev.jsonl"];
const ajv = new Ajv({ strict: false });
const runs = new Map<string, Map<string, GoldRun>>();

async function runAll(file: string, records: readonly GoldRecord[]): Promise<Map<string, GoldRun>> {
  const known = runs.get(file);
  if (known !== undefined) return known;
  const made = new Map<string, GoldRun>();
  for (const record of records) made.set(record.id, await runGoldPlan(record));
  runs.set(file, made);
  return made;
}

function codesOf(run: GoldRun, severity: Issue["severity"]): string[] {
  return [...new Set(run.checked.issues.filter((issue) => issue.severity === severity).map((issue) => issue.code))];
}

/** Records by issue code. */
function byCode(all: ReadonlyMap<string, GoldRun>, severity: Issue["severity"]): Map<string, string[]> {
  const found = new Map<string, string[]>();
  for (const [id, run] of all)
    for (const code of codesOf(run, severity)) found.set(code, [...(found.get(code) ?? []), id]);
  return found;
}

function idsWhere(records: readonly GoldRecord[], holds: (record: GoldRecord) => boolean): string[] {
  return records.filter(holds).map((record) => record.id);
}

describe.each(SETS)("gold plans of %s", (file) => {
  test("exactly the plans with a flaw in the raw data are refused, with the code of the flaw", {
    timeout: 30_000,
  }, async (context) => {
    const records = dataRecords<GoldRecord>(context, file);
    const all = await runAll(file, records);
    const refused = byCode(all, "error");
    const table = [...refused, ...byCode(all, "warning")];
    show(
      `${file}: ${records.length} plans, ${[...all.values()].filter((run) => !run.checked.valid).length} refused`,
      [...refused]
        .map(([code, ids]) => `refused ${code} ${ids.length}: ${ids.join(" ")}`)
        .concat(table.slice(refused.size).map(([code, ids]) => `warning ${code} ${ids.length}: ${ids.join(" ")}`)),
    );
    expect([...all].filter(([, run]) => !run.checked.valid).map(([id]) => id)).toEqual(
      idsWhere(records, (record) => flawsOf(record).size > 0),
    );
    for (const code of ["PLAN_UNKNOWN_TOOL", "PLAN_DUPLICATE_ID", "PLAN_CYCLE", "PLAN_BAD_REF"]) {
      expect([code, refused.get(code) ?? []]).toEqual([code, idsWhere(records, (record) => flawsOf(record).has(code))]);
    }
  });

  test("a refused plan fails the run with the code of its flaw, and calls no tool", {
    timeout: 30_000,
  }, async (context) => {
    const records = dataRecords<GoldRecord>(context, file);
    const all = await runAll(file, records);
    for (const record of records.filter((one) => flawsOf(one).size > 0)) {
      const run = all.get(record.id)!;
      expect([record.id, run.result?.status, run.calls]).toEqual([record.id, "failed", []]);
      expect([...flawsOf(record)], record.id).toContain(run.result?.error?.code);
    }
  });

  test("every other plan completes, and each step gets the inputs that the gold says", {
    timeout: 30_000,
  }, async (context) => {
    const records = dataRecords<GoldRecord>(context, file);
    const all = await runAll(file, records);
    for (const record of records.filter((one) => flawsOf(one).size === 0)) {
      const { result, calls, outputs } = all.get(record.id)!;
      expect([record.id, result?.status, result?.error]).toEqual([record.id, "completed", null]);
      const got = Object.fromEntries(calls.map(({ step, ...call }) => [step, call]));
      const wanted = record.goldSteps.map(({ id, tool, args }) => [
        id,
        { tool: importedName(tool), input: expectedValue(args, outputs) },
      ]);
      expect([record.id, got]).toEqual([record.id, Object.fromEntries(wanted)]);
      expect([record.id, calls.length]).toEqual([record.id, record.goldSteps.length]);
      if (record.resultMap === undefined) continue;
      expect([record.id, result?.output, result?.missing]).toEqual([
        record.id,
        expectedValue(record.resultMap, outputs),
        [],
      ]);
    }
  });

  test("no step is called before the steps it depends on", { timeout: 30_000 }, async (context) => {
    const records = dataRecords<GoldRecord>(context, file);
    const all = await runAll(file, records);
    for (const record of records.filter((one) => flawsOf(one).size === 0)) {
      const order = all.get(record.id)!.calls.map((call) => call.step);
      for (const step of record.goldSteps) {
        for (const source of step.dependsOn) {
          expect(order.indexOf(source), `${record.id}: ${source} before ${step.id}`).toBeLessThan(
            order.indexOf(step.id),
          );
        }
      }
    }
  });

  test("unknown and missing arguments of hearsay schemas are warned about, exactly where the raw data has them", async (context) => {
    const records = dataRecords<GoldRecord>(context, file).filter((record) => flawsOf(record).size === 0);
    const warned = byCode(await runAll(file, records), "warning");
    const among = (ids: string[] = []): string[] => ids.filter((id) => records.some((record) => record.id === id));
    expect(among(warned.get("PLAN_UNKNOWN_INPUT"))).toEqual(idsWhere(records, (record) => findings(record).unknown));
    expect(among(warned.get("PLAN_MISSING_INPUT"))).toEqual(idsWhere(records, (record) => findings(record).missing));
    const bad = idsWhere(records, (record) => findings(record).bad);
    const typed = among([...(warned.get("PLAN_TYPE_MISMATCH") ?? []), ...(warned.get("PLAN_BAD_VALUE") ?? [])]);
    expect(bad.filter((id) => !typed.includes(id))).toEqual([]);
  });
});

/** What ajv says of the constant arguments, and what a look at the names says. */
function findings(record: GoldRecord): { unknown: boolean; missing: boolean; bad: boolean } {
  const tools = new Map(importTools(record.tools).map((tool) => [tool.name, tool.inputSchema]));
  const found = { unknown: false, missing: false, bad: false };
  for (const step of record.goldSteps) {
    const { properties = {}, required = [] } = (tools.get(importedName(step.tool)) ?? {}) as {
      properties?: Record<string, object>;
      required?: string[];
    };
    found.missing ||= required.some((key) => !(key in step.args));
    for (const [key, value] of Object.entries(step.args)) {
      const schema = properties[key];
      if (schema === undefined) found.unknown = true;
      else if (rawReferences(value).length === 0) found.bad ||= !ajv.validate(withoutWords(schema), value);
    }
  }
  return found;
}

const known = new Map<string, object>();

/** The schema without its description: few differ otherwise, so that each is compiled once. */
function withoutWords(schema: object): object {
  const { description, ...rest } = schema as { description?: string };
  const text = JSON.stringify(rest);
  const kept = known.get(text) ?? rest;
  known.set(text, kept);
  return kept;
}
