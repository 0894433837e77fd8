/** What a running tool gets, for tests that call a tool by itself. Owns: its defaults. */
import type { ToolContext } from "../tool/tool.ts";

/**
 * A context of a first attempt outside forEach, with nothing reserved; `rest` replaces what the test is about.
 *
 * @example
 * await tool.execute({ text: "…" }, createToolContext());
 */
export function createToolContext(rest: Partial<ToolContext> = {}): ToolContext {
  return {
    run: "run_test",
    step: "step",
    index: null,
    attempt: 1,
    idempotencyKey: "key",
    signal: new AbortController().signal,
    now: "2026-01-05T09:00:00.000Z",
    allowance: null,
    report: () => {},
    ...rest,
  };
}
