/** Starts a run and goes along with it: what `run` and `apply` share. Owns: the line between refused and failed. */
import { asPlanwrightError } from "../../error/planwright-error.ts";
import type { RunRequest } from "../../runtime/run-request.ts";
import { EXIT, exitCodeOfError } from "../exit-code.ts";
import { concludeRun } from "../follow/conclude-run.ts";
import { followRun } from "../follow/follow-run.ts";
import type { Session } from "../open-session.ts";
import { visibleLine } from "../render/visible-text.ts";

/** The exit code. Throws what refuses the request; after that a broken store is a failure of the run. */
export async function driveRequest(session: Session, request: RunRequest, onAccepted: () => void): Promise<number> {
  const { id } = await session.runtime.start(request);
  onAccepted();
  const code = await driveRun(session, { run: id, after: -1 });
  if (code === EXIT.ok && request.goal !== undefined) await tellUnread(session, { id, params: request.params ?? {} });
  return code;
}

/** A param that no plan has read was probably misspelt. */
async function tellUnread(
  { runtime, call }: Session,
  { id, params }: { id: string; params: NonNullable<RunRequest["params"]> },
): Promise<void> {
  const names = Object.keys(params);
  if (names.length === 0) return;
  const plans = JSON.stringify((await runtime.runs.decisions(id)).map(({ decision }) => decision));
  for (const name of names) {
    const path = JSON.stringify(`params[${JSON.stringify(name)}]`).slice(1, -1);
    if (plans.includes(`"params.${name}`) || plans.includes(path) || plans.includes('"params"')) continue;
    call.report.note(`No step has read the param '${visibleLine(name)}'.`);
  }
}

/** Goes along with a run that this process drives. */
export async function driveRun(session: Session, from: { run: string; after: number }): Promise<number> {
  const { report } = session.call;
  try {
    return concludeRun(session, await followRun(session, from));
  } catch (thrown) {
    const error = asPlanwrightError(thrown);
    report.fail({ ...error.toShape(), runId: error.runId ?? from.run });
    return exitCodeOfError(error, true);
  }
}
