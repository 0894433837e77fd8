/** An approval showed another input than the tool got: its schema's defaults and transforms came after the gate. */
import { describe, expect, test } from "vitest";
import { z } from "zod";
import { defineTool } from "../../src/tool/define-tool.ts";
import { createWorld } from "./run-world.ts";

function mailTool(inputSchema: z.ZodObject) {
  const given: unknown[] = [];
  const tool = defineTool({
    name: "mail",
    description: "Sends.",
    inputSchema,
    outputSchema: z.object({}),
    effect: "irreversible",
    idempotency: "none",
    execute(input: unknown) {
      given.push(structuredClone(input));
      return {};
    },
  });
  return { tool, given };
}

const HIDDEN = z.object({ to: z.string().transform((to) => `${to}@example.org`), everyone: z.boolean().default(true) });
const steps = [{ id: "a", tool: "mail", input: { to: "bob" } }];
const plan = { kind: "plan", rationale: "", steps } as const;

async function startWaiting(inputSchema: z.ZodObject, request: object = {}) {
  const { tool, given } = mailTool(inputSchema);
  const world = createWorld({ tools: [tool] });
  const handle = await world.runtime.start({ goal: "g", plan: plan as never, ...request });
  const result = await world.result(handle);
  return { world, handle, given, result, approval: result.waiting?.approvals[0] };
}

describe("what a person approves is what the tool gets", () => {
  test("defaults and transforms are shown, with the tool among their origins", async () => {
    const { world, handle, given, approval } = await startWaiting(HIDDEN);
    expect(approval?.input).toEqual({ to: "bob@example.org", everyone: true });
    expect(approval?.provenance).toEqual([
      { path: "/to", integrity: "trusted", origins: ["tool:mail"] },
      { path: "/everyone", integrity: "trusted", origins: ["tool:mail"] },
    ]);
    await world.until(handle.approve());
    expect(await world.result(handle)).toMatchObject({ status: "completed" });
    expect(given).toEqual([approval?.input]);
  });

  test("a grant is for the input that the tool gets", async () => {
    const raw = await startWaiting(HIDDEN, { approve: [{ tool: "mail", input: { to: "bob" } }] });
    expect(raw.result.status).toBe("waiting");
    const input = { to: "bob@example.org", everyone: true };
    const made = await startWaiting(HIDDEN, { approve: [{ tool: "mail", input }] });
    expect(made.result.status).toBe("completed");
  });

  test("a default that differs each time is the one that was shown, also in another process", async () => {
    let count = 0;
    const schema = z.object({ to: z.string(), key: z.number().default(() => ++count) });
    const { world, handle, given, approval } = await startWaiting(schema);
    const next = world.crash();
    await next.until(next.runtime.runs.approve(handle.id));
    const settled = await next.until(next.runtime.runs.settled(handle.id));
    expect(settled.status).toBe("completed");
    expect(given).toEqual([approval?.input]);
    expect(approval?.input).toMatchObject({ key: expect.any(Number) });
    expect(count).toBeGreaterThan(1);
  });

  test("what JSON cannot show is shown as it was given, and hides nothing else", async () => {
    const schema = z.object({
      to: z.string().transform((to) => new Set([to])),
      since: z.any().default(() => new Date(0)),
      everyone: z.boolean().default(true),
    });
    const { world, handle, given, approval } = await startWaiting(schema);
    expect(approval?.input).toEqual({ to: "bob", since: expect.stringContaining("default"), everyone: true });
    await world.until(handle.approve());
    expect(await world.result(handle)).toMatchObject({ status: "completed" });
    expect(given).toEqual([{ to: new Set(["bob"]), since: new Date(0), everyone: true }]);
  });

  describe("also where it holds what looks like a secret, which is not kept", () => {
    const SECRET = "ab12cd34ef56gh78";
    const gen = { id: "gen", tool: "gen", input: {} };
    const send = { id: "a", tool: "mail", input: { to: { template: "Your new password: {{gen.v}}" } } };

    async function approveSecret(inputSchema: z.ZodObject) {
      const { tool, given } = mailTool(inputSchema);
      const world = createWorld({ tools: [tool], behaviours: { gen: () => ({ v: SECRET }) } });
      const result = await world.apply([gen, send]);
      const [approval] = result.waiting?.approvals ?? [];
      const next = world.crash();
      await next.until(next.runtime.runs.approve(result.id, { hash: approval?.hash ?? "" }));
      return { given, approval, settled: await next.until(next.runtime.runs.settled(result.id)) };
    }

    test("a person sees none of it, and the tool gets all of it", async () => {
      const { given, approval, settled } = await approveSecret(z.object({ to: z.string() }));
      expect(approval?.input).toEqual({ to: "Your new password: [secret]" });
      expect(settled.status).toBe("completed");
      expect(given).toEqual([{ to: `Your new password: ${SECRET}` }]);
    });

    test("beside a default that differs each time", async () => {
      let count = 0;
      const at = z.object({ key: z.number().default(() => ++count) }).prefault({});
      const { given, approval, settled } = await approveSecret(z.object({ to: z.string(), at }));
      expect(settled.status).toBe("completed");
      expect(given).toEqual([{ ...(approval?.input as object), to: `Your new password: ${SECRET}` }]);
      expect(count).toBeGreaterThan(1);
    });

    test("in one text with such a default: nobody can tell what was approved, so that it is asked for again", async () => {
      let count = 0;
      const to = z.string().transform((text) => `${text} (${++count})`);
      const { given, settled } = await approveSecret(z.object({ to }));
      expect(settled).toMatchObject({ status: "waiting", waiting: { reason: "approval" } });
      expect(given).toEqual([]);
    });
  });
});
