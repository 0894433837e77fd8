/**
 * What holds for one call of `eval`. Owns: what CI changes (only recordings are replayed, GitHub gets annotations) and
 * what `--compare` and the committed baseline come to. Must not: run anything.
 */
import { existsSync, readFileSync } from "node:fs";
import { basename, join, resolve } from "node:path";
import { describeThrown, PlanwrightError } from "../../error/planwright-error.ts";
import { type Baseline, baselineSchema, caseScores, judgeMarks } from "../../eval/baseline.ts";
import type { LoadedSuite } from "../../eval/loaded-suite.ts";
import { sideOfBaseline } from "../../eval/report/build-report.ts";
import type { Side } from "../../eval/report/compare-variants.ts";
import { evalReportSchema } from "../../eval/report/eval-report.ts";
import type { ModelMode } from "../../eval/run/open-suite-model.ts";
import type { CliOptions } from "../call.ts";
import type { Terminal } from "../terminal.ts";

type Environment = Terminal["env"];

/** As CI services set it: to anything but nothing, `0` and `false`. */
export function isCi(env: Environment): boolean {
  return !["", "0", "false"].includes(env["CI"] ?? "");
}

/** Throws VALIDATION for a recording where only replays are allowed. */
export function modeOf({ record = false }: CliOptions, env: Environment): ModelMode {
  if (!isCi(env)) return record ? "record" : "live";
  if (!record) return "replay";
  throw new PlanwrightError("VALIDATION", "Where CI is set only recordings are replayed; --record asks models.", {
    hint: "Record on your own machine and commit the cassettes, or unset CI.",
  });
}

/** Beside the suite: `NAME.baseline.json` for `NAME.eval.yaml`. */
export function baselinePath({ file, folder }: Pick<LoadedSuite, "file" | "folder">): string {
  return join(folder, `${basename(file).replace(/\.eval\.\w+$/, "")}.baseline.json`);
}

/** Null where there is none, which is an error only where a gate needs it. Throws CONFIG_INVALID. */
export function readBaseline(suite: LoadedSuite, { isNeeded }: { isNeeded: boolean }): Baseline | null {
  const path = baselinePath(suite);
  if (existsSync(path) && isNeeded) return ownBaseline(suite, path);
  if (existsSync(path)) refuseForeign(suite, path);
  if (!isNeeded || !suite.gates.some((gate) => "noRegression" in gate)) return null;
  throw new PlanwrightError(
    "CONFIG_INVALID",
    `Suite '${suite.name}' has a noRegression gate, but '${path}' is not there.`,
    {
      hint: "Write it from a run that you accept: planwright eval SUITE --update-baseline, and commit it.",
    },
  );
}

/** Throws CONFIG_INVALID where it says nothing about this suite. */
function ownBaseline(suite: LoadedSuite, path: string): Baseline {
  const baseline = parseBaseline(readJson(path), path);
  refuseForeign(suite, path);
  if (baseline.level === suite.level) return baseline;
  throw new PlanwrightError("CONFIG_INVALID", `Baseline '${path}' is of the level ${baseline.level}.`, {
    hint: `Suite '${suite.name}' is of the level ${suite.level} by now: write it anew with --update-baseline.`,
  });
}

/** `a.eval.yaml` and `a.eval.ts` have one place for their baselines, where one would replace the other. */
function refuseForeign({ name }: LoadedSuite, path: string): void {
  const whose = baselineSchema.pick({ suite: true }).loose().safeParse(readJson(path));
  if (!whose.success || whose.data.suite === name) return;
  throw new PlanwrightError(
    "CONFIG_INVALID",
    `Baseline '${path}' is of suite '${whose.data.suite}', not of '${name}'.`,
    {
      hint: "Rename the file of one of the two suites; where the suite itself was renamed, remove the baseline.",
    },
  );
}

function parseBaseline(value: unknown, path: string): Baseline {
  const parsed = baselineSchema.safeParse(value);
  if (parsed.success) return parsed.data;
  throw new PlanwrightError("CONFIG_INVALID", `Baseline '${path}' is damaged.`, {
    hint: "Write it anew with --update-baseline.",
  });
}

/** `--compare`: a variant of the suite, or a file with earlier scores. Throws CONFIG_INVALID. */
export function readComparison(
  compare: string | undefined,
  suite: LoadedSuite,
  cwd: string,
): { compareWith?: string; earlier?: Side } {
  if (compare === undefined) return {};
  const ids = suite.variants.map(({ id }) => id);
  if (ids.includes(compare)) return { compareWith: compare };
  const path = resolve(cwd, compare);
  if (!existsSync(path)) {
    throw new PlanwrightError("CONFIG_INVALID", `--compare '${compare}' is neither a variant nor a file.`, {
      hint: `Suite '${suite.name}' has the variants ${ids.join(", ")}.`,
    });
  }
  return { earlier: sideOf(readJson(path), path) };
}

/** The first variant of a report, or of a baseline. */
function sideOf(value: unknown, path: string): Side {
  const report = evalReportSchema.safeParse(value);
  if (report.success) {
    const id = report.data.variants[0]?.id ?? "";
    return { id: `${basename(path)}:${id}`, scores: caseScores(report.data, id), judges: judgeMarks(report.data) };
  }
  const baseline = parseBaseline(value, path);
  const side = sideOfBaseline(baseline, Object.keys(baseline.variants)[0] ?? "");
  if (side !== null) return side;
  throw new PlanwrightError("CONFIG_INVALID", `'${path}' has no variant to compare with.`, {
    hint: "Name another file.",
  });
}

function readJson(path: string): unknown {
  try {
    return JSON.parse(readFileSync(path, "utf8")) as unknown;
  } catch (thrown) {
    throw new PlanwrightError("CONFIG_INVALID", `'${path}' can't be read: ${describeThrown(thrown)}.`, {
      hint: "Name a report of eval --json, or a baseline file.",
    });
  }
}
