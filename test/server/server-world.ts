/**
 * The HTTP interface in this process, without a socket: every answer is checked against the OpenAPI document that the
 * same server gives out.
 */
import { Ajv2020 } from "ajv/dist/2020.js";
import type { Hono } from "hono";
import { expect, onTestFinished } from "vitest";
import { createRuntime, type Runtime, type RuntimeOptions } from "../../src/create-runtime.ts";
import { createMemoryStore } from "../../src/journal/memory-store.ts";
import { loadPrompts } from "../../src/prompt/load-prompts.ts";
import { ownHosts } from "../../src/server/check-access.ts";
import { createApp } from "../../src/server/create-app.ts";
import { openAskedModel } from "../../src/server/model-words.ts";
import { systemClock } from "../../src/shared/clock.ts";
import type { JsonObject } from "../../src/shared/json.ts";

export const TOKEN = "a-token-for-tests-only";
export const HOST = "127.0.0.1:7420";

export interface Answer {
  status: number;
  headers: Headers;
  json: <T = JsonObject>() => T;
  text: string;
}

export interface Asking {
  body?: unknown;
  /** Sent as it is. */
  raw?: string | Uint8Array<ArrayBuffer> | FormData;
  headers?: Record<string, string>;
  /** Null: none. */
  token?: string | null;
}

export interface ServerWorld {
  app: Hono;
  runtime: Runtime;
  closing: AbortController;
  faults: unknown[];
  ask(method: string, path: string, asking?: Asking): Promise<Answer>;
  /** The answer's body before it is read: for streams. */
  open(method: string, path: string, asking?: Asking): Promise<Response>;
  document(): JsonObject;
}

export function createServerWorld(options: RuntimeOptions = {}): ServerWorld {
  const configured = typeof options.model === "string" ? options.model : null;
  const openModel = (word: string) => openAskedModel(word, { env: process.env, configured });
  const runtime = createRuntime({ store: createMemoryStore(), openModel, ...options });
  const closing = new AbortController();
  const faults: unknown[] = [];
  const app = createApp({
    runtime,
    prompts: () => loadPrompts().list(),
    clock: options.clock ?? systemClock,
    closing: closing.signal,
    onFault: (thrown) => faults.push(thrown),
    access: { token: TOKEN, isOwnHost: ownHosts("127.0.0.1", []) },
  });
  onTestFinished(async () => {
    closing.abort();
    await runtime.close();
  });
  const open: ServerWorld["open"] = async (method, path, asking = {}) => app.fetch(requestOf(method, path, asking));
  let checker: ResponseChecker | null = null;
  const document = async (): Promise<JsonObject> => (await (await open("GET", "/openapi.json")).json()) as JsonObject;
  let known: JsonObject = {};
  return {
    app,
    runtime,
    closing,
    faults,
    open,
    document: () => known,
    async ask(method, path, asking) {
      if (checker === null) {
        known = await document();
        checker = createResponseChecker(known);
      }
      const response = await open(method, path, asking);
      const text = await response.text();
      checker(method, path, { status: response.status, headers: response.headers, text });
      return { status: response.status, headers: response.headers, text, json: <T>() => JSON.parse(text) as T };
    },
  };
}

export function requestOf(method: string, path: string, { body, raw, headers = {}, token = TOKEN }: Asking): Request {
  return new Request(`http://${HOST}${path}`, {
    method,
    headers: {
      host: HOST,
      ...(token === null ? {} : { authorization: `Bearer ${token}` }),
      ...(body === undefined ? {} : { "content-type": "application/json" }),
      ...headers,
    },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    ...(raw === undefined ? {} : { body: raw, duplex: "half" }),
  } as RequestInit);
}

export type ResponseChecker = (
  method: string,
  path: string,
  answer: { status: number; headers: Headers; text: string },
) => void;

/** Fails for an answer that the document doesn't announce. */
export function createResponseChecker(document: JsonObject): ResponseChecker {
  const ajv = new Ajv2020({ strict: false, allErrors: false });
  ajv.addSchema({ $id: "openapi", ...document });
  const paths = document.paths as Record<string, Record<string, { responses: JsonObject }>>;
  return (method, path, { status, headers, text }) => {
    const [pathname = ""] = path.split("?");
    const template = Object.keys(paths).find((one) => patternOf(one).test(pathname));
    const type = headers.get("content-type") ?? "";
    if (method === "HEAD") return;
    const operation = template === undefined ? undefined : paths[template]?.[method.toLowerCase()];
    if (operation === undefined) {
      expect([401, 403, 404, 405]).toContain(status);
      expect(type).toBe("application/problem+json");
      check(ajv, "openapi#/components/schemas/Problem", text);
      return;
    }
    const announced = operation.responses[String(status)] as { content: Record<string, JsonObject> } | undefined;
    expect(announced, `${method} ${path} → ${status} ${text.slice(0, 300)}`).toBeDefined();
    expect(Object.keys(announced?.content ?? {})).toContain(type);
    if (!/[/+]json$/.test(type)) return;
    const pointer = `/paths/${escaped(template ?? "")}/${method.toLowerCase()}/responses/${status}/content/${escaped(type)}/schema`;
    check(ajv, `openapi#${pointer}`, text);
  };
}

function check(ajv: Ajv2020, reference: string, text: string): void {
  const validate = ajv.getSchema(reference);
  expect(validate, reference).toBeDefined();
  expect(validate?.(JSON.parse(text)), JSON.stringify(validate?.errors)).toBe(true);
}

function escaped(key: string): string {
  return encodeURIComponent(key.replaceAll("~", "~0").replaceAll("/", "~1"));
}

function patternOf(template: string): RegExp {
  return new RegExp(`^${template.replaceAll(".", "\\.").replaceAll(/\{\w+\}/g, "[^/]+")}$`);
}
