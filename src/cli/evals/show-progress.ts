/** How far a suite is, on standard error. Owns: how often that is said. */
import type { LoadedSuite } from "../../eval/loaded-suite.ts";
import type { RunSuiteOptions } from "../../eval/run-suite.ts";
import type { Call } from "../call.ts";

/** Lines for a whole suite where nobody sees them change. */
const PLAIN_LINES = 10;

export function showProgress(
  { report, terminal }: Call,
  suite: LoadedSuite,
): {
  onTrial: NonNullable<RunSuiteOptions["onTrial"]>;
  done: () => void;
} {
  const { stderr } = terminal;
  let errors = 0;
  let lastTenth = 0;
  return {
    onTrial({ done, total, record }) {
      if (record.error !== null) errors += 1;
      const words = `${suite.name}: ${done} of ${total} trials${errors === 0 ? "" : `, ${errors} errors`}`;
      if (stderr.isTerminal) {
        stderr.write(`\r\u001b[K${words}`);
        return;
      }
      const tenth = Math.floor((done * PLAIN_LINES) / total);
      if (tenth === lastTenth) return;
      lastTenth = tenth;
      report.note(words);
    },
    done: () => {
      if (stderr.isTerminal) stderr.write("\r\u001b[K");
    },
  };
}
