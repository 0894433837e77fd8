/** Starts a leak probe in a process of its own, with a garbage collector that can be asked. */
import { execFile } from "node:child_process";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { z } from "zod";
import type { LeakProbe } from "./leak-probe.ts";

const PROBE = fileURLToPath(new URL("./leak-probe.ts", import.meta.url));

/** Rejects where the process fails or does not end by itself in time. */
export async function runLeakProbe<T>(
  [probe, argument = 0]: [LeakProbe, number?],
  schema: z.ZodType<T>,
  timeoutMs = 50_000,
): Promise<T> {
  const flags = ["--expose-gc", "--no-warnings"];
  const options = { timeout: timeoutMs, killSignal: "SIGKILL" } as const;
  const { stdout } = await promisify(execFile)(process.execPath, [...flags, PROBE, probe, `${argument}`], options);
  return schema.parse(JSON.parse(stdout));
}

const aliveSchema = z.object({ journals: z.int(), ledgers: z.int(), outputs: z.int() });
const cases = z.record(z.string(), aliveSchema);
/** By the name of the case. */
export const forgottenSchema = z.object({ watched: cases, alive: cases, afterLateResults: cases });

const gaugesSchema = z.object({
  files: z.int().nullable(),
  resources: z.record(z.string(), z.int()),
  processListeners: z.int(),
});
export const handlesSchema = z.object({ before: gaugesSchema, during: gaugesSchema, after: gaugesSchema });

export const manySchema = z.object({
  samples: z.array(z.object({ runs: z.int(), bytes: z.number() })).length(3),
  seconds: z.number(),
});
export const concurrentSchema = z.object({ kilobytesPerRun: z.number(), kilobytesKeptPerRun: z.number() });
export const perTimeSchema = z.object({ bytesPerTime: z.number() });
