/**
 * A person's words on their way through a run's loop: posted, obeyed, and settled once what followed is durable.
 * Owns: that each word is settled exactly once. Must not: decide what a word comes to (`commands.ts` does).
 */
import type { Issue } from "../error/issue.ts";
import { PlanwrightError } from "../error/planwright-error.ts";
import type { Signal } from "../journal/store.ts";
import type { JsonValue } from "../shared/json.ts";
import { checkEdit } from "./check-proposal.ts";
import { commandEntries } from "./commands.ts";
import { append, type Command, type DriverCore, type DriverEnvironment } from "./driver-core.ts";
import { isJournalFull } from "./journal-room.ts";
import type { RunState } from "./run-state.ts";

/** What must be known to judge a word: a driver, or a run as it was read. */
export interface Listening {
  environment: Pick<DriverEnvironment, "tools" | "clock" | "policy">;
  state: RunState;
}

/** `commands` holds the words that are not answered yet; the end of the loop answers them. */
export function sendCommand(core: DriverCore, commands: Set<Command>, signal: Signal): Promise<void> {
  return new Promise((resolve, reject) => {
    const command: Command = {
      entries: entriesOf(core, signal),
      settle(error) {
        commands.delete(command);
        if (error === null) resolve();
        else reject(error);
      },
    };
    commands.add(command);
    core.mailbox.post({ kind: "command", command });
  });
}

/** What the word comes to at the moment it is asked: the one way from words to entries, in every process. */
export function entriesOf({ environment, state }: Listening, signal: Signal): Command["entries"] {
  const { tools, clock, policy } = environment;
  const checkPlan = (raw: JsonValue): Issue[] => checkEdit({ tools, policy }, state.ledger, raw).issues;
  return () => commandEntries(state.ledger, signal, { nowMs: clock.now(), getTool: tools.get, checkPlan });
}

/** Why a word came too late: RUN_ENDED where that is the reason, else the run goes on elsewhere. */
export function whyGone(core: DriverCore, { entries }: Pick<Command, "entries">): unknown {
  try {
    entries();
  } catch (thrown) {
    return thrown;
  }
  return new PlanwrightError("SHUTTING_DOWN", `Run ${core.journal.run} is no longer driven here.`, {
    hint: "Try again.",
  });
}

/** Appends what the person's word comes to, and answers once it is durable (SAFETY R1). */
export function obey(core: DriverCore, command: Command): void {
  try {
    for (const entry of command.entries()) append(core, entry);
  } catch (thrown) {
    command.settle(thrown);
    if (isJournalFull(thrown)) throw thrown;
    return;
  }
  core.journal.sync().then(() => command.settle(null), command.settle);
}
