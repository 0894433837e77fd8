/**
 * `planwright demo-model`: an OpenAI-compatible server on this machine whose answers come from demo-answer.ts, for demos,
 * docs and tests. Owns: the protocol (chat completions, streamed or whole; the list of models). Loopback only.
 */
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { type Clock, systemClock } from "../../shared/clock.ts";
import { isJsonObject, type JsonObject } from "../../shared/json.ts";
import { type DemoAnswer, demoAnswer, namedTool } from "./demo-answer.ts";
import { type ScriptedReply, scriptedReply } from "./demo-script.ts";

export interface DemoServerOptions {
  /** 0 finds a free one. */
  port: number;
  /** Pause before each piece of an answer, in milliseconds; 0 by default. */
  slowMs?: number;
  /** How many requests are refused at first, as a busy server does (429 with a Retry-After of 0); none by default. */
  failFirst?: number;
  /** What is answered, in order, instead of the double's own plans. */
  script?: readonly ScriptedReply[];
  clock?: Clock;
}

export interface DemoServer {
  /** What `--model compatible:demo@URL` takes. */
  url: string;
  /** Requests for answers so far. */
  asked(): number;
  close(): Promise<void>;
}

const LONGEST_BODY_BYTES = 8 * 2 ** 20;
const PIECE_CHARS = 24;

/** Rejects with the system's error where the port is taken. */
export async function startDemoServer(options: DemoServerOptions): Promise<DemoServer> {
  let asked = 0;
  const count = (): number => {
    asked += 1;
    return asked;
  };
  const server = createServer((request, response) => {
    serve({ request, response }, options, count).catch((error: unknown) => response.destroy(error as Error));
  });
  await new Promise<void>((resolve, reject) => {
    server.once("error", reject);
    server.listen(options.port, "127.0.0.1", resolve);
  });
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}/v1`,
    asked: () => asked,
    close() {
      server.closeAllConnections();
      return new Promise((resolve) => server.close(() => resolve()));
    },
  };
}

interface Exchange {
  request: IncomingMessage;
  response: ServerResponse;
}

async function serve({ request, response }: Exchange, options: DemoServerOptions, count: () => number): Promise<void> {
  const { method, url } = request;
  if (method === "GET" && url === "/v1/models") {
    return sendJson(response, 200, { object: "list", data: [{ id: "demo", object: "model", owned_by: "planwright" }] });
  }
  if (method !== "POST" || url !== "/v1/chat/completions") {
    return sendJson(response, 404, {
      error: { message: `The demo model has no ${method} ${url}.`, type: "not_found" },
    });
  }
  const body = await readBody(request);
  if (body === null) {
    return sendJson(response, 400, {
      error: { message: "The body is no JSON object.", type: "invalid_request_error" },
    });
  }
  const answer = replyTo(body, options, count());
  if ("status" in answer) {
    response.setHeader("retry-after", "0");
    return sendJson(response, answer.status, { error: { message: answer.message, type: "demo_error" } });
  }
  const usage = usageOf(JSON.stringify(body), answer.text);
  if (body.stream !== true) return sendJson(response, 200, { ...HEAD, ...wholeAnswer(answer), usage });
  await streamAnswer(response, answer, { usage, ...options });
}

/** `n`: number of the request, from 1. */
function replyTo(
  body: JsonObject,
  { failFirst = 0, script }: DemoServerOptions,
  n: number,
): DemoAnswer | { status: number; message: string } {
  if (n <= failFirst) return { status: 429, message: "Busy, as you asked." };
  if (script === undefined) return demoAnswer(body);
  const reply = scriptedReply(script, n - failFirst);
  return "status" in reply ? reply : { text: reply.text, tool: namedTool(body) };
}

async function readBody(request: IncomingMessage): Promise<JsonObject | null> {
  const chunks: Buffer[] = [];
  let bytes = 0;
  for await (const chunk of request as AsyncIterable<Buffer>) {
    bytes += chunk.length;
    if (bytes > LONGEST_BODY_BYTES) return null;
    chunks.push(chunk);
  }
  try {
    const body = JSON.parse(Buffer.concat(chunks).toString("utf8")) as unknown;
    return isJsonObject(body) ? body : null;
  } catch {
    return null; // said in the answer
  }
}

function sendJson(response: ServerResponse, status: number, body: JsonObject): void {
  response.writeHead(status, { "content-type": "application/json" }).end(JSON.stringify(body));
}

const HEAD = { id: "chatcmpl-demo", created: 0, model: "planwright-demo-double" };

/** An estimate, four bytes a token, as every figure of a double. */
function usageOf(asked: string, answered: string): JsonObject {
  const [prompt, completion] = [asked, answered].map((text) => Math.ceil(Buffer.byteLength(text) / 4)) as [
    number,
    number,
  ];
  return { prompt_tokens: prompt, completion_tokens: completion, total_tokens: prompt + completion };
}

function wholeAnswer({ text, tool }: DemoAnswer): JsonObject {
  const message: JsonObject =
    tool === null
      ? { role: "assistant", content: text }
      : { role: "assistant", content: null, tool_calls: [toolCall(tool, text)] };
  return {
    object: "chat.completion",
    choices: [{ index: 0, message, finish_reason: tool === null ? "stop" : "tool_calls" }],
  };
}

function toolCall(name: string, text: string): JsonObject {
  return { index: 0, id: "call_demo", type: "function", function: { name, arguments: text } };
}

async function streamAnswer(
  response: ServerResponse,
  { text, tool }: DemoAnswer,
  { usage, slowMs = 0, clock = systemClock }: { usage: JsonObject; slowMs?: number; clock?: Clock },
): Promise<void> {
  response.writeHead(200, { "content-type": "text/event-stream", "cache-control": "no-store" });
  const send = (chunk: JsonObject): void => {
    response.write(`data: ${JSON.stringify({ ...HEAD, object: "chat.completion.chunk", ...chunk })}\n\n`);
  };
  const choice = (delta: JsonObject, finish: string | null = null): JsonObject => ({
    choices: [{ index: 0, delta, finish_reason: finish }],
  });
  if (tool !== null) send(choice({ role: "assistant", tool_calls: [toolCall(tool, "")] }));
  for (const piece of text.match(new RegExp(`[\\s\\S]{1,${PIECE_CHARS}}`, "g")) ?? []) {
    if (slowMs > 0) await new Promise<void>((resolve) => clock.setTimer(slowMs, resolve));
    if (response.destroyed) return;
    const called = { index: 0, function: { arguments: piece } };
    send(choice(tool === null ? { content: piece } : { tool_calls: [called] }));
  }
  send(choice({}, tool === null ? "stop" : "tool_calls"));
  send({ choices: [], usage });
  response.end("data: [DONE]\n\n");
}
