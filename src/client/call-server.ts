/** One request to the server. Owns: the address, the token and how failures are told. Must not: try again. */
import { problemOf, unreachable } from "./client-error.ts";

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
  if (!response.ok) throw await problemOf(response);
  return response;
}
