/** From arguments to an exit code. Owns: errors of usage, and that nothing ever escapes as a stack. */
import { CommanderError } from "commander";
import { asPlanwrightError, PlanwrightError } from "../error/planwright-error.ts";
import { buildProgram } from "./build-program.ts";
import { EXIT, exitCodeOfError } from "./exit-code.ts";
import { createReporter } from "./report.ts";
import { spreadToolFiles } from "./spread-tool-files.ts";
import type { Terminal } from "./terminal.ts";

/** Runs one call and resolves with its exit code; never rejects. `argv` starts with the command's name. */
export async function runCli(argv: readonly string[], terminal: Terminal): Promise<number> {
  const report = createReporter(terminal, { isJson: hasFlag(argv, "--json") });
  let code: number = EXIT.ok;
  try {
    const program = buildProgram({ terminal, report, onDone: (done) => (code = done) });
    if (argv.length === 0 || (argv.length === 1 && report.isJson))
      throw noCommand(program.helpInformation(), report.isJson);
    await program.parseAsync(spreadToolFiles(argv), { from: "user" });
    return code;
  } catch (thrown) {
    if (thrown instanceof CommanderError && thrown.exitCode === 0) return EXIT.ok; // --help, --version
    const error = thrown instanceof CommanderError ? usageError(thrown) : asPlanwrightError(thrown);
    report.fail(error.toShape());
    if ((terminal.env["PLANWRIGHT_DEBUG"] ?? "") !== "") report.note(stackOf(thrown));
    return exitCodeOfError(error, false);
  }
}

/** Whether the flag stands among the options; `--` ends them. */
function hasFlag(argv: readonly string[], flag: string): boolean {
  const end = argv.indexOf("--");
  return argv.slice(0, end < 0 ? argv.length : end).includes(flag);
}

function noCommand(help: string, isJson: boolean): PlanwrightError {
  const message = isJson ? "No command was given." : `No command was given.\n\n${help.trimEnd()}\n`;
  return new PlanwrightError("VALIDATION", message, {
    hint: 'Begin with planwright run "<goal>" -d FILE --model offline.',
  });
}

/** commander says what is wrong, and on a second line what was probably meant. */
function usageError(thrown: CommanderError): PlanwrightError {
  const [first = "", ...others] = thrown.message.replace(/^error: /, "").split("\n");
  const guess = others
    .join(" ")
    .trim()
    .replace(/^\((.*)\)$/, "$1");
  const message = `${first.charAt(0).toUpperCase()}${first.slice(1).replace(/\.$/, "")}.`;
  return new PlanwrightError("VALIDATION", message, {
    hint: `${guess === "" ? "" : `${guess} `}See planwright --help, or planwright COMMAND --help.`,
    cause: thrown,
  });
}

function stackOf(thrown: unknown): string {
  if (!(thrown instanceof Error)) return String(thrown);
  return thrown.cause instanceof Error ? `${thrown.stack}\ncaused by ${thrown.cause.stack}` : (thrown.stack ?? "");
}
