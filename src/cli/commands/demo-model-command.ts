/** `planwright demo-model`: a loopback double of an OpenAI-compatible server, until Ctrl-C. Prints its address. */
import { readFileSync } from "node:fs";
import { resolve } from "node:path";
import { describeThrown, PlanwrightError } from "../../error/planwright-error.ts";
import type { JsonValue } from "../../shared/json.ts";
import { readScript, type ScriptedReply } from "../../testing/demo-model/demo-script.ts";
import { type DemoServer, startDemoServer } from "../../testing/demo-model/demo-server.ts";
import type { Call } from "../call.ts";
import { EXIT } from "../exit-code.ts";

const DEFAULT_PORT = 7_421;

export async function demoModelCommand({ terminal, report, options }: Call): Promise<number> {
  const { port = DEFAULT_PORT, slow = 0, failFirst = 0, script } = options;
  const answers = script === undefined ? {} : { script: loadScript(script, terminal.cwd) };
  const server = await open({ port, slowMs: slow, failFirst, clock: terminal.clock, ...answers });
  const model = `compatible:demo@${server.url}`;
  if (report.isJson) report.printJson({ url: server.url, model });
  else report.print(`--model ${model}`);
  const knows = script === undefined ? "it knows a handful of plans" : `it answers what stands in ${script}`;
  report.note(`A double for demos and tests, not a model: ${knows}. Ctrl-C ends it.`);
  await new Promise<void>((resolve) => {
    const stop = terminal.onSignal(() => {
      stop();
      resolve();
    });
  });
  await server.close();
  return EXIT.ok;
}

function loadScript(file: string, cwd: string): ScriptedReply[] {
  let value: JsonValue;
  try {
    value = JSON.parse(readFileSync(resolve(cwd, file), "utf8")) as JsonValue;
  } catch (cause) {
    const message = `The script '${file.slice(0, 200)}' can't be used: ${describeThrown(cause)}.`;
    throw new PlanwrightError("CONFIG_INVALID", message, { hint: "Name a file that holds a JSON list.", cause });
  }
  return readScript(value, file);
}

async function open(options: Parameters<typeof startDemoServer>[0]): Promise<DemoServer> {
  try {
    return await startDemoServer(options);
  } catch (cause) {
    const message = `The demo model can't listen on port ${options.port}: ${describeThrown(cause)}.`;
    throw new PlanwrightError("CONFIG_INVALID", message, {
      hint: "Name another port with --port; 0 finds one.",
      cause,
    });
  }
}
