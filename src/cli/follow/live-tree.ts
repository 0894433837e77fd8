/**
 * The step tree on a terminal, drawn in place some ten times a second. Owns: cursor and screen lines between its first
 * and last frame. Must not: write while it is paused.
 */
import type { RunResult } from "../../run/run-result.ts";
import { countText, durationText } from "../render/duration.ts";
import { cutPainted } from "../render/painted-width.ts";
import { renderRevisions } from "../render/render-revisions.ts";
import { answerCommands, renderWaitingHead } from "../render/render-waiting.ts";
import { cutToWidth, wrapText } from "../render/text-width.ts";
import type { Progress, ProgressOptions } from "./progress.ts";

const FRAME_MS = 100;
const SPINNER = "⠋⠙⠹⠸⠼⠴⠦⠧⠇⠏";
const HIDE_CURSOR = "\u001b[?25l";
const SHOW_CURSOR = "\u001b[?25h";
const CLEAR_BELOW = "\u001b[0J";

export function createLiveTree(options: ProgressOptions): Progress {
  const { terminal, report, read } = options;
  const { stderr, clock } = terminal;
  let height = 0;
  let turn = 0;
  let isRunning = false;
  let cancel = (): void => {};
  let drawing: Promise<void> = Promise.resolve();

  const tick = async (): Promise<void> => {
    const result = await read();
    if (!isRunning) return;
    const lines = frameLines(result, turn++, options);
    stderr.write(`${rewind(height)}${lines.join("\n")}\n`);
    height = lines.length;
    cancel = clock.setTimer(FRAME_MS, next);
  };
  const next = (): void => {
    drawing = tick().catch(() => undefined); // A run that can't be read now is reported by whoever follows it.
  };
  const resume = (): void => {
    if (isRunning) return;
    isRunning = true;
    stderr.write(HIDE_CURSOR);
    next();
  };
  const stop = (): void => {
    if (!isRunning) return;
    isRunning = false;
    cancel();
    stderr.write(`${rewind(height)}${SHOW_CURSOR}`);
    height = 0;
  };
  const settle = async (result: RunResult): Promise<void> => {
    stop();
    await drawing;
    const width = stderr.size()?.columns ?? null;
    const lines = renderRevisions(result, { style: report.noteStyle, width, rows: null, nowMs: clock.now() });
    if (lines.length > 0) stderr.write(`${lines.join("\n")}\n`);
  };
  resume();
  const note = (text: string): void => {
    stderr.write(`${rewind(height)}${text}\n`);
    height = 0;
  };
  return { event: () => undefined, note, resume, pause: settle, finish: settle, stop };
}

/** The steps that fit on the screen, what the run waits for, and a line that says how it stands. */
function frameLines(result: RunResult, turn: number, options: ProgressOptions): string[] {
  const { terminal, report } = options;
  const { columns, rows } = terminal.stderr.size() ?? { columns: 80, rows: 24 };
  const style = report.noteStyle;
  const spinner = SPINNER[turn % SPINNER.length] ?? "";
  const nowMs = terminal.clock.now();
  const waiting = waitingLines(result, options, columns);
  const room = Math.max(3, rows - 4 - waiting.length);
  const steps = renderRevisions(result, { style, width: columns, rows: room, nowMs, spinner });
  const planned = result.steps.filter(({ index }) => index === null);
  const done = planned.filter(({ status }) => status === "completed").length;
  const facts = [
    result.id,
    result.status,
    planned.length === 0 ? "" : `${done} of ${countText(planned.length, "step")}`,
    durationText(nowMs - Date.parse(result.createdAt)),
    result.replans === 0 ? "" : countText(result.replans, "replan"),
  ];
  const line = facts.filter((fact) => fact !== "").join(" · ");
  return [...steps, ...waiting, `${style.cyan(spinner)} ${style.dim(cutToWidth(line, columns - 3))}`];
}

/** Why it waits, and the commands that answer; each on lines of its own, so that they can be counted. */
function waitingLines(result: RunResult, { report, commandLine }: ProgressOptions, columns: number): string[] {
  if (result.waiting === null || commandLine === undefined) return [];
  const style = report.noteStyle;
  const head = renderWaitingHead(result, style).split("\n");
  const commands = answerCommands(result, commandLine).flatMap((command) => wrapText(command, columns - 5));
  return [
    ...head.map((line) => cutPainted(line, columns - 1)),
    ...commands.map((command) => `    ${style.bold(command)}`),
  ];
}

/** To the first of the lines drawn last, and everything below cleared. */
function rewind(height: number): string {
  return height === 0 ? "" : `\u001b[${height}A\r${CLEAR_BELOW}`;
}
