/** `planwright machine`: the state machine that governs every run, as a Mermaid diagram or as JSON. */
import type { Call } from "../call.ts";
import { EXIT } from "../exit-code.ts";

export async function machineCommand({ report, options }: Call): Promise<number> {
  const { machineJson, machineMermaid } = await import("../../run/describe-machine.ts");
  if (report.isJson && options.mermaid !== true) report.printJson(machineJson());
  else if (report.isJson) report.printJson({ mermaid: machineMermaid() });
  else report.print(machineMermaid());
  return EXIT.ok;
}
