/** The end of a call that drove a run: its result, what it waits for, where to look. Owns: what goes where. */
import type { RunResult } from "../../run/run-result.ts";
import { exitCodeOf } from "../exit-code.ts";
import type { Session } from "../open-session.ts";
import { renderError } from "../render/render-error.ts";
import { renderOutput } from "../render/render-value.ts";
import { answerCommands, renderApproval, renderWaitingHead } from "../render/render-waiting.ts";
import { visibleText } from "../render/visible-text.ts";

/** Prints the result and gives the exit code. */
export function concludeRun(session: Session, result: RunResult): number {
  const { report } = session.call;
  if (report.isJson) report.printJson(result);
  else if (result.status === "completed") printOutput(session, result);
  tellHow(session, result);
  return exitCodeOf(result.status);
}

function printOutput({ call }: Session, result: RunResult): void {
  const { report } = call;
  const { style } = report;
  if (call.terminal.stderr.isTerminal) report.note("");
  const lines = renderOutput(result.output, { style, width: report.columns() });
  if (result.missing.length > 0) {
    const missing = result.missing.map(
      ({ path, ref }) => `• ${visibleText(path)} ${style.dim(`(nothing at ${visibleText(ref)})`)}`,
    );
    lines.push("", style.bold("Missing"), style.dim("───────"), ...missing);
  }
  report.print(lines.join("\n"));
}

function tellHow(session: Session, result: RunResult): void {
  const { call, commandLine } = session;
  const { report } = call;
  const style = report.noteStyle;
  const look = `See ${style.bold(commandLine("decisions", result.id))}`;
  if (call.terminal.stderr.isTerminal) report.note("");
  switch (result.status) {
    case "completed":
      return report.note(look);
    case "failed":
    case "exhausted": {
      if (result.reason !== null && result.reason !== result.error?.message) report.note(visibleText(result.reason));
      if (result.error !== null) report.note(renderError(result.error, style));
      return report.note(look);
    }
    case "waiting":
      return tellWaiting(session, result);
    case "interrupted":
      return report.note(
        `Run ${result.id} is parked. Go on with ${style.bold(commandLine("runs", "resume", result.id))}`,
      );
    case "cancelled":
      return report.note(`Run ${result.id} is cancelled. ${look}`);
    default:
      return report.note(
        `Another process goes on with run ${result.id}. Follow it with ${style.bold(commandLine("runs", "watch", result.id))}`,
      );
  }
}

/** What it waits for, and the exact commands that answer. */
export function tellWaiting({ call, runtime, commandLine }: Session, result: RunResult): void {
  const { report, terminal } = call;
  const style = report.noteStyle;
  const width = terminal.stderr.size()?.columns ?? null;
  if (result.waiting?.reason !== "approval") report.note(renderWaitingHead(result, style));
  for (const approval of result.waiting?.approvals ?? []) {
    const effect = runtime.tools.find(({ name }) => name === approval.tool)?.effect ?? null;
    report.note(renderApproval(approval, { effect, style, width }).join("\n"));
  }
  report.note("Answer with:");
  for (const command of answerCommands(result, commandLine)) report.note(`  ${style.bold(command)}`);
}
