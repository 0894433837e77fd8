/**
 * `planwright eval calibrate RUBRIC --labels FILE --model M`: how far a judge agrees with people. Exit 0 done, 2 rubric,
 * labels or model error.
 */
import { writeFileSync } from "node:fs";
import { resolve } from "node:path";
import { PlanwrightError } from "../../error/planwright-error.ts";
import type { Calibration } from "../../eval/judge/calibrate.ts";
import { figure } from "../../eval/report/figures.ts";
import { calibrateJudge, readLabels } from "../../eval/run/calibrate-judge.ts";
import { readRubric } from "../../eval/run/read-rubric.ts";
import { createModelCaller } from "../../model/call-model.ts";
import { openCassette } from "../../model/cassette-model.ts";
import { readModelWord } from "../../model/model-word.ts";
import { openModel } from "../../model/open-model.ts";
import { loadPrompts } from "../../prompt/load-prompts.ts";
import type { Call } from "../call.ts";
import { EXIT } from "../exit-code.ts";
import { readSettings } from "../settings/read-settings.ts";
import { isCi } from "./eval-settings.ts";

export async function calibrateCommand({ report, args, options, terminal }: Call): Promise<number> {
  const { env, cwd, clock } = terminal;
  const settings = await readSettings(options, terminal);
  const spec = settings.planner.model;
  if (spec === null || (isCi(env) && readModelWord(spec).kind !== "cassette")) {
    throw new PlanwrightError("CONFIG_INVALID", "A judge is a model, and where CI is set a cassette.", {
      hint: "Name it with --model, such as --model anthropic:NAME or --model cassette:FILE.",
    });
  }
  const rubric = await readRubric(resolve(cwd, args[0] ?? ""));
  const labels = await readLabels(resolve(cwd, options.labels ?? ""), rubric);
  const open = (file: string) => openCassette(`cassette:${file}`, { folder: cwd });
  const model = await openModel(spec, { env, prices: settings.prices, openCassette: open });
  const controller = new AbortController();
  const stop = terminal.onSignal(() => controller.abort());
  try {
    const caller = createModelCaller(model, { clock });
    const library = loadPrompts({ folders: settings.prompts.folders });
    const calibration = await calibrateJudge(rubric, labels, { caller, library, signal: controller.signal });
    if (options.out !== undefined)
      writeFileSync(resolve(cwd, options.out), `${JSON.stringify(calibration, null, 2)}\n`);
    if (report.isJson) report.printJson(calibration);
    else report.print(describe(calibration).join("\n"));
    return EXIT.ok;
  } finally {
    stop();
  }
}

function describe(calibration: Calibration): string[] {
  const { rubric, model, positive, n, abstained } = calibration;
  const { agreement, kappa, truePositiveRate, trueNegativeRate } = calibration;
  return [
    `${rubric}, judged by ${model}: ${n} texts with a judgement, ${abstained} abstentions`,
    `agreement ${figure(agreement)}, Cohen's kappa ${figure(kappa)}`,
    `of those that people call '${positive}', it found ${figure(truePositiveRate)}; of the others it left out ${figure(trueNegativeRate)}`,
  ];
}
