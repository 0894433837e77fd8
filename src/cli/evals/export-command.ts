/** `planwright eval export SUITE --format F [--out FILE]`: cases for other programs. */
import { writeFileSync } from "node:fs";
import { resolve } from "node:path";
import {
  type ExportedCase,
  type ExportFormat,
  toFineTuning,
  toJsonLines,
  toPromptfoo,
} from "../../eval/export/export-cases.ts";
import type { LoadedCase, LoadedSuite } from "../../eval/loaded-suite.ts";
import { capturePrompt, exportedVariant } from "../../eval/run/capture-prompt.ts";
import { loadSuite } from "../../eval/run/load-suite.ts";
import { loadPrompts } from "../../prompt/load-prompts.ts";
import type { Call } from "../call.ts";
import { EXIT } from "../exit-code.ts";
import { readSettings } from "../settings/read-settings.ts";

export async function exportCommand(call: Call): Promise<number> {
  const { terminal, report, args, options } = call;
  const { filter, out } = options;
  const file = resolve(terminal.cwd, args[0] ?? "");
  const suite = await loadSuite(file, filter === undefined ? {} : { filter });
  const text = await exported(call, suite, (options.format ?? "jsonl") as ExportFormat);
  if (out === undefined) {
    terminal.stdout.write(text);
    return EXIT.ok;
  }
  writeFileSync(resolve(terminal.cwd, out), text);
  if (report.isJson) report.printJson({ file: out, cases: suite.cases.length });
  else report.note(`Written: ${out} (${suite.cases.length} cases)`);
  return EXIT.ok;
}

async function exported(call: Call, suite: LoadedSuite, format: ExportFormat): Promise<string> {
  if (format === "jsonl") return toJsonLines(suite.cases);
  const settings = await readSettings({ ...call.options, model: "offline" }, call.terminal);
  const own = suite.prompts === undefined ? [] : [resolve(suite.folder, suite.prompts)];
  const library = loadPrompts({ folders: [...settings.prompts.folders, ...own] });
  if (suite.variants.length > 1) {
    call.report.note(`The prompts are those of variant '${exportedVariant(suite)?.id ?? ""}'; others are left out.`);
  }
  const cases: ExportedCase[] = [];
  for (const loaded of firstDecisions(call, suite)) {
    cases.push({ loaded, messages: await capturePrompt(suite, loaded, library) });
  }
  if (format === "openai-finetune") return toFineTuning(cases);
  return `${JSON.stringify(toPromptfoo(suite.name, cases), null, 2)}\n`;
}

/** What was asked for a later decision depends on the answers before it, which a case does not have. */
function firstDecisions({ report }: Call, { cases }: LoadedSuite): LoadedCase[] {
  const later = cases.filter(({ evalCase }) => (evalCase.decision ?? 1) > 1);
  for (const { id, evalCase } of later) {
    report.note(
      `Left out: case '${id}' is about decision ${evalCase.decision}, and what led to it is not in the case.`,
    );
  }
  return cases.filter((one) => !later.includes(one));
}
