/**
 * A server on this machine that stands in for a provider: answers as scripted, and misbehaves as only a real socket can.
 * Owns: the faults, and what was asked.
 */
import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import type { JsonObject } from "../../src/shared/json.ts";
import type { Protocol, Script } from "./protocols.ts";

export type Reply =
  | { kind: "stream"; script: Script }
  /** The whole answer as JSON, though a stream was asked for. */
  | { kind: "whole"; script: Script }
  | { kind: "http"; status: number; headers?: Record<string, string>; body?: string | JsonObject }
  /** Says nothing more after the request, the headers, or this many bytes of the stream; the connection stays. */
  | { kind: "silence"; after: "request" | "headers" | number; script?: Script }
  /** The stream, up to a byte; then a clean end, or a reset. */
  | { kind: "cut"; after: number; how: "end" | "reset"; script: Script }
  /** The first bytes of a stream, then an error event. */
  | { kind: "broken-off"; after: number; event: string; script: Script };

export interface Asked {
  path: string;
  headers: Record<string, string | undefined>;
  body: JsonObject;
}

export interface ProviderServer {
  url: string;
  asked: Asked[];
  /** Replies are given in order; the last one again and again. */
  replies: Reply[];
  /** Connections that the client closed before the response was complete. */
  hangUps: number;
  close(): Promise<void>;
}

export const SHORT: Script = { pieces: ["Hel", "lo ", "wörld"] };

/** `choose` finds the reply by the request; else replies are given in order. */
export async function startProvider(protocol: Protocol, choose?: (body: JsonObject) => Reply): Promise<ProviderServer> {
  const provider: ProviderServer = { url: "", asked: [], replies: [], hangUps: 0, close: () => closed(server) };
  const server = createServer((request, response) => {
    response.on("close", () => {
      if (!response.writableFinished) provider.hangUps += 1;
    });
    void serve(provider, { protocol, choose }, { request, response });
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  provider.url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  return provider;
}

function closed(server: Server): Promise<void> {
  server.closeAllConnections();
  return new Promise((resolve) => server.close(() => resolve()));
}

interface Exchange {
  request: IncomingMessage;
  response: ServerResponse;
}

interface Part {
  protocol: Protocol;
  choose: ((body: JsonObject) => Reply) | undefined;
}

async function serve(provider: ProviderServer, { protocol, choose }: Part, exchange: Exchange): Promise<void> {
  const { request, response } = exchange;
  let text = "";
  for await (const chunk of request) text += String(chunk);
  const headers = request.headers as Record<string, string | undefined>;
  const body = JSON.parse(text) as JsonObject;
  provider.asked.push({ path: request.url ?? "", headers, body });
  const next = provider.replies.length > 1 ? provider.replies.shift() : provider.replies[0];
  const reply = choose?.(body) ?? next;
  if (reply === undefined) throw new Error("the test gave no reply");
  await give(reply, protocol, response);
}

const SSE = { "content-type": "text/event-stream" };

async function give(reply: Reply, protocol: Protocol, response: ServerResponse): Promise<void> {
  switch (reply.kind) {
    case "stream":
      response.writeHead(200, SSE).end(protocol.stream(reply.script));
      return;
    case "whole":
      response.writeHead(200, { "content-type": "application/json" }).end(JSON.stringify(protocol.whole(reply.script)));
      return;
    case "http": {
      const { status, headers = {}, body = "" } = reply;
      const isText = typeof body === "string";
      response.writeHead(status, { ...(isText ? {} : { "content-type": "application/json" }), ...headers });
      response.end(isText ? body : JSON.stringify(body));
      return;
    }
    case "silence": {
      const { after, script = SHORT } = reply;
      if (after === "request") return;
      response.writeHead(200, SSE).flushHeaders();
      if (after !== "headers") response.write(Buffer.from(protocol.stream(script)).subarray(0, after));
      return;
    }
    case "cut":
      response.writeHead(200, SSE).flushHeaders();
      await written(response, Buffer.from(protocol.stream(reply.script)).subarray(0, reply.after));
      if (reply.how === "end") response.end();
      else response.socket?.resetAndDestroy();
      return;
    case "broken-off":
      response.writeHead(200, SSE);
      response.end(`${protocol.stream(reply.script).slice(0, reply.after)}${reply.event}`);
  }
}

function written(response: ServerResponse, bytes: Uint8Array): Promise<void> {
  return new Promise((resolve) => {
    if (bytes.byteLength === 0) resolve();
    else response.write(bytes, () => resolve());
  });
}
