/**
 * The step tree on a terminal, drawn in place some ten times a second. Owns: cursor and screen lines between its first
 * and last frame. Must not: write while it is paused.
 */
import type { RunResult } from "../../run/run-result.ts";
import { countText, durationText } from "../render/duration.ts";
import { renderSteps } from "../render/render-steps.ts";
import { cutText } from "../render/text-width.ts";
import type { Progress, ProgressOptions } from "./progress.ts";

const FRAME_MS = 100;
const SPINNER = "⠋⠙⠹⠸⠼⠴⠦⠧⠇⠏";
const HIDE_CURSOR = "\u001b[?25l";
const SHOW_CURSOR = "\u001b[?25h";
const CLEAR_BELOW = "\u001b[0J";

export function createLiveTree({ terminal, report, read }: ProgressOptions): Progress {
  const { stderr, clock } = terminal;
  let height = 0;
  let frame = 0;
  let isRunning = false;
  let cancel = (): void => {};
  let drawing: Promise<void> = Promise.resolve();

  const draw = (result: RunResult): void => {
    const lines = frameLines(result, frame++);
    stderr.write(`${rewind(height)}${lines.join("\n")}\n`);
    height = lines.length;
  };
  const frameLines = (result: RunResult, turn: number): string[] => {
    const size = stderr.size() ?? { columns: 80, rows: 24 };
    const spinner = SPINNER[turn % SPINNER.length] ?? "";
    const nowMs = clock.now();
    const rows = Math.max(3, size.rows - 4);
    const steps = renderSteps(result, { style: report.noteStyle, width: size.columns, rows, nowMs, spinner });
    return [...steps, statusLine(result, { spinner, columns: size.columns, nowMs })];
  };
  const statusLine = (result: RunResult, at: { spinner: string; columns: number; nowMs: number }): string => {
    const { style } = { style: report.noteStyle };
    const done = result.steps.filter(({ index, status }) => index === null && status === "completed").length;
    const total = result.steps.filter(({ index }) => index === null).length;
    const what = total === 0 ? result.status : `${result.status} · ${done} of ${countText(total, "step")}`;
    const text = `${what} · ${durationText(at.nowMs - Date.parse(result.createdAt))}${result.replans > 0 ? ` · ${countText(result.replans, "replan")}` : ""}`;
    return `${style.cyan(at.spinner)} ${style.dim(cutText(text, at.columns - 3))}`;
  };
  const tick = async (): Promise<void> => {
    const result = await read();
    if (!isRunning) return;
    draw(result);
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
  resume();
  return {
    event: () => undefined,
    resume,
    async pause() {
      stop();
      await drawing;
    },
    async finish(result) {
      stop();
      await drawing;
      const width = stderr.size()?.columns ?? 80;
      const lines = renderSteps(result, { style: report.noteStyle, width, rows: null, nowMs: clock.now() });
      if (lines.length > 0) stderr.write(`${lines.join("\n")}\n`);
    },
    stop,
  };
}

/** To the first of the lines drawn last, and everything below cleared. */
function rewind(height: number): string {
  return height === 0 ? "" : `\u001b[${height}A\r${CLEAR_BELOW}`;
}
