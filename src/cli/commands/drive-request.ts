/** Starts a run and goes along with it: what `run` and `apply` share. Owns: the line between refused and failed. */
import { asPlanwrightError } from "../../error/planwright-error.ts";
import type { RunRequest } from "../../runtime/run-request.ts";
import { exitCodeOfError } from "../exit-code.ts";
import { concludeRun } from "../follow/conclude-run.ts";
import { followRun } from "../follow/follow-run.ts";
import type { Session } from "../open-session.ts";

/** The exit code. Throws what refuses the request; after that a broken store is a failure of the run. */
export async function driveRequest(session: Session, request: RunRequest, onAccepted: () => void): Promise<number> {
  const { id } = await session.runtime.start(request);
  onAccepted();
  return driveRun(session, { run: id, after: -1 });
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
