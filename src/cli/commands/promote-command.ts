/**
 * `planwright promote RUN`: the plan of a run that has ended as a workflow file, which runs again on other documents.
 * With --json {name, file, workflow}.
 */
import { writeFileSync } from "node:fs";
import { extname, resolve } from "node:path";
import { describeThrown, PlanwrightError } from "../../error/planwright-error.ts";
import type { Workflow } from "../../workflow/workflow.ts";
import { writeWorkflow } from "../../workflow/write-workflow.ts";
import type { Call } from "../call.ts";
import { EXIT } from "../exit-code.ts";
import { findRun } from "../find-run.ts";
import { withSession } from "../open-session.ts";
import { visibleText } from "../render/visible-text.ts";

export async function promoteCommand(call: Call): Promise<number> {
  const { report, options, args } = call;
  return withSession(call, async ({ runtime, store }) => {
    const run = await findRun(store, args[0] ?? "");
    const workflow = await runtime.promote(run, options.name === undefined ? {} : { name: options.name });
    if (options.out !== undefined) writeOut(call, options.out, workflow);
    if (report.isJson) report.printJson({ name: workflow.name, file: options.out ?? null, workflow });
    else if (options.out === undefined) report.print(visibleText(writeWorkflow(workflow)));
    const params = Object.keys(workflow.params ?? {});
    report.note(`workflow ${workflow.name}@1, params: ${params.join(", ") || "none"}`);
    if (options.out !== undefined) report.note(`Run it with planwright apply ${options.out} -d FILE`);
    return EXIT.ok;
  });
}

/** Throws VALIDATION; never writes over a file. */
function writeOut({ terminal }: Call, file: string, workflow: Workflow): void {
  const text = extname(file) === ".json" ? `${JSON.stringify(workflow, null, 2)}\n` : writeWorkflow(workflow);
  try {
    writeFileSync(resolve(terminal.cwd, file), text, { flag: "wx" });
  } catch (cause) {
    throw new PlanwrightError("VALIDATION", `The workflow can't be written to '${file}': ${describeThrown(cause)}.`, {
      hint: "Name a file that does not exist yet, in a folder that does.",
      cause,
    });
  }
}
