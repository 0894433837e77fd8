/** How soon a run that was killed at step 900 of 1,000 goes on: from the end of the imports to the first new call. */
import { fork } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Row, Table } from "./print-table.ts";
import { medianOf, rounded } from "./statistics.ts";

const CHILD = new URL("resume-child.ts", import.meta.url);

export const STEPS = 1_000;
/** The call at which the first process is killed. */
export const KILLED_AT = 900;

export async function measureResume(rounds: number): Promise<Table> {
  const rows: Row[] = [];
  for (const shape of ["chain", "independent"] as const) {
    const { resumeMs } = await medianOf(rounds, () => resumeOnce(shape));
    rows.push({ shape, steps: STEPS, killedAt: KILLED_AT, resumeMs: rounded(resumeMs) });
  }
  return {
    title: "A killed run goes on in a new process, file store (medians)",
    columns: { shape: "shape", steps: "steps", killedAt: "killed at", resumeMs: "ms to the first new step" },
    rows,
  };
}

async function resumeOnce(shape: string): Promise<{ resumeMs: number }> {
  const root = await mkdtemp(join(tmpdir(), "planwright-bench-"));
  const options = { execArgv: ["--no-warnings"] };
  try {
    const first = fork(CHILD, [root, shape], options);
    const [run] = (await once(first, "message")) as [string];
    await once(first, "exit");
    const second = fork(CHILD, [root, shape, run], options);
    const [resumeMs] = (await once(second, "message")) as [number];
    await once(second, "exit");
    return { resumeMs };
  } finally {
    await rm(root, { recursive: true, force: true });
  }
}
