/** The client against the HTTP interface in this process; every call is checked against the OpenAPI document. */
import { Ajv2020 } from "ajv/dist/2020.js";
import { expect } from "vitest";
import { type Client, createClient } from "../../src/client/create-client.ts";
import type { RuntimeOptions } from "../../src/create-runtime.ts";
import type { Clock } from "../../src/shared/clock.ts";
import type { JsonObject } from "../../src/shared/json.ts";
import { createServerWorld, HOST, type ServerWorld, TOKEN } from "../server/server-world.ts";

export interface ClientWorld {
  world: ServerWorld;
  client: Client;
  /** Operations that were called, such as `POST /v1/runs`. */
  called: string[];
  /** Looks at each response before the client does. */
  intercept: (change: (response: Response, path: string) => Response | Promise<Response>) => void;
}

/** Whatever waits for it need not wait. */
const HASTY: Clock = {
  now: () => 0,
  monotonic: () => 0,
  setTimer(_, fire) {
    setImmediate(fire);
    return () => {};
  },
};

export async function createClientWorld(options: RuntimeOptions = {}): Promise<ClientWorld> {
  const world = createServerWorld(options);
  await world.ask("GET", "/healthz");
  const checkRequest = createRequestChecker(world.document());
  const called: string[] = [];
  let change = (response: Response, _: string): Response | Promise<Response> => response;
  const inProcess = async (url: unknown, init: RequestInit = {}): Promise<Response> => {
    const { pathname, search } = new URL(String(url));
    called.push(checkRequest(init.method ?? "GET", pathname, { search, body: init.body }));
    const headers = { ...(init.headers as Record<string, string>), host: HOST };
    const request = new Request(String(url), { ...init, headers } as RequestInit);
    return change(await world.app.fetch(request), pathname);
  };
  const client = createClient({
    url: `http://${HOST}`,
    token: TOKEN,
    fetch: inProcess as typeof fetch,
    clock: HASTY,
  });
  return {
    world,
    client,
    called,
    intercept: (next) => {
      change = next;
    },
  };
}

/** Fails for a path, query or JSON body that the document doesn't know; returns the operation. */
function createRequestChecker(document: JsonObject) {
  const ajv = new Ajv2020({ strict: false });
  ajv.addSchema({ $id: "openapi", ...document });
  const paths = document.paths as Record<string, Record<string, { parameters: { name: string; in: string }[] }>>;
  return (method: string, pathname: string, { search, body }: { search: string; body: unknown }): string => {
    const template = Object.keys(paths).find((one) =>
      new RegExp(`^${one.replaceAll(/\{\w+\}/g, "[^/]+")}$`).test(pathname),
    );
    const operation = template === undefined ? undefined : paths[template]?.[method.toLowerCase()];
    expect(operation, `${method} ${pathname}`).toBeDefined();
    const known = (operation?.parameters ?? []).filter((one) => one.in === "query").map(({ name }) => name);
    for (const name of new URLSearchParams(search).keys()) expect(known).toContain(name);
    if (typeof body === "string") {
      const place = encodeURIComponent((template ?? "").replaceAll("/", "~1"));
      const reference = `openapi#/paths/${place}/${method.toLowerCase()}/requestBody/content/application~1json/schema`;
      const validate = ajv.getSchema(reference);
      expect(validate?.(JSON.parse(body)), JSON.stringify(validate?.errors)).toBe(true);
    }
    return `${method} ${template}`;
  };
}
