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
import type { LoadedSuite } from "../../eval/loaded-suite.ts";
import { capturePrompt } from "../../eval/run/capture-prompt.ts";
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
  const library = loadPrompts({ folders: settings.prompts.folders });
  const cases: ExportedCase[] = [];
  for (const loaded of suite.cases) cases.push({ loaded, messages: await capturePrompt(suite, loaded, library) });
  if (format === "openai-finetune") return toFineTuning(cases);
  return `${JSON.stringify(toPromptfoo(suite.name, cases), null, 2)}\n`;
}
