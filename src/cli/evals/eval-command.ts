/**
 * `planwright eval SUITE…` and `eval rescore SUITE…`: run or score again, and report. Exit 0 passed, 1 a gate failed,
 * 2 suite or configuration error, 3 incomplete.
 */
import { writeFileSync } from "node:fs";
import { resolve } from "node:path";
import { PlanwrightError } from "../../error/planwright-error.ts";
import { baselineOf } from "../../eval/baseline.ts";
import type { Evaluation } from "../../eval/evaluate-journal.ts";
import { evaluateSuite, rescoreSuite } from "../../eval/evaluate-suite.ts";
import type { EvalReport } from "../../eval/report/eval-report.ts";
import { type LoadOptions, loadSuite } from "../../eval/run/load-suite.ts";
import type { Call } from "../call.ts";
import { renderReport } from "../render/render-eval.ts";
import { readSettings, type Settings } from "../settings/read-settings.ts";
import { baselinePath, modeOf, readBaseline, readComparison } from "./eval-settings.ts";
import { showProgress } from "./show-progress.ts";
import { watchSuites } from "./watch-suites.ts";
import { annotate, makeReportFolders, writeReports } from "./write-reports.ts";

const CODES: Record<EvalReport["status"], number> = { passed: 0, failed: 1, incomplete: 3 };

export async function evalCommand(call: Call): Promise<number> {
  const { record = false, model } = call.options;
  if (model !== undefined && !record) {
    throw new PlanwrightError("VALIDATION", "--model says who is recorded, and without --record nobody is.", {
      hint: "Add --record, or name the model in a variant of the suite.",
    });
  }
  if (call.options.watch !== true) return evaluateAll(call, runOne);
  return watchSuites(call, (onRead) => evaluateAll(call, runOne, onRead));
}

export function rescoreCommand(call: Call): Promise<number> {
  return evaluateAll(call, rescoreOne);
}

interface Given {
  settings: Settings;
  /** Told of every file that decides what comes out. */
  onRead: (path: string) => void;
}

type EvaluateOne = (call: Call, file: string, given: Given) => Promise<Evaluation>;

async function evaluateAll(call: Call, evaluate: EvaluateOne, onRead: Given["onRead"] = () => {}): Promise<number> {
  const { report, args, extra, options, terminal } = call;
  const { model: _, ...others } = options;
  // --model is who is recorded here, and says nothing about who plans.
  const settings = await readSettings({ ...others, model: "offline" }, terminal);
  settings.prompts.folders.forEach(onRead);
  makeReportFolders(call);
  const evaluations: Evaluation[] = [];
  try {
    for (const file of [args[0] ?? "", ...extra]) {
      const done = await evaluate(call, file, { settings, onRead });
      evaluations.push(done);
      if (!report.isJson)
        report.print(renderReport(done.report, { style: report.style, width: report.columns() }).join("\n"));
      if (options.updateBaseline === true) writeBaseline(call, done);
    }
  } catch (thrown) {
    // What was done before it stays of use.
    if (evaluations.length > 0) writeReports(call, evaluations);
    throw thrown;
  }
  const reports = evaluations.map((one) => one.report);
  if (report.isJson) report.printJson(reports.length === 1 ? reports[0] : reports);
  writeReports(call, evaluations);
  annotate(call, reports);
  const codes = reports.map(({ status }) => CODES[status]);
  return codes.includes(3) ? 3 : Math.max(0, ...codes);
}

async function runOne(call: Call, file: string, { settings, onRead }: Given): Promise<Evaluation> {
  const { terminal, options } = call;
  const suite = await loadChosen(call, file, { onRead });
  const { onTrial, done } = showProgress(call, suite);
  const controller = new AbortController();
  const stop = terminal.onSignal(() => controller.abort());
  try {
    return await evaluateSuite(suite, {
      ...(await scoringOptions(call, suite, settings)),
      mode: modeOf(options, terminal.env),
      promptFolders: settings.prompts.folders,
      env: terminal.env,
      prices: settings.prices,
      ...(options.model === undefined ? {} : { recordWith: options.model }),
      resume: options.resume === true,
      signal: controller.signal,
      onTrial,
    });
  } finally {
    stop();
    done();
  }
}

async function rescoreOne(call: Call, file: string, { settings }: Given): Promise<Evaluation> {
  const suite = await loadChosen(call, file);
  const { filter } = call.options;
  const options = await scoringOptions(call, suite, settings);
  try {
    return await rescoreSuite(suite, options);
  } catch (thrown) {
    if (filter === undefined || !(thrown instanceof PlanwrightError) || thrown.code !== "NOT_FOUND") throw thrown;
    // It was run as a whole: then a part of that is scored.
    const { askedHash } = await loadSuite(resolve(call.terminal.cwd, file));
    return rescoreSuite({ ...suite, askedHash }, options);
  }
}

type Suite = Evaluation["suite"];

async function loadChosen({ terminal, options }: Call, file: string, reading: LoadOptions = {}): Promise<Suite> {
  const { filter, trials, gate = false } = options;
  const path = resolve(terminal.cwd, file);
  const suite = await loadSuite(path, { ...reading, ...(filter === undefined ? {} : { filter }) });
  if (gate && suite.gates.length === 0) {
    throw new PlanwrightError("CONFIG_INVALID", `--gate: suite '${suite.name}' has no gates.`, {
      hint: "Add some, such as gates: [{ scorer: tool_f1, min: 0.8 }].",
    });
  }
  return { ...suite, gates: gatesOf(suite, options), trials: trials ?? suite.trials };
}

/**
 * A part of the cases passes no gate, so that none is judged; and what becomes the baseline is not measured against the
 * one before. Throws VALIDATION where that can't be meant.
 */
function gatesOf({ gates }: Suite, { filter, gate = false, updateBaseline = false }: Call["options"]): Suite["gates"] {
  if (filter === undefined) return updateBaseline ? gates.filter((one) => "min" in one) : gates;
  if (!gate && !updateBaseline) return [];
  throw new PlanwrightError(
    "VALIDATION",
    "--filter leaves cases out: what is left passes no gate and is no baseline.",
    {
      hint: "Leave out --filter, or --gate and --update-baseline.",
    },
  );
}

async function scoringOptions({ terminal, options }: Call, suite: Suite, settings: Settings) {
  const notes =
    options.filter === undefined ? [] : [`Only cases that match '${options.filter}'; gates are not judged on a part.`];
  return {
    store: settings.store,
    clock: terminal.clock,
    notes,
    baseline: readBaseline(suite, { isNeeded: options.updateBaseline !== true }),
    ...readComparison(options.compare, suite, terminal.cwd),
  };
}

/** Only from what is complete and passed: a baseline with holes, or of what nobody accepts, lets regressions through. */
function writeBaseline({ report }: Call, { suite, report: found }: Evaluation): void {
  const path = baselinePath(suite);
  if (found.status !== "passed") {
    const why = found.status === "incomplete" ? "the report is incomplete; go on with --resume" : "a gate failed";
    report.note(`No baseline written: ${why}.`);
    return;
  }
  writeFileSync(path, `${JSON.stringify(baselineOf(found), null, 1)}\n`);
  report.note(`Baseline written: ${path}`);
}
