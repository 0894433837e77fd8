/** The command line with a model behind a socket: what is sent, what comes back, what is kept, and what never is. */
import { readdirSync, readFileSync } from "node:fs";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import { afterEach, describe, expect, test } from "vitest";
import { call, tempFolder } from "../cli/fake-terminal.ts";

const KEY = "sk-planted-0123456789abcdef";
const DOCUMENT = "# Ferry news\n\nMaria Lindqvist opened the new pier in Bremen. Everyone was delighted.";
const PLAN = {
  kind: "plan",
  rationale: "One step.",
  steps: [{ id: "people", tool: "extract_entities", input: { text: { ref: "document.text" } } }],
  then: "finish",
  output: { people: { ref: "people.items" } },
};

type Answer = (request: { body: Record<string, unknown>; headers: IncomingMessage["headers"] }) => {
  status?: number;
  headers?: Record<string, string>;
  body: unknown;
};

const servers: { close: () => void }[] = [];
afterEach(() => {
  for (const server of servers.splice(0)) server.close();
});

/** Answers chat completions; streams where that was asked for. */
async function serve(answer: Answer): Promise<{ url: string; bodies: Record<string, unknown>[] }> {
  const bodies: Record<string, unknown>[] = [];
  const server = createServer(async (request, response) => {
    let text = "";
    for await (const chunk of request) text += String(chunk);
    const body = JSON.parse(text) as Record<string, unknown>;
    bodies.push(body);
    const { status = 200, headers = {}, body: given } = answer({ body, headers: request.headers });
    if (status === 200 && typeof given === "string") return say(response, given, body.stream === true);
    response.writeHead(status, { "content-type": "application/json", ...headers }).end(JSON.stringify(given));
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  servers.push({ close: () => server.closeAllConnections() ?? server.close() });
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/v1`, bodies };
}

function say(response: ServerResponse, content: string, isStream: boolean): void {
  const usage = { prompt_tokens: 1_200, completion_tokens: 80, total_tokens: 1_280 };
  const head = { id: "c1", created: 1, model: "demo-1" };
  if (!isStream) {
    const choices = [{ index: 0, message: { role: "assistant", content }, finish_reason: "stop" }];
    response.writeHead(200, { "content-type": "application/json" });
    response.end(JSON.stringify({ ...head, object: "chat.completion", choices, usage }));
    return;
  }
  response.writeHead(200, { "content-type": "text/event-stream" });
  const send = (chunk: object): void => {
    response.write(`data: ${JSON.stringify({ ...head, object: "chat.completion.chunk", ...chunk })}\n\n`);
  };
  for (const piece of content.match(/.{1,40}/gs) ?? [])
    send({ choices: [{ index: 0, delta: { content: piece }, finish_reason: null }] });
  send({ choices: [{ index: 0, delta: {}, finish_reason: "stop" }] });
  send({ choices: [], usage });
  response.end("data: [DONE]\n\n");
}

function filesBelow(folder: string): string[] {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name));
}

function runArgs(url: string, ...rest: string[]): string[] {
  return ["run", "List the people", "-d", "-", "--model", `compatible:demo@${url}`, "--json", ...rest];
}

const called = (args: string[], cwd: string) => call(args, { cwd, env: { PLANWRIGHT_API_KEY: KEY }, stdin: DOCUMENT });

describe("a model behind a socket", () => {
  test("plans; the run says who planned, the log what it cost and wrote, and the key is nowhere", async () => {
    const cwd = tempFolder();
    const { url, bodies } = await serve(() => ({ body: JSON.stringify(PLAN) }));
    const done = await called(runArgs(url), cwd);
    expect([done.code, done.json()]).toMatchObject([
      0,
      { status: "completed", planner: "model", model: "compatible:demo", costUsd: null, usage: { inputTokens: 1_200 } },
    ]);
    expect(done.out).toContain("Maria Lindqvist");
    expect(done.err).toContain("planner model compatible:demo@");
    expect(bodies).toHaveLength(1);
    const { id } = done.json() as { id: string };
    const log = (await called(["decisions", id, "--json"], cwd)).json() as { tries: { raw: string }[] }[];
    expect(log[0]).toMatchObject({ planner: "model", prompt: { name: "planning", version: 1 }, verdict: "accepted" });
    expect(log[0]?.tries[0]?.raw).toBe(JSON.stringify(PLAN));
    const kept = filesBelow(cwd).map((file) => readFileSync(file, "latin1"));
    expect(kept.length).toBeGreaterThan(0);
    expect([done.out, done.err, JSON.stringify(log), ...kept].filter((text) => text.includes(KEY))).toEqual([]);
  });

  test.each([
    [401, { error: { message: `Incorrect API key provided: ${KEY}` } }, "MODEL_AUTH"],
    [400, { error: { message: `Bad header: Authorization: Bearer ${KEY}` } }, "MODEL_BAD_REQUEST"],
    [429, { error: { code: "insufficient_quota", message: `No money for ${KEY}` } }, "MODEL_QUOTA"],
  ])("that answers %d with the key in its words: the error does not repeat it", async (status, body, code) => {
    const cwd = tempFolder();
    const { url, bodies } = await serve(() => ({ status, headers: { "x-echo": KEY }, body }));
    const failed = await called(runArgs(url), cwd);
    expect([failed.code, (failed.json() as { error: { code: string } }).error.code]).toEqual([1, code]);
    expect(bodies.length).toBeGreaterThan(0);
    const kept = filesBelow(cwd).map((file) => readFileSync(file, "latin1"));
    expect([failed.out, failed.err, ...kept].filter((text) => text.includes(KEY))).toEqual([]);
  });

  test("that is not there: rules stand in where that was asked for, and the exit code is that of the run", async () => {
    const cwd = tempFolder();
    const gone = "http://127.0.0.1:9/v1";
    const answered = await serve(() => ({ status: 401, body: { error: { message: "no" } } }));
    const done = await called(runArgs(answered.url, "--fallback", "rule"), cwd);
    expect([done.code, done.json()]).toMatchObject([0, { status: "completed" }]);
    expect((await call(["doctor", "--model", `compatible:x@${gone}`], { cwd })).code).toBe(0);
    const asked = await called(["doctor", "--ask", "--model", `compatible:demo@${answered.url}`], cwd);
    expect([asked.code, asked.out]).toEqual([1, expect.stringContaining("MODEL_AUTH")]);
  });

  test("is never asked by doctor unless it is told to, and then once", async () => {
    const cwd = tempFolder();
    const { url, bodies } = await serve(() => ({ body: "ready" }));
    const model = ["--model", `compatible:demo@${url}`];
    expect((await called(["doctor", ...model], cwd)).code).toBe(0);
    expect(bodies).toHaveLength(0);
    const asked = await called(["doctor", "--ask", ...model], cwd);
    expect([asked.code, asked.out]).toEqual([0, expect.stringContaining("answered as demo-1 (1280 tokens")]);
    expect(bodies).toHaveLength(1);
  });

  test("ends the run at the limit of tokens before it is asked", async () => {
    const cwd = tempFolder();
    const { url, bodies } = await serve(() => ({ body: JSON.stringify(PLAN) }));
    const ended = await called(runArgs(url, "--max-tokens", "500"), cwd);
    expect([ended.code, ended.json()]).toMatchObject([4, { status: "exhausted", error: { code: "LIMIT_TOKENS" } }]);
    expect(bodies).toHaveLength(0);
  });
});
