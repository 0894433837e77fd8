/**
 * `planwright prompts [list|show NAME|diff A B]`: the texts that models are asked with. With --json a list, one prompt,
 * or the lines of the difference. Must not: need a store, tools or a model.
 */
import { describePrompt } from "../../prompt/describe-prompt.ts";
import { type DiffLine, diffLines } from "../../prompt/diff-prompts.ts";
import { loadPrompts } from "../../prompt/load-prompts.ts";
import type { Prompt, PromptLibrary } from "../../prompt/prompt.ts";
import type { Call } from "../call.ts";
import { EXIT } from "../exit-code.ts";
import { renderTable } from "../render/render-table.ts";
import type { Style } from "../render/style.ts";
import { visibleLine, visibleText } from "../render/visible-text.ts";
import { loadCallConfig } from "../settings/load-config.ts";
import { promptFolders } from "../settings/prompt-settings.ts";
import { refuseExtra } from "./refuse-extra.ts";

/** Lines around a change that are shown with it. */
const LINES_AROUND = 3;
/** Digits of a hash that tell prompts apart for people. */
const HASH_CHARS = "sha256:".length + 12;

export async function promptsListCommand(call: Call): Promise<number> {
  const { report } = call;
  refuseExtra(call, { command: "prompts", words: ["list", "show", "diff"] });
  const prompts = (await openLibrary(call)).list();
  if (report.isJson) report.printJson(prompts.map(describePrompt));
  else {
    const rows = prompts.map((prompt) => [
      markOf(prompt),
      prompt.hash.slice(0, HASH_CHARS),
      visibleLine(prompt.source),
      visibleLine(prompt.description),
    ]);
    const columns = ["prompt", "hash", "source", "what it is for"];
    report.print(renderTable({ columns, rows }, { style: report.style, width: report.columns() }).join("\n"));
  }
  return EXIT.ok;
}

export async function promptsShowCommand(call: Call): Promise<number> {
  const { report, args } = call;
  const prompt = (await openLibrary(call)).get(args[0] ?? "");
  if (report.isJson) report.printJson({ ...describePrompt(prompt), text: prompt.text });
  else report.print(renderPromptFile(prompt, report.style).join("\n"));
  return EXIT.ok;
}

export async function promptsDiffCommand(call: Call): Promise<number> {
  const { report, args } = call;
  const library = await openLibrary(call);
  const before = library.get(args[0] ?? "");
  const after = library.get(args[1] ?? "");
  const lines = diffLines(before.text, after.text);
  if (report.isJson) report.printJson({ before: describePrompt(before), after: describePrompt(after), lines });
  else report.print(renderDiff({ before, after, lines }, report.style).join("\n"));
  return EXIT.ok;
}

async function openLibrary({ options, terminal }: Call): Promise<PromptLibrary> {
  const loaded = await loadCallConfig(options.config, terminal);
  return loadPrompts({ folders: promptFolders(loaded, terminal.cwd) });
}

function markOf({ name, version }: Prompt): string {
  return `${name}@${version}`;
}

function renderPromptFile(prompt: Prompt, style: Style): string[] {
  const inputs = prompt.inputs.map((name) => `${name} (${prompt.kinds?.[name] ?? "text"})`);
  return [
    `${style.bold(markOf(prompt))}  ${style.dim(`${visibleLine(prompt.source)} · ${prompt.hash}`)}`,
    visibleLine(prompt.description),
    `${style.bold("Inputs")}  ${inputs.join(", ") || "none"}`,
    "",
    visibleText(prompt.text.trim()),
  ];
}

interface Difference {
  before: Prompt;
  after: Prompt;
  lines: readonly DiffLine[];
}

function renderDiff({ before, after, lines }: Difference, style: Style): string[] {
  const head = [
    `--- ${markOf(before)} (${visibleLine(before.source)})`,
    `+++ ${markOf(after)} (${visibleLine(after.source)})`,
  ];
  if (lines.every(({ kind }) => kind === "same")) return [...head, "The texts are the same."];
  const isNear = (place: number): boolean =>
    lines.slice(Math.max(0, place - LINES_AROUND), place + LINES_AROUND + 1).some(({ kind }) => kind !== "same");
  const shown: string[] = [];
  for (const [place, line] of lines.entries()) {
    if (isNear(place)) shown.push(renderLine(line, style));
    else if (shown.at(-1) !== style.dim("…")) shown.push(style.dim("…"));
  }
  return [...head, ...shown];
}

function renderLine({ kind, line }: DiffLine, style: Style): string {
  if (kind === "same") return `  ${visibleText(line)}`;
  return kind === "added" ? style.green(`+ ${visibleText(line)}`) : style.red(`- ${visibleText(line)}`);
}
