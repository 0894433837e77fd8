/**
 * `planwright runs approve|reject|answer|cancel|resume RUN`: a person's word to a run, whoever drives it. Where nobody
 * does, this process takes the run over and drives it to its end; else the word counts once the owner has journalled it.
 */
import type { SignalKind } from "../../journal/store.ts";
import type { Call, Command } from "../call.ts";
import { EXIT } from "../exit-code.ts";
import { findRun } from "../find-run.ts";
import { concludeRun } from "../follow/conclude-run.ts";
import { type Session, withSession } from "../open-session.ts";
import { readPlanAlone } from "../read-plan.ts";
import { jsonOrText } from "../read-request.ts";
import { driveRun } from "./drive-request.ts";

/** How long a word may take before the wait is explained. */
const NOTE_AFTER_MS = 1_000;

const SAID: Record<SignalKind, string> = {
  approve: "Approved.",
  reject: "Rejected.",
  answer: "Answered.",
  cancel: "Cancelled.",
  resume: "Resumed.",
};

export function tellCommand(word: SignalKind): Command {
  return (call) =>
    withSession(call, async (session) => {
      const { store } = session;
      const run = await findRun(store, call.args[0] ?? "");
      const { isOwned, entries } = await store.read(run);
      await sayPatiently(session, { word, run, isOwned });
      call.report.note(`${SAID[word]}${isOwned ? " The process that drives the run goes on." : ""}`);
      if (isOwned) return concludeElsewhere(session, run);
      const code = await driveRun(session, { run, after: entries.at(-1)?.seq ?? -1 });
      return word === "cancel" && code === EXIT.cancelled ? EXIT.ok : code;
    });
}

/** Another process takes up to 15 s to obey, or to be found dead: nobody should wait for that in the dark. */
async function sayPatiently(
  session: Session,
  { word, run, isOwned }: { word: SignalKind; run: string; isOwned: boolean },
): Promise<void> {
  const { report, terminal } = session.call;
  const tell = (): void => report.note(`Waiting for the process that drives run ${run} (15 s at most) …`);
  const cancel = isOwned ? terminal.clock.setTimer(NOTE_AFTER_MS, tell) : () => undefined;
  try {
    await say(session, word, run);
  } finally {
    cancel();
  }
}

async function say({ runtime, call }: Session, word: SignalKind, run: string): Promise<void> {
  switch (word) {
    case "approve":
      return runtime.runs.approve(run, {
        ...approvalId(call),
        ...(call.options.hash === undefined ? {} : { hash: call.options.hash }),
        ...(call.options.plan === undefined ? {} : { plan: await readPlanAlone(call.options.plan, call.terminal) }),
      });
    case "reject":
      return runtime.runs.reject(run, {
        ...approvalId(call),
        ...(call.options.reason === undefined ? {} : { reason: call.options.reason }),
      });
    case "answer":
      return runtime.runs.answer(run, jsonOrText(call.args[1] ?? ""));
    case "cancel":
      return runtime.runs.cancel(run);
    case "resume":
      await runtime.resume(run);
  }
}

function approvalId({ args }: Call): { id?: string } {
  return args[1] === undefined ? {} : { id: args[1] };
}

/** Another process drives the run: what was to be done here is done. */
async function concludeElsewhere(session: Session, run: string): Promise<number> {
  const result = await session.runtime.runs.get(run);
  if (session.call.report.isJson) session.call.report.printJson(result);
  else concludeRun(session, { ...result, status: "running" });
  return EXIT.ok;
}
