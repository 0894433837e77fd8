/** One request to the server. Owns: the address, the token and how failures are told. Must not: try again. */
import { badAnswer, problemOf, unreachable } from "./client-error.ts";

export interface Server {
  /** Such as `http://127.0.0.1:7420`. */
  url: string;
  token: string;
  fetch: typeof fetch;
}

export interface Sending {
  method?: "GET" | "POST";
  /** Sent as JSON; a form as it is. */
  body?: object | undefined;
  headers?: Record<string, string>;
  signal?: AbortSignal | undefined;
}

/** Throws ClientError for every answer that is none; what `signal` aborts with, as `fetch` does. */
export async function callServer(server: Server, path: string, sending: Sending = {}): Promise<Response> {
  const { method = "GET", body, headers = {}, signal } = sending;
  const isForm = body instanceof FormData;
  const { fetch } = server;
  const response = await fetch(`${server.url.replace(/\/+$/, "")}${path}`, {
    method,
    headers: {
      authorization: `Bearer ${server.token}`,
      ...(body === undefined || isForm ? {} : { "content-type": "application/json" }),
      ...headers,
    },
    ...(body === undefined ? {} : { body: isForm ? body : JSON.stringify(body) }),
    ...(signal === undefined ? {} : { signal }),
  }).catch((cause: unknown) => {
    signal?.throwIfAborted();
    throw unreachable(server.url, cause);
  });
  if (response.ok) return response;
  const problem = await problemOf(response);
  signal?.throwIfAborted(); // While the body came: then it says nothing.
  throw problem;
}

/** The answer's JSON, which is an object or a list wherever the server has one. Throws as `callServer` does. */
export async function readJson<Answer>(server: Server, path: string, sending: Sending): Promise<Answer> {
  const response = await callServer(server, path, sending);
  const text = await response.text().catch((cause: unknown) => {
    sending.signal?.throwIfAborted();
    throw unreachable(server.url, cause);
  });
  const value = parseJson(text);
  if (typeof value === "object" && value !== null) return value as Answer;
  throw badAnswer(response.status, "with something else than JSON of Planwright");
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null; // A page of a proxy, for instance.
  }
}
