/** One process with one runtime, told what to do by JSON lines on standard input; answers by JSON lines. */
import { createInterface } from "node:readline";
import { createRuntime, PlanwrightError, type RunHandle, type RunRequest, type RunResult } from "../../../src/index.ts";
import type { JsonValue } from "../../../src/shared/json.ts";
import { loggingTools } from "./logging-tools.ts";

const [store = "", log = "", gate = ""] = process.argv.slice(2);
const runtime = createRuntime({ store, tools: loggingTools({ log, gate }) });
const handles = new Map<string, RunHandle>();

export interface WorkerCommand {
  n: number;
  do: "start" | "resume" | "result" | "approve" | "reject" | "answer" | "cancel" | "close";
  id?: string;
  request?: RunRequest;
  answer?: JsonValue;
  /** start: how often, at the same time. */
  times?: number;
}

async function obey(command: WorkerCommand): Promise<unknown> {
  const { id = "", request = { goal: "" } } = command;
  switch (command.do) {
    case "start": {
      const started = await Promise.all(Array.from({ length: command.times ?? 1 }, () => runtime.start(request)));
      for (const handle of started) handles.set(handle.id, handle);
      return started.map((handle) => handle.id);
    }
    case "resume":
      handles.set(id, await runtime.resume(id));
      return id;
    case "result":
      return brief(await (handles.get(id)?.result() ?? runtime.runs.settled(id)));
    case "approve":
    case "reject":
    case "cancel":
      return runtime.runs[command.do](id);
    case "answer":
      return runtime.runs.answer(id, command.answer ?? null);
    case "close":
      return runtime.close();
  }
}

function brief({ status, waiting, error, steps }: RunResult) {
  const unknown = steps.filter((row) => row.status === "unknown").map((row) => row.id);
  return { status, waiting: waiting?.reason ?? null, code: (waiting?.error ?? error)?.code ?? null, unknown };
}

function tell(answer: object): void {
  process.stdout.write(`${JSON.stringify(answer)}\n`);
}

createInterface({ input: process.stdin }).on("line", (line) => {
  const command = JSON.parse(line) as WorkerCommand;
  obey(command).then(
    (value) => tell({ n: command.n, value: value ?? null }),
    (thrown: unknown) => {
      const isTyped = thrown instanceof PlanwrightError;
      tell({ n: command.n, code: isTyped ? thrown.code : "UNTYPED", message: String(thrown) });
    },
  );
});
tell({ n: 0, value: "ready" });
