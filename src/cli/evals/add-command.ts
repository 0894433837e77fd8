/**
 * `planwright eval add --from-run RUN [--decision N] [--into FILE]`: a logged decision becomes a case, and what the model
 * answered a cassette beside it. Exit 0 added, 2 no such run or decision.
 */
import { appendFileSync, existsSync, mkdirSync, readFileSync } from "node:fs";
import { dirname, relative, resolve } from "node:path";
import { PlanwrightError } from "../../error/planwright-error.ts";
import { caseFromRun } from "../../eval/run/case-from-run.ts";
import { recordFromLog } from "../../eval/run/cassette-from-log.ts";
import { createFileStore } from "../../journal/file-store.ts";
import { loadPrompts } from "../../prompt/load-prompts.ts";
import type { Call } from "../call.ts";
import { EXIT } from "../exit-code.ts";
import { findRun } from "../find-run.ts";
import { readSettings } from "../settings/read-settings.ts";

export async function addCommand({ report, options, terminal }: Call): Promise<number> {
  const settings = await readSettings({ ...options, model: "offline" }, terminal);
  const store = createFileStore({ root: settings.store });
  const run = await findRun(store, options.fromRun ?? "");
  const logged = await caseFromRun(store, { run, n: options.decision ?? 1 });
  const file = resolve(terminal.cwd, options.into ?? "cases.jsonl");
  refuseTwice(file, logged.evalCase.id);
  mkdirSync(dirname(file), { recursive: true });
  const hasModel = logged.decisions[0]?.model != null;
  const cassette = `${file.replace(/\.jsonl$/, "")}.cassette.jsonl`;
  const library = loadPrompts({ folders: settings.prompts.folders });
  const isSame = hasModel && (await recordFromLog(logged, { cassette, library, clock: terminal.clock }));
  appendFileSync(file, `${JSON.stringify(logged.evalCase)}\n`);
  const shown = (path: string): string => relative(terminal.cwd, path) || path;
  const added = {
    case: logged.evalCase.id,
    file: shown(file),
    cassette: isSame ? shown(cassette) : null,
    replaysAlike: hasModel ? isSame : null,
  };
  if (report.isJson) report.printJson(added);
  else for (const line of describe(added)) report.print(line);
  await store.close();
  return EXIT.ok;
}

function refuseTwice(file: string, id: string): void {
  if (!existsSync(file) || !readFileSync(file, "utf8").includes(`"id":${JSON.stringify(id)}`)) return;
  throw new PlanwrightError("VALIDATION", `'${file}' has the case '${id}' already.`, {
    hint: "Remove it there first, or name another file with --into.",
  });
}

function describe(added: {
  case: string;
  file: string;
  cassette: string | null;
  replaysAlike: boolean | null;
}): string[] {
  const { case: id, file, cassette, replaysAlike } = added;
  const gold = `Its gold is what was decided: correct it in ${file} where that was wrong.`;
  const line = `Case ${id} added to ${file}. ${gold}`;
  if (cassette !== null) return [line, `Cassette ${cassette} replays the logged decision.`];
  if (replaysAlike === null) return [line];
  return [
    line,
    "A replay does not come to the logged decision: the prompt or the tools have changed, or people had a say in it.",
    "So there is no cassette; planwright eval SUITE --record makes one.",
  ];
}
