/** A server on a port, and requests to it byte by byte: what no HTTP client would send. */
import { connect } from "node:net";
import { onTestFinished } from "vitest";
import { createRuntime, type RuntimeOptions } from "../../src/create-runtime.ts";
import { createMemoryStore } from "../../src/journal/memory-store.ts";
import { type RunningServer, type ServerOptions, startServer } from "../../src/server/start-server.ts";
import { TOKEN } from "./server-world.ts";

export interface SocketWorld {
  server: RunningServer;
  port: number;
  faults: unknown[];
  runtime: ReturnType<typeof createRuntime>;
  /** Writes the pieces, and resolves with all that came back once the connection is closed. */
  send(...pieces: (string | Uint8Array)[]): Promise<string>;
}

export async function createSocketWorld(
  options: RuntimeOptions = {},
  more: Partial<ServerOptions> = {},
): Promise<SocketWorld> {
  const runtime = createRuntime({ store: createMemoryStore(), ...options });
  const faults: unknown[] = [];
  const server = await startServer({
    runtime,
    prompts: () => [],
    token: TOKEN,
    isTokenGiven: true,
    port: 0,
    onFault: (thrown) => faults.push(thrown),
    ...more,
  });
  onTestFinished(() => server.close(() => runtime.close()));
  const port = Number(new URL(server.url).port);
  return { server, port, faults, runtime, send: (...pieces) => exchange(port, pieces) };
}

function exchange(port: number, pieces: (string | Uint8Array)[]): Promise<string> {
  return new Promise((resolve) => {
    const socket = connect(port, "127.0.0.1");
    let got = "";
    socket.setEncoding("utf8");
    socket.on("data", (text) => {
      got += text;
    });
    socket.on("error", () => {}); // The server may close while we still write.
    socket.on("close", () => resolve(got));
    for (const piece of pieces) socket.write(piece);
  });
}

export function head(line: string, headers: Record<string, string | number> = {}): string {
  const all: Record<string, string | number> = {
    host: "127.0.0.1",
    authorization: `Bearer ${TOKEN}`,
    connection: "close",
    ...headers,
  };
  const lines = Object.entries(all).flatMap(([name, value]) => (value === "" ? [] : [`${name}: ${value}`]));
  return `${line} HTTP/1.1\r\n${lines.join("\r\n")}\r\n\r\n`;
}
