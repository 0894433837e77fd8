import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { runCli } from "../../src/cli/run-cli.ts";
import { call, fakeTerminal, planFile, TOOLS, tempFolder } from "./fake-terminal.ts";

const SEND = { id: "mail", tool: "send_mail", input: { to: "ann", text: "hello" } };
const HANG = { id: "work", tool: "hang", input: {} };

/** Starts a call that goes on while the test types. */
function startApply(steps: readonly object[], options: { isTerminal?: boolean; flags?: string[] } = {}) {
  const { isTerminal = true, flags = [] } = options;
  const cwd = tempFolder();
  const terminal = fakeTerminal({ cwd, isTerminal });
  const code = runCli(["apply", planFile(cwd, steps), "--tools", TOOLS, ...flags], terminal);
  return { terminal, code, cwd };
}

describe("approvals at a terminal", () => {
  test("are shown with tool, effect, input and origin; yes goes on", async () => {
    const { terminal, code } = startApply([SEND]);
    await terminal.shows("Allow it?");
    expect(terminal.err()).toMatch(/Approval needed for step mail.*send_mail 1 · irreversible/);
    expect(terminal.err()).toMatch(/"hello" +trusted/);
    terminal.type("perhaps");
    terminal.type("y");
    expect(await code).toBe(0);
    expect(terminal.out()).toContain("sent hello");
  });

  test("no fails the run; quit and the end of input leave it waiting", async () => {
    const refused = startApply([SEND]);
    await refused.terminal.shows("Allow it?");
    refused.terminal.type("n");
    expect(await refused.code).toBe(1);
    const left = startApply([SEND]);
    await left.terminal.shows("Allow it?");
    left.terminal.type("q");
    expect(await left.code).toBe(3);
    expect(left.terminal.err()).toContain("planwright runs approve run_");
    const ended = startApply([SEND]);
    await ended.terminal.shows("Allow it?");
    ended.terminal.stdin.push(null);
    expect(await ended.code).toBe(3);
  });

  test("Ctrl-C at the question cancels", async () => {
    const { terminal, code } = startApply([SEND]);
    await terminal.shows("Allow it?");
    terminal.signal("SIGINT");
    expect(await code).toBe(130);
  });
});

describe("questions", () => {
  const ask = (cwd: string) => {
    writeFileSync(join(cwd, "memo.md"), "# Memo\n\nThe harbour was closed. The ferry stayed in port.\n");
    return ["run", "Search the document", "-d", "memo.md"];
  };

  test("of the planner are answered at the terminal", async () => {
    const cwd = tempFolder();
    const terminal = fakeTerminal({ cwd, isTerminal: true });
    const code = runCli(ask(cwd), terminal);
    await terminal.shows("Your answer");
    terminal.type("ferry");
    expect(await code).toBe(0);
    expect(terminal.out()).toContain("The ferry stayed in port.");
  });

  test("an empty line leaves them open, for an answer from another process", async () => {
    const cwd = tempFolder();
    const terminal = fakeTerminal({ cwd, isTerminal: true });
    const code = runCli(ask(cwd), terminal);
    await terminal.shows("Your answer");
    terminal.type("");
    expect(await code).toBe(3);
    const id = /planwright runs answer (run_\w+)/.exec(terminal.err())?.[1] ?? "";
    expect((await call(["runs", "approve", id], { cwd })).err).toContain("RUN_NOT_WAITING");
    const answered = await call(["runs", "answer", id, "harbour"], { cwd });
    expect([answered.code, answered.out.includes("The harbour was closed.")]).toEqual([0, true]);
  });

  test("a dry run that ends in one exits 3", async () => {
    const cwd = tempFolder();
    const [, ...others] = ask(cwd);
    expect((await call(["plan", ...others], { cwd })).code).toBe(3);
  });
});

describe("signals", () => {
  test("the first Ctrl-C cancels cleanly, with the result as one document", async () => {
    const { terminal, code } = startApply([HANG], { isTerminal: false, flags: ["--json"] });
    await terminal.shows("accepted: 1 step");
    terminal.signal("SIGINT");
    expect(await code).toBe(130);
    expect(JSON.parse(terminal.out())).toMatchObject({ status: "cancelled" });
    expect(terminal.exited()).toBeNull();
  });

  test("the second Ctrl-C ends the process at once", async () => {
    const { terminal, code } = startApply([HANG], { isTerminal: false });
    await terminal.shows("accepted: 1 step");
    terminal.signal("SIGINT");
    terminal.signal("SIGINT");
    expect(terminal.exited()).toBe(130);
    await code;
  });

  test("SIGTERM leaves the run so that it can be resumed, and says how", async () => {
    const { terminal, code, cwd } = startApply([HANG], { isTerminal: false, flags: ["--json"] });
    await terminal.shows("accepted: 1 step");
    terminal.signal("SIGTERM");
    expect(await code).toBe(143);
    const { id, status } = JSON.parse(terminal.out()) as { id: string; status: string };
    expect(status).toBe("interrupted");
    expect(terminal.err()).toContain(`planwright runs resume ${id}`);
    expect((await call(["runs", "cancel", id, "--tools", TOOLS], { cwd })).code).toBe(0);
  });
});

describe("the live tree", () => {
  test("shows steps while they run, and gives the cursor back", async () => {
    const { terminal, code } = startApply([HANG, { id: "next", tool: "echo", input: { text: { ref: "work.text" } } }]);
    await terminal.shows("after work");
    terminal.signal("SIGINT");
    expect(await code).toBe(130);
    const text = terminal.err();
    expect(text.lastIndexOf("\u001b[?25h")).toBeGreaterThan(text.lastIndexOf("\u001b[?25l"));
    expect(text).toContain("Cancelling");
  });

  test("has no colours with NO_COLOR, and plain lines on a dumb terminal", async () => {
    const cwd = tempFolder();
    const args = ["apply", planFile(cwd, [{ id: "a", tool: "echo", input: {} }]), "--tools", TOOLS];
    const plain = await call(args, { cwd, isTerminal: true, env: { NO_COLOR: "1" } });
    expect(plain.err + plain.out).not.toMatch(/\u001b\[\d*m/);
    const coloured = await call(args, { cwd, isTerminal: true });
    expect(coloured.err).toContain("\u001b[32m✓");
    const dumb = await call(args, { cwd, isTerminal: true, env: { TERM: "dumb" } });
    expect(dumb.err + dumb.out).not.toContain("\u001b");
    expect(dumb.err).toContain("step a completed");
  });

  test("never writes a line that is wider than the terminal", async () => {
    const cwd = tempFolder();
    const steps = Array.from({ length: 40 }, (_, n) => ({
      id: `a_step_with_quite_a_long_name_${n}`,
      tool: "echo",
      input: {},
    }));
    const called = await call(["apply", planFile(cwd, steps), "--tools", TOOLS], {
      cwd,
      isTerminal: true,
      columns: 60,
      env: { NO_COLOR: "1" },
    });
    const lines = called.err
      .replace(/\u001b\[[\d?]*[A-Za-z]/g, "")
      .split(/[\r\n]+/)
      .filter((line) => line.includes("a_step"));
    expect(lines.length).toBeGreaterThan(20);
    expect(Math.max(...lines.map((line) => line.length))).toBeLessThan(60);
  });
});
