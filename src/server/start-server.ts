/**
 * The HTTP interface on a port. Owns: listening, limits of connections, and ending in order: nothing new is taken, runs
 * are finished or parked, connections end. Must not: know routes.
 */
import { createServer, type Server, type ServerResponse, STATUS_CODES } from "node:http";
import type { AddressInfo } from "node:net";
import type { Duplex } from "node:stream";
import { getRequestListener } from "@hono/node-server";
import { describeThrown, PlanwrightError } from "../error/planwright-error.ts";
import { type Clock, systemClock } from "../shared/clock.ts";
import { isLoopback, ownHosts } from "./check-access.ts";
import { createApp } from "./create-app.ts";
import { PROBLEM_TYPE, problemOf, problemResponse } from "./problem.ts";
import type { ServerParts } from "./server-parts.ts";

export interface ServerOptions extends Pick<ServerParts, "runtime" | "prompts" | "onFault"> {
  token: string;
  /** Whether whoever starts the server chose the token, which other addresses than this machine's need. */
  isTokenGiven: boolean;
  /** 127.0.0.1 by default. */
  host?: string;
  /** 0 finds a free one. */
  port: number;
  /** Further names that requests may give as Host. */
  hostNames?: readonly string[];
  clock?: Clock;
  limits?: Partial<ConnectionLimits>;
}

export interface ConnectionLimits {
  /** Time for all headers, and for the whole request with its body. */
  headersMs: number;
  requestMs: number;
  headerBytes: number;
  connections: number;
  /** How long a client may leave all of what was sent unread. */
  stallMs: number;
}

const LIMITS: ConnectionLimits = {
  headersMs: 10_000,
  requestMs: 60_000,
  headerBytes: 16 * 1024,
  connections: 4_096,
  stallMs: 30_000,
};

/** How often slow requests are looked for. */
const LOOK_MS = 500;

/** How long answers that are being written may take once the server ends. */
const GRACE_MS = 2_000;

export interface RunningServer {
  url: string;
  /** Ends the server; `park` stops the work behind it, once nothing new is taken. */
  close(park: () => Promise<void>): Promise<void>;
}

/** Throws CONFIG_INVALID: an address without a token of one's own, or one that can't be listened on. */
export async function startServer(options: ServerOptions): Promise<RunningServer> {
  const { host = "127.0.0.1", port, token, hostNames = [], clock = systemClock } = options;
  if (!isLoopback(host) && !options.isTokenGiven) {
    throw new PlanwrightError("CONFIG_INVALID", `Listening on '${host}' needs a token of your own.`, {
      hint: "Give it with --token or PLANWRIGHT_TOKEN, or listen on 127.0.0.1.",
    });
  }
  const closing = new AbortController();
  const access = { token, isOwnHost: ownHosts(host, hostNames) };
  const { runtime, prompts, onFault } = options;
  const app = createApp({ runtime, prompts, onFault, clock, access, closing: closing.signal });
  const server = createNodeServer(app.fetch, { ...LIMITS, ...options.limits });
  await listen(server, { host, port });
  const { port: listened } = server.address() as AddressInfo;
  return {
    url: `http://${urlHost(host)}:${listened}`,
    async close(park) {
      closing.abort();
      try {
        await park();
      } finally {
        await end(server, clock);
      }
    },
  };
}

function createNodeServer(fetch: ReturnType<typeof createApp>["fetch"], limits: ConnectionLimits): Server {
  const listener = getRequestListener(fetch, { overrideGlobalObjects: false, errorHandler: unreadable });
  const server = createServer(
    {
      headersTimeout: limits.headersMs,
      requestTimeout: limits.requestMs,
      maxHeaderSize: limits.headerBytes,
      connectionsCheckingInterval: LOOK_MS,
    },
    (incoming, outgoing) => {
      dropWhenStalled(outgoing, limits.stallMs);
      void listener(incoming, outgoing);
    },
  );
  server.maxConnections = limits.connections;
  server.on("clientError", refuseBroken);
  return server;
}

/**
 * A client that reads nothing keeps its answer in memory. Node calls this after so long without any byte sent or
 * received, and again after the next; an answer that is still being made has nothing waiting.
 */
function dropWhenStalled(outgoing: ServerResponse, stallMs: number): void {
  outgoing.setTimeout(stallMs, () => {
    if ((outgoing.socket?.writableLength ?? 0) > 0) outgoing.destroy();
  });
}

/** What Node could parse, but no URL can be made of. */
function unreadable(cause: unknown): Response {
  return problemResponse(unreadableRequest(cause), { instance: "" });
}

function unreadableRequest(cause: unknown): PlanwrightError {
  return new PlanwrightError("VALIDATION", "The request cannot be read.", {
    hint: "Send HTTP/1.1 with a Host.",
    cause,
  });
}

const STATUS_OF: Record<string, number> = { HPE_HEADER_OVERFLOW: 431, ERR_HTTP_REQUEST_TIMEOUT: 408 };
const WORDS: Record<number, string> = {
  400: "The request is no HTTP.",
  408: "The request took too long to arrive.",
  431: "The headers are too large.",
};

/** Requests that never get as far as a route: broken, slow, with too many headers. */
function refuseBroken(
  error: Error & { code?: string },
  socket: Duplex & { _httpMessage?: { headersSent?: boolean } },
): void {
  if (error.code === "ECONNRESET" || !socket.writable || socket._httpMessage?.headersSent === true) {
    socket.destroy();
    return;
  }
  const status = STATUS_OF[error.code ?? ""] ?? 400;
  const refusal = new PlanwrightError("VALIDATION", WORDS[status] ?? "", { hint: "Send it again, whole and at once." });
  const body = JSON.stringify(problemOf(refusal, { instance: "", status }));
  socket.end(
    `HTTP/1.1 ${status} ${STATUS_CODES[status]}\r\ncontent-type: ${PROBLEM_TYPE}\r\ncontent-length: ${Buffer.byteLength(body)}\r\nconnection: close\r\n\r\n${body}`,
  );
}

async function listen(server: Server, { host, port }: { host: string; port: number }): Promise<void> {
  try {
    await new Promise<void>((resolve, reject) => {
      server.once("error", reject);
      server.listen(port, host, () => {
        server.off("error", reject);
        resolve();
      });
    });
  } catch (cause) {
    throw new PlanwrightError(
      "CONFIG_INVALID",
      `The server can't listen on ${host}:${port}: ${describeThrown(cause)}.`,
      {
        hint: "Name another port with --port; 0 finds one.",
        cause,
      },
    );
  }
}

async function end(server: Server, clock: Clock): Promise<void> {
  const closed = new Promise<void>((resolve) => server.close(() => resolve()));
  server.closeIdleConnections();
  const cancel = clock.setTimer(GRACE_MS, () => server.closeAllConnections());
  await closed;
  cancel();
}

function urlHost(host: string): string {
  if (host === "0.0.0.0") return "127.0.0.1";
  if (host === "::") return "[::1]";
  return host.includes(":") ? `[${host}]` : host;
}
