import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { z } from "zod";
import { decisionLogEntrySchema } from "../../src/journal/decision-log-entry.ts";
import { dryRunSchema } from "../../src/run/dry-run.ts";
import { listedRunSchema, runEventSchema, runResultSchema } from "../../src/run/run-result.ts";
import { call, planFile, TOOLS, tempFolder } from "./fake-terminal.ts";

const MEMO =
  "# Memo\n\nThe harbour was closed on Monday. Repairs took two days. The harbour opened again on Wednesday.\n";
const ECHO = { id: "a", tool: "echo", input: { text: { ref: "document.text" } } };
const SEND = { id: "mail", tool: "send_mail", input: { to: "ann", text: { ref: "document.text" } } };

function runOf(called: { json: () => unknown }): z.infer<typeof runResultSchema> {
  return runResultSchema.parse(called.json());
}

/** Applies a plan of these steps with a memo on standard input. */
async function apply(cwd: string, steps: readonly object[], ...flags: string[]) {
  return call(["apply", planFile(cwd, steps), "--tools", TOOLS, "-d", "-", ...flags], { cwd, stdin: MEMO });
}

describe("run and apply", () => {
  test("a goal on a document from standard input gives a result, with the progress on standard error", async () => {
    const cwd = tempFolder();
    const args = ["run", "Outline this document", "-d", "-", "--model", "offline"];
    const forPeople = await call(args, { cwd, stdin: MEMO });
    expect(forPeople.code).toBe(0);
    expect(forPeople.out).toContain("Memo");
    expect(forPeople.err).toMatch(/planner rule \(--model says offline\)/);
    expect(forPeople.err).toMatch(/step \w+ completed \d+ ms/);
    expect(forPeople.err).toMatch(/See planwright decisions run_\w+\n/);
    const asJson = await call([...args, "--json"], { cwd, stdin: MEMO });
    expect(asJson.code).toBe(0);
    expect(runOf(asJson)).toMatchObject({ status: "completed", planner: "rule" });
  });

  test("every outcome has its exit code, and is a RunResult", async () => {
    const cwd = tempFolder();
    const outcome = async (steps: readonly object[], ...flags: string[]) => {
      const called = await apply(cwd, steps, "--json", ...flags);
      return [called.code, runOf(called).status];
    };
    expect(await outcome([ECHO])).toEqual([0, "completed"]);
    expect(await outcome([{ id: "a", tool: "fail", input: {} }])).toEqual([1, "failed"]);
    expect(await outcome([SEND])).toEqual([3, "waiting"]);
    expect(await outcome([SEND], "--approve", "none")).toEqual([1, "failed"]);
    expect(await outcome([ECHO], "--max-steps", "0")).toEqual([4, "exhausted"]);
  });

  test("a goal that nothing here can do fails with a reason", async () => {
    const called = await call(["run", "Book a flight to Oslo", "--json"]);
    expect(called.code).toBe(1);
    expect(runOf(called).error?.code).toBe("PLAN_ABANDONED");
  });

  test("params are JSON where they parse, and --goal is what plans read as goal", async () => {
    const cwd = tempFolder();
    const plan = planFile(cwd, [], {
      output: { goal: { ref: "goal" }, n: { ref: "params.n" }, word: { ref: "params.word" } },
    });
    const called = await call(["apply", plan, "--goal", "Try it", "--param", "n=3", "--param", "word=a=b", "--json"], {
      cwd,
    });
    expect(runOf(called).output).toEqual({ goal: "Try it", n: 3, word: "a=b" });
  });

  test("a plan whose output can't satisfy the schema is refused before it starts", async () => {
    const cwd = tempFolder();
    writeFileSync(join(cwd, "schema.json"), '{"type":"object","required":["total"]}');
    const called = await apply(cwd, [ECHO], "--output-schema", "schema.json", "--json");
    expect(called.code).toBe(2);
    expect(called.json()).toMatchObject({ code: "PLAN_OUTPUT_MISMATCH" });
  });

  test("what a tool or a document says can't steer the terminal, as text or as JSON", async () => {
    const cwd = tempFolder();
    const failed = await apply(cwd, [{ id: "a", tool: "fail", input: {} }]);
    expect(failed.err).toContain("<U+001B>[31mpress<U+202E>");
    const stdin = "Say \u009b31mred \u202eback.";
    const args = ["apply", planFile(cwd, [ECHO]), "--tools", TOOLS, "-d", "-"];
    const shown = await call(args, { cwd, stdin });
    expect(shown.out).toContain("<U+009B>31mred <U+202E>back");
    const asJson = await call([...args, "--json"], { cwd, stdin });
    expect(asJson.out).not.toMatch(/[\u0080-\u009f\u202a-\u202e]/);
    expect(runOf(asJson).output).toEqual({ a: { text: stdin } });
  });

  test("what plan --json printed can be applied as it is", async () => {
    const cwd = tempFolder();
    const planned = await call(["plan", "Outline this document", "-d", "-", "--json"], { cwd, stdin: MEMO });
    expect(planned.code).toBe(0);
    expect(dryRunSchema.parse(planned.json()).valid).toBe(true);
    writeFileSync(join(cwd, "memo.md"), MEMO);
    const applied = await call(["apply", "-", "-d", "memo.md"], { cwd, stdin: planned.out });
    expect(applied).toMatchObject({ code: 0 });
    expect(applied.err).toContain("planner fixed (the plan of standard input)");
  });
});

describe("plan", () => {
  test("shows the steps and keeps no run", async () => {
    const cwd = tempFolder();
    const planned = await call(["plan", "Outline this document", "-d", "-"], { cwd, stdin: MEMO });
    expect(planned.code).toBe(0);
    expect(planned.out).toMatch(/outline\(text: document\.text\)/);
    expect((await call(["runs"], { cwd })).err).toContain("No runs here");
  });

  test("exits 1 where the planner gives up", async () => {
    const planned = await call(["plan", "Book a flight to Oslo", "--json"]);
    expect(planned.code).toBe(1);
    expect(dryRunSchema.parse(planned.json()).decision?.kind).toBe("abandon");
  });
});

describe("runs", () => {
  test("lists, shows and watches what there is, by the beginning of an id", async () => {
    const cwd = tempFolder();
    const { id } = runOf(await apply(cwd, [ECHO], "--json"));
    const listed = await call(["runs", "--json"], { cwd });
    expect(z.object({ items: z.array(listedRunSchema), next: z.null() }).parse(listed.json()).items[0]?.id).toBe(id);
    expect((await call(["runs"], { cwd })).out).toContain(id);
    expect(runOf(await call(["runs", "show", id.slice(4, 16), "--json"], { cwd })).id).toBe(id);
    expect((await call(["runs", "show", id], { cwd })).out).toMatch(/✓ a {2}echo {2}\d+ ms/);
    const watched = await call(["runs", "watch", id, "--json"], { cwd });
    const events = watched.out
      .trim()
      .split("\n")
      .map((line) => runEventSchema.parse(JSON.parse(line)));
    expect(watched.code).toBe(0);
    expect([events[0]?.kind, events.at(-1)?.kind]).toEqual(["run.accepted", "run.ended"]);
    expect((await call(["runs", "watch", id], { cwd })).err).toContain("step a completed");
  });

  test("the beginning of several ids is refused with their names", async () => {
    const cwd = tempFolder();
    await apply(cwd, [ECHO]);
    await apply(cwd, [ECHO]);
    const called = await call(["runs", "show", "run_"], { cwd });
    expect(called.code).toBe(2);
    expect(called.err).toMatch(/beginning of 2 runs: run_\w+, run_\w+/);
  });

  test("a waiting run says what it waits for and how to answer; approving drives it to the end", async () => {
    const cwd = tempFolder();
    const waiting = await apply(cwd, [SEND], "--store", "my store");
    expect(waiting).toMatchObject({ code: 3, out: "" });
    expect(waiting.err).toMatch(/text +".+" +untrusted: documents\[0\]/);
    const command = /planwright (runs approve run_\w+) --store 'my store' --tools (\S+)/.exec(waiting.err);
    expect(command?.[2]).toBe(TOOLS);
    const answer = [...(command?.[1] ?? "").split(" "), "--store", "my store", "--tools", TOOLS, "--json"];
    const approved = await call(answer, { cwd });
    expect(approved.code).toBe(0);
    expect(runOf(approved).steps[0]).toMatchObject({ status: "completed", attempts: 1 });
    const again = await call(answer, { cwd });
    expect(again).toMatchObject({ code: 2 });
  });

  test("rejecting fails the run, cancelling ends it", async () => {
    const cwd = tempFolder();
    const first = runOf(await apply(cwd, [SEND], "--json"));
    const rejected = await call(["runs", "reject", first.id, "--reason", "no", "--tools", TOOLS, "--json"], { cwd });
    expect([rejected.code, runOf(rejected).error?.code]).toEqual([1, "APPROVAL_DENIED"]);
    const second = runOf(await apply(cwd, [SEND], "--json"));
    const cancelled = await call(["runs", "cancel", second.id, "--json"], { cwd });
    expect([cancelled.code, runOf(cancelled).status]).toEqual([0, "cancelled"]);
    const resumed = await call(["runs", "resume", second.id, "--json"], { cwd });
    expect([resumed.code, (resumed.json() as { code: string }).code]).toEqual([2, "RUN_ENDED"]);
  });
});

describe("looking", () => {
  test("decisions: the log, one of them, and differences", async () => {
    const cwd = tempFolder();
    const { id } = runOf(await apply(cwd, [ECHO], "--json"));
    const log = z.array(decisionLogEntrySchema).parse((await call(["decisions", id, "--json"], { cwd })).json());
    expect(log).toHaveLength(1);
    expect(decisionLogEntrySchema.parse((await call(["decisions", id, "1", "--json"], { cwd })).json()).n).toBe(1);
    expect((await call(["decisions", id, "1"], { cwd })).out).toContain("What the planner saw");
    expect((await call(["decisions", id, "--diff"], { cwd })).out).toContain("+ a = echo(text: document.text)");
    expect(await call(["decisions", id, "2"], { cwd })).toMatchObject({ code: 2 });
  });

  test("tools and machine", async () => {
    const list = await call(["tools", "--tools", TOOLS, "--json"]);
    expect(list.json()).toEqual(
      expect.arrayContaining([expect.objectContaining({ name: "send_mail", effect: "irreversible" })]),
    );
    expect((await call(["tools"])).out).toMatch(/summarize +1 +read +Summari[sz]es/);
    expect((await call(["tools", "show", "select"])).out).toMatch(/items +list of anything/);
    expect((await call(["machine"])).out).toMatch(/^stateDiagram-v2/);
    expect((await call(["machine", "--json"])).json()).toHaveProperty("states");
  });
});
