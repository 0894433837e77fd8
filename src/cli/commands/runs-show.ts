/** `planwright runs show RUN`: one run as it stands. Exit 0 whatever the run came to: the question was answered. */
import type { RunResult } from "../../run/run-result.ts";
import type { Call } from "../call.ts";
import { EXIT } from "../exit-code.ts";
import { findRun } from "../find-run.ts";
import { tellWaiting } from "../follow/conclude-run.ts";
import { type Session, withReadSession } from "../open-session.ts";
import { countText, durationText, timeText } from "../render/duration.ts";
import { renderError } from "../render/render-error.ts";
import { renderSteps } from "../render/render-steps.ts";
import { renderOutput } from "../render/render-value.ts";
import { visibleLine, visibleText } from "../render/visible-text.ts";

export async function runsShowCommand(call: Call): Promise<number> {
  return withReadSession(call, async (session) => {
    const run = await findRun(session.store, call.args[0] ?? "");
    const { runs } = session.runtime;
    const result = { ...(await runs.get(run)), forecast: await runs.forecast(run) };
    if (call.report.isJson) call.report.printJson(result);
    else show(session, result);
    return EXIT.ok;
  });
}

function show(session: Session, result: RunResult): void {
  const { report, terminal } = session.call;
  const { style } = report;
  const width = report.columns();
  const lines = [
    `${style.bold(result.id)}  ${statusText(result, session)}`,
    visibleLine(result.goal),
    style.dim(factsOf(result)),
    ...forecastLines(result).map(style.dim),
    "",
    ...renderSteps(result, { style, width, rows: null, nowMs: terminal.clock.now() }),
  ];
  if (result.status === "completed") lines.push("", ...renderOutput(result.output, { style, width }));
  if (result.reason !== null && result.reason !== result.error?.message) lines.push("", visibleText(result.reason));
  if (result.error !== null) lines.push("", renderError(result.error, style));
  report.print(lines.join("\n"));
  if (result.status === "waiting") tellWaiting(session, result);
  if (result.status === "interrupted")
    report.note(`Nobody drives it. Go on with ${session.commandLine("runs", "resume", result.id)}`);
}

/** Said only where the forecast was wrong, and rested on figures. */
function forecastLines({ forecast }: RunResult): string[] {
  if (forecast == null || forecast.missed.length === 0 || forecast.forecast.basis.calls === 0) return [];
  const missed = forecast.missed.map((name) => {
    const { low, high } = forecast.forecast[name];
    return `${name} ${forecast.real[name]} (${low} to ${high})`;
  });
  return [`forecast missed: ${missed.join(", ")}`];
}

function statusText({ status }: RunResult, { call }: Session): string {
  const { style } = call.report;
  if (status === "completed") return style.green(status);
  return status === "failed" || status === "exhausted" ? style.red(status) : style.yellow(status);
}

function factsOf(result: RunResult): string {
  const { decisions, replans, usage, costUsd, planner, createdAt, durationMs } = result;
  return [
    timeText(createdAt),
    durationText(durationMs),
    `planner ${planner}`,
    countText(decisions, "decision"),
    replans > 0 ? countText(replans, "replan") : "",
    countText(usage.toolCalls, "tool call"),
    usage.modelCalls > 0
      ? `${countText(usage.modelCalls, "model call")}, ${costUsd === null ? "price unknown" : `${costUsd} USD`}`
      : "",
  ]
    .filter((fact) => fact !== "")
    .join(" · ");
}
