/** The command itself, as a program: processes, signals and a store between them. `npm test` builds it first. */
import { type ChildProcess, spawn } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { type RunResult, runResultSchema } from "../../src/run/run-result.ts";

const ROOT = join(import.meta.dirname, "..", "..");
const COMMAND = join(ROOT, "dist", "src", "cli", "main.js");
const TOOLS = join(ROOT, "test", "cli", "cli-tools.mjs");

let folder = "";
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), "planwright-cli-"));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

interface Started {
  process: ChildProcess;
  out: () => string;
  err: () => string;
  /** Resolves once standard error holds the words. */
  shows: (words: string) => Promise<void>;
  /** Exit code, or the name of the signal that ended it. */
  ended: Promise<number | string | null>;
}

function start(...args: string[]): Started {
  const child = spawn(process.execPath, [COMMAND, ...args], { cwd: folder, env: { ...process.env, NO_COLOR: "1" } });
  const text = { out: "", err: "" };
  child.stdout.on("data", (chunk: Buffer) => {
    text.out += chunk.toString();
  });
  child.stderr.on("data", (chunk: Buffer) => {
    text.err += chunk.toString();
  });
  child.stdin.end();
  const ended = new Promise<number | string | null>((resolve) => {
    child.on("close", (code, signal) => resolve(code ?? signal));
  });
  const shows = (words: string): Promise<void> =>
    new Promise((resolve, reject) => {
      const look = (): void => {
        if (text.err.includes(words)) resolve();
      };
      child.stderr.on("data", look);
      child.on("close", () => reject(new Error(`never showed '${words}':\n${text.err}`)));
      look();
    });
  return { process: child, out: () => text.out, err: () => text.err, shows, ended };
}

async function finish(...args: string[]): Promise<{ code: number | string | null; out: string; err: string }> {
  const started = start(...args);
  return { code: await started.ended, out: started.out(), err: started.err() };
}

function plan(name: string, ...steps: object[]): string {
  writeFileSync(join(folder, name), JSON.stringify({ kind: "plan", rationale: "By hand.", steps }));
  return name;
}

function resultOf(out: string): RunResult {
  return runResultSchema.parse(JSON.parse(out));
}

const SEND = { id: "mail", tool: "send_mail", input: { to: "ann", text: "hello" } };

test("a goal on the sample document is carried out, and its decision can be read", async () => {
  const goal = "Summarise this letter, list the main topics and the people in it, and tell me how the tone changes";
  const sample = join(ROOT, "samples", "ferry-cooperative.md");
  const run = await finish("run", goal, "-d", sample, "--model", "offline", "--json");
  expect(run.code, run.err).toBe(0);
  const { id, output } = resultOf(run.out);
  expect(Object.keys(output as object).length).toBeGreaterThanOrEqual(4);
  const decisions = await finish("decisions", id);
  expect(decisions.out).toContain("summarize(text: document.text)");
});

test("a run that waits in one process is approved in a second one, and sent once", async () => {
  const waiting = await finish("apply", plan("send.json", SEND), "--tools", TOOLS, "--json");
  expect(waiting.code, waiting.err).toBe(3);
  const { id } = resultOf(waiting.out);
  const approved = await finish("runs", "approve", id, "--tools", TOOLS, "--json");
  expect(approved.code, approved.err).toBe(0);
  expect(resultOf(approved.out).output).toEqual({ mail: { text: "sent hello" } });
  expect((await finish("runs", "approve", id, "--tools", TOOLS)).code).toBe(2);
});

describe("signals", () => {
  test("Ctrl-C cancels cleanly; the result says so", async () => {
    const run = start("apply", plan("hang.json", { id: "work", tool: "hang", input: {} }), "--tools", TOOLS, "--json");
    await run.shows("accepted: 1 step");
    run.process.kill("SIGINT");
    expect(await run.ended).toBe(130);
    expect(resultOf(run.out()).status).toBe("cancelled");
  });

  test("a second Ctrl-C kills, and SIGTERM parks", async () => {
    const file = plan("deaf.json", { id: "work", tool: "deaf", input: {} });
    const killed = start("apply", file, "--tools", TOOLS);
    await killed.shows("accepted: 1 step");
    killed.process.kill("SIGINT");
    await killed.shows("again to kill");
    killed.process.kill("SIGINT");
    expect(await killed.ended).toBe(130);
    const parked = start("apply", file, "--tools", TOOLS, "--json");
    await parked.shows("accepted: 1 step");
    parked.process.kill("SIGTERM");
    expect(await parked.ended).toBe(143);
    expect(resultOf(parked.out()).status).toBe("interrupted");
  });

  test("after kill -9 another process watches, resumes and ends the run; finished steps stay finished", async () => {
    const steps = [
      { id: "first", tool: "echo", input: { text: "one" } },
      { id: "second", tool: "nap", input: { text: { ref: "first.text" } } },
    ];
    const run = start("apply", plan("nap.json", ...steps), "--tools", TOOLS);
    await run.shows("step first completed");
    run.process.kill("SIGKILL");
    expect(await run.ended).toBe("SIGKILL");
    const id = /run_\w+/.exec(run.err())?.[0] ?? "";
    expect((await finish("runs", "watch", id, "--json")).code).toBe(143);
    const resumed = await finish("runs", "resume", id, "--tools", TOOLS, "--json");
    expect(resumed.code, resumed.err).toBe(0);
    const result = resultOf(resumed.out);
    expect(result.output).toEqual({ second: { text: "one" } });
    expect(result.steps.map(({ attempts }) => attempts)).toEqual([1, 2]);
  });
});

test("a word from a second process reaches the one that drives the run", async () => {
  const run = start("apply", plan("hang.json", { id: "work", tool: "hang", input: {} }), "--tools", TOOLS, "--json");
  await run.shows("accepted: 1 step");
  const id = /run_\w+/.exec(run.err())?.[0] ?? "";
  const cancelled = await finish("runs", "cancel", id);
  expect(cancelled.code, cancelled.err).toBe(0);
  expect(cancelled.err).toContain("The process that drives the run goes on");
  expect(await run.ended).toBe(130);
});

test("a reader that goes away is no failure", async () => {
  const run = start("tools", "--json");
  run.process.stdout?.destroy();
  expect(await run.ended).toBe(0);
  expect(run.err()).toBe("");
});

test("what was listed is listed without the cache too", async () => {
  const before = await finish("runs", "--json");
  expect(JSON.parse(before.out)).toHaveProperty("items");
  expect(readFileSync(join(folder, ".planwright", "index", "0.json"), "utf8")).toContain("run_");
  rmSync(join(folder, ".planwright", "index"), { recursive: true });
  const after = await finish("runs", "--json");
  const ids = (text: string) =>
    (JSON.parse(text) as { items: { id: string; status: string }[] }).items.map(({ id, status }) => [id, status]);
  expect(ids(after.out)).toEqual(ids(before.out));
});
