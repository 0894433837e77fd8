/**
 * Puts what a run waits for to the person at the terminal: an approval, a question, or a step whose outcome nobody
 * knows. Owns: the dialogue. Must not: decide anything itself; no answer leaves the run waiting.
 */
import { PlanwrightError } from "../../error/planwright-error.ts";
import type { Approval } from "../../journal/entries.ts";
import type { RunResult } from "../../run/run-result.ts";
import type { Session } from "../open-session.ts";
import { jsonOrText } from "../read-request.ts";
import { renderError } from "../render/render-error.ts";
import { renderApproval, renderWaitingHead, takesOutput } from "../render/render-waiting.ts";
import { readLine } from "./read-line.ts";

/** `answered`: the run was told something; `quit`: it stays as it is. */
export type Reply = "answered" | "quit";

export async function askPerson(session: Session, result: RunResult, signal: AbortSignal): Promise<Reply> {
  try {
    return await putQuestion(session, result, signal);
  } catch (thrown) {
    if (!(thrown instanceof PlanwrightError) || thrown.category === "store") throw thrown;
    const { report } = session.call;
    report.note(renderError(thrown.toShape(), report.noteStyle)); // An answer that does not fit: ask again.
    return "answered";
  }
}

function putQuestion(session: Session, result: RunResult, signal: AbortSignal): Promise<Reply> {
  const [approval] = result.waiting?.approvals ?? [];
  switch (result.waiting?.reason) {
    case "approval":
      return approval === undefined ? Promise.resolve("quit") : askApproval(session, approval, signal);
    case "answer":
      return askAnswer(session, result, signal);
    case "needs-attention":
      return askOutcome(session, result, signal);
    default:
      return Promise.resolve("quit");
  }
}

async function askApproval({ call, runtime }: Session, approval: Approval, signal: AbortSignal): Promise<Reply> {
  const { terminal, report } = call;
  const effect = runtime.tools.find(({ name }) => name === approval.tool)?.effect ?? null;
  const width = terminal.stderr.size()?.columns ?? 80;
  report.note(renderApproval(approval, { effect, style: report.noteStyle, width }).join("\n"));
  for (;;) {
    const line = await readLine(
      terminal,
      report.noteStyle.bold("Allow it? [y]es, [n]o, [q]uit and leave it waiting: "),
      signal,
    );
    const word = line?.trim().toLowerCase() ?? "q";
    if (word === "q" || word === "quit") return "quit";
    if (word === "y" || word === "yes") {
      await runtime.runs.approve(approval.run, { id: approval.id, hash: approval.hash });
      return "answered";
    }
    if (word === "n" || word === "no") {
      await runtime.runs.reject(approval.run, { id: approval.id, reason: "Refused at the terminal." });
      return "answered";
    }
  }
}

async function askAnswer({ call, runtime }: Session, result: RunResult, signal: AbortSignal): Promise<Reply> {
  const { terminal, report } = call;
  report.note(renderWaitingHead(result, report.noteStyle));
  const line = await readLine(terminal, report.noteStyle.bold("Your answer (empty line: leave it waiting): "), signal);
  if (line === null || line.trim() === "") return "quit";
  await runtime.runs.answer(result.id, line.trim());
  return "answered";
}

async function askOutcome({ call, runtime }: Session, result: RunResult, signal: AbortSignal): Promise<Reply> {
  const { terminal, report } = call;
  report.note(renderWaitingHead(result, report.noteStyle));
  const ask = takesOutput(result)
    ? "Its output as JSON if it took effect, [f]ailed (or tried again, where that is safe), [q]uit and leave it waiting: "
    : "[r]esume, or [q]uit and leave it waiting: ";
  const line = (await readLine(terminal, report.noteStyle.bold(ask), signal))?.trim() ?? "q";
  if (line === "" || line === "q" || line === "quit") return "quit";
  if (["f", "failed", "r", "resume"].includes(line)) await runtime.resume(result.id);
  else await runtime.runs.answer(result.id, jsonOrText(line));
  return "answered";
}
