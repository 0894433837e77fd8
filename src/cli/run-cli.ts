/**
 * From arguments to an exit code. Owns: that nothing ever escapes as a stack. What is needed only for errors is
 * imported only then, so that `--help` and `--version` are there at once.
 */
import { buildProgram } from "./build-program.ts";
import { EXIT, exitCodeOfError } from "./exit-code.ts";
import { createReporter, type Reporter } from "./report.ts";
import { spreadToolFiles } from "./spread-tool-files.ts";
import type { Terminal } from "./terminal.ts";

/** Runs one call and resolves with its exit code; never rejects. `argv` starts with the command's name. */
export async function runCli(argv: readonly string[], terminal: Terminal): Promise<number> {
  const report = createReporter(terminal, { isJson: hasFlag(argv, "--json") });
  let code: number = EXIT.ok;
  const program = buildProgram({
    terminal,
    report,
    onDone: (done) => {
      code = done;
    },
  });
  try {
    if (argv.every((argument) => argument === "--json")) return await refuseEmpty(program.helpInformation(), report);
    await program.parseAsync(spreadToolFiles(argv), { from: "user" });
    return code;
  } catch (thrown) {
    const { errorOfCall, stackOf } = await import("./error-of-call.ts");
    const error = errorOfCall(thrown);
    if (error === null) return EXIT.ok;
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

/** Without a command there is nothing to do, but something to read. */
async function refuseEmpty(help: string, report: Reporter): Promise<number> {
  const { noCommand } = await import("./error-of-call.ts");
  if (!report.isJson) report.note(`${help}`);
  report.fail(noCommand().toShape());
  return EXIT.usage;
}
