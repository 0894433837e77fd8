/** The real process: what a lost standard output and a closed terminal do to a call. */
import { execFile } from "node:child_process";
import { existsSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { systemTerminal } from "../../src/cli/system-terminal.ts";

const MAIN = join(import.meta.dirname, "../../src/cli/main.ts");

/** Exit code and standard error of `planwright tools --json`, with standard output redirected by a shell. */
function toolsInto(redirection: string): Promise<{ code: number; err: string }> {
  return new Promise((resolve) => {
    const script = `"$0" --no-warnings "$1" tools --json ${redirection}`;
    execFile("sh", ["-c", script, process.execPath, MAIN], (error, _, err) => {
      resolve({ code: typeof error?.code === "number" ? error.code : 0, err });
    });
  });
}

test.skipIf(!existsSync("/dev/full"))("output that a full disk swallows fails the call and says so", async () => {
  const { code, err } = await toolsInto("> /dev/full");
  expect(code).toBe(1);
  expect(err).toContain("Writing to standard output failed: ENOSPC");
});

test.skipIf(process.platform === "win32")("a reader that has gone is no failure and stays quiet", async () => {
  expect(await toolsInto("| true")).toEqual({ code: 0, err: "" });
});

test("SIGHUP, when the terminal is closed, parks like SIGTERM", () => {
  const seen: string[] = [];
  const stop = systemTerminal().onSignal((signal) => seen.push(signal));
  process.emit("SIGHUP", "SIGHUP");
  stop();
  expect(seen).toEqual(["SIGTERM"]);
  expect(process.listenerCount("SIGHUP")).toBe(0);
});
