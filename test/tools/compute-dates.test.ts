import fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { JsonObject, JsonValue } from "../../src/shared/json.ts";
import { compute } from "../../tools/compute.ts";
import { inputIssues, runTool } from "./run-tool.ts";

function computed(op: string, values: JsonValue[], rest: JsonObject = {}): JsonValue {
  return runTool(compute, { op, values, ...rest }).value ?? null;
}

describe("date_add", () => {
  test.for<[string, number, string | undefined, string]>([
    ["2026-03-01", 1, undefined, "2026-03-02"],
    ["2026-03-01", -1, "days", "2026-02-28"],
    ["2024-02-28", 1, "days", "2024-02-29"],
    ["2026-03-01", 2, "weeks", "2026-03-15"],
    ["2026-01-31", 1, "months", "2026-02-28"],
    ["2024-01-31", 1, "months", "2024-02-29"],
    ["2026-03-31", -1, "months", "2026-02-28"],
    ["2026-11-15", 3, "months", "2027-02-15"],
    ["2024-02-29", 1, "years", "2025-02-28"],
    ["2024-02-29", -4, "years", "2020-02-29"],
    ["0099-12-31", 1, "days", "0100-01-01"],
    ["2026-03-01", 36, "hours", "2026-03-02T12:00Z"],
    ["2026-03-01T23:30", 45, "minutes", "2026-03-02T00:15"],
    ["2026-03-01T00:10:05Z", -15, "minutes", "2026-02-28T23:55:05Z"],
    ["2026-01-31T23:00:00.125+02:00", 1, "months", "2026-02-28T23:00:00.125+02:00"],
    ["2026-03-01 09:00", 1, "days", "2026-03-02 09:00"],
  ])("to %s of %i %s is %s", ([date, amount, unit, expected]) => {
    expect(computed("date_add", [date, amount], unit === undefined ? {} : { unit })).toBe(expected);
  });

  test.for<[JsonValue[], string, string]>([
    [["2026-02-30", 1], "/values/0", "ISO 8601 date"],
    [["2026-13-01", 1], "/values/0", "ISO 8601 date"],
    [["0000-01-01", 1], "/values/0", "ISO 8601 date"],
    [["2026-03-01T24:00", 1], "/values/0", "ISO 8601 date"],
    [["2026-03-01T10:00:60", 1], "/values/0", "ISO 8601 date"],
    [["1 March 2026", 1], "/values/0", 'the text "1 March 2026"'],
    [[20260301, 1], "/values/0", "ISO 8601 date"],
    [["2026-03-01", 1.5], "/values/1", "a whole number of days"],
    [["2026-03-01", "1"], "/values/1", "a whole number of days"],
    [["2026-03-01"], "/values", "two values, [date, amount]"],
    [["9999-12-31", 1], "/values/1", "outside the years 1 to 9999"],
    [["0001-01-01", -1], "/values/1", "outside the years 1 to 9999"],
    [["2026-03-01", Number.MAX_SAFE_INTEGER], "/values/1", "outside the years 1 to 9999"],
  ])("of %j is refused at %s", ([values, path, words]) => {
    for (const unit of ["days", "months", "hours"]) {
      if (unit === "hours" && values[1] === 1 && path === "/values/1") continue;
      const [issue] = inputIssues(compute, { op: "date_add", values, unit });
      expect(issue).toMatchObject({ code: "TOOL_INVALID_INPUT", path });
      if (unit === "days") expect(issue?.message).toContain(words);
    }
  });

  test("wants a known unit", () => {
    expect(inputIssues(compute, { op: "date_add", values: ["2026-03-01", 1], unit: "day" })[0]).toMatchObject({
      path: "/unit",
      hint: expect.stringContaining('Did you mean "days"?'),
    });
  });
});

describe("date_diff", () => {
  test.for<[string, string, string | undefined, number]>([
    ["2026-03-01", "2026-03-15", undefined, 14],
    ["2026-03-15", "2026-03-01", "days", -14],
    ["2026-03-01", "2026-03-15", "weeks", 2],
    ["2026-03-01", "2026-03-04", "weeks", 3 / 7],
    ["2026-03-01T00:00Z", "2026-03-02T12:00Z", "days", 1.5],
    ["2026-03-01T10:00+02:00", "2026-03-01T10:00Z", "hours", 2],
    ["2026-03-01", "2026-03-01T00:00:30", "minutes", 0.5],
    ["2026-01-31", "2026-02-28", "months", 1],
    ["2026-02-28", "2026-01-31", "months", 0],
    ["2026-03-31", "2026-02-28", "months", -1],
    ["2026-01-15", "2026-03-14", "months", 1],
    ["2026-01-01T00:00Z", "2026-02-28T20:00-11:00", "months", 2],
    ["2024-02-29", "2025-02-28", "years", 1],
    ["2026-06-01", "2025-07-01", "years", 0],
    ["2000-05-05", "2026-05-04", "years", 25],
  ])("from %s to %s in %s is %d", ([from, to, unit, expected]) => {
    expect(computed("date_diff", [from, to], unit === undefined ? {} : { unit })).toBe(expected);
  });

  test("is rounded by digits", () => {
    expect(computed("date_diff", ["2026-03-01", "2026-03-04"], { unit: "weeks", digits: 1 })).toBe(0.4);
  });

  test("says which of the two is no date", () => {
    expect(inputIssues(compute, { op: "date_diff", values: ["2026-03-01", "soon"] })[0]?.path).toBe("/values/1");
    expect(inputIssues(compute, { op: "date_diff", values: ["soon", "2026-03-01"] })[0]?.path).toBe("/values/0");
  });
});

const DAYS = { min: -400_000, max: 2_400_000 };
const plainDate = fc.integer(DAYS).map((day) => new Date(day * 86_400_000).toISOString().slice(0, 10));
const dateTime = fc
  .tuple(plainDate, fc.nat(1439), fc.constantFrom("", "Z", "+05:30", "-11:00"))
  .map(([date, minute, offset]) => {
    const time = [Math.floor(minute / 60), minute % 60].map((part) => String(part).padStart(2, "0")).join(":");
    return `${date}T${time}${offset}`;
  });
const amount = fc.integer({ min: -400, max: 400 });
const unit = fc.constantFrom("minutes", "hours", "days", "weeks", "months", "years");

test("date_diff finds what date_add has added", () => {
  fc.assert(
    fc.property(fc.oneof(plainDate, dateTime), amount, unit, (date, added, one) => {
      const later = computed("date_add", [date, added], { unit: one });
      expect(computed("date_diff", [date, later], { unit: one })).toBe(added);
    }),
    { numRuns: 300 },
  );
});

test("date_add keeps the form of what it was given, and 0 changes nothing", () => {
  const shape = (text: JsonValue): string => String(text).replace(/[0-9]/g, "0");
  fc.assert(
    fc.property(dateTime, amount, unit, (date, added, one) => {
      expect(shape(computed("date_add", [date, added], { unit: one }))).toBe(shape(date));
      expect(computed("date_add", [date, 0], { unit: one })).toBe(date);
    }),
    { numRuns: 200 },
  );
});

test("days are counted as the platform's own calendar counts them", () => {
  fc.assert(
    fc.property(plainDate, plainDate, (from, to) => {
      expect(computed("date_diff", [from, to])).toBe((Date.parse(to) - Date.parse(from)) / 86_400_000);
    }),
    { numRuns: 200 },
  );
});
