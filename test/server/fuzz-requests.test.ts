/** 5,000 requests that nobody should send: 4xx with a code, never 500, never a hang, and no run comes of them. */
import { describe, expect, test } from "vitest";
import { type Random, seededRandom } from "../../src/shared/random.ts";
import { createSocketWorld } from "./raw-request.ts";
import { createServerWorld, requestOf, TOKEN } from "./server-world.ts";

const SEED = 20_261;
const IN_PROCESS = 4_700;
const ON_SOCKETS = 300;

interface Wrong {
  method: string;
  path: string;
  headers: Record<string, string>;
  raw: string | Uint8Array<ArrayBuffer>;
}

const PATHS = [
  "/v1/runs",
  "/v1/plans",
  "/v1/runs/run_aaaaaaaa/approve",
  "/v1/runs/run_aaaaaaaa/reject",
  "/v1/runs/run_aaaaaaaa/answer",
  "/v1/runs/run_aaaaaaaa/cancel",
  "/v1/runs/run_aaaaaaaa/resume",
];

const HOSTILE: unknown[] = [
  null,
  true,
  -1,
  1e308,
  "",
  " ",
  "\u0000",
  "x".repeat(20_000),
  [],
  [[]],
  {},
  { a: {} },
  ["goal"],
  { ref: "document.text" },
  { toString: 1 },
  { length: -1 },
  Number.MAX_SAFE_INTEGER,
  "../../etc/passwd",
];

function pick<T>(random: Random, list: readonly T[]): T {
  return list[Math.floor(random.next() * list.length)] as T;
}

const FIELDS = [
  "goal",
  "document",
  "documents",
  "params",
  "output",
  "budget",
  "approve",
  "workflow",
  "prompt",
  "model",
  "plan",
  "success",
  "reviewPlan",
  "approval",
  "hash",
  "reason",
  "answer",
  "Goal",
  "__proto__",
  "constructor",
  "x",
];

/** Never right for any route: `wrong` is no field of any body. */
function wrongObject(random: Random): string {
  const parts = Array.from({ length: Math.floor(random.next() * 5) }, () => {
    const value = JSON.stringify(pick(random, HOSTILE));
    return `${JSON.stringify(pick(random, FIELDS))}:${value}`;
  });
  return `{${[...parts, '"wrong":1'].join(",")}}`;
}

const bytes = (random: Random, length: number): Uint8Array<ArrayBuffer> =>
  Uint8Array.from({ length }, () => Math.floor(random.next() * 256));

const FORM = "multipart/form-data; boundary=b";
const part = (name: string, text: string): string =>
  `--b\r\ncontent-disposition: form-data; name="${name}"\r\n\r\n${text}\r\n`;

/** Each makes a body that no route takes, with its type. */
const BODIES: ((random: Random) => { type: string; raw: string | Uint8Array<ArrayBuffer> })[] = [
  (random) => ({ type: "application/json", raw: wrongObject(random) }),
  (random) => ({
    type: "application/json",
    raw: JSON.stringify(
      pick(
        random,
        HOSTILE.filter((one) => typeof one !== "object" || Array.isArray(one)),
      ),
    ),
  }),
  (random) => ({ type: "application/json", raw: wrongObject(random).slice(0, -1 - Math.floor(random.next() * 5)) }),
  (random) => ({ type: "application/json", raw: `${"[".repeat(1 + random.next() * 60_000)}` }),
  (random) => {
    const depth = 70 + Math.floor(random.next() * 20_000);
    return { type: "application/json", raw: `{"goal":"x","params":${'{"a":'.repeat(depth)}1${"}".repeat(depth)}}` };
  },
  (random) => ({
    type: "application/json",
    raw: `{"goal":"x","params":{"${pick(random, ["__proto__", "constructor", "prototype"])}":{"a":1}}}`,
  }),
  (random) => ({ type: "application/json", raw: bytes(random, 1 + random.next() * 200) }),
  (random) => ({
    type: pick(random, [
      "text/plain",
      "application/xml",
      "application/x-www-form-urlencoded",
      "x",
      "/",
      "application/jsonx",
    ]),
    raw: "{}",
  }),
  (random) => ({ type: FORM, raw: bytes(random, 1 + random.next() * 500) }),
  (random) => ({ type: FORM, raw: `${part("request", wrongObject(random))}--b--\r\n` }),
  (random) => ({ type: FORM, raw: part("request", "{").slice(0, 10 + random.next() * 60) }),
  () => ({ type: FORM, raw: `${part("request", '{"goal":"x"}')}${part("document", "no file")}--b--\r\n` }),
  () => ({ type: FORM, raw: `${part("request", "{}")}${part("request", "{}")}--b--\r\n` }),
  () => ({ type: "multipart/form-data", raw: `${part("request", "{}")}--b--\r\n` }),
  (random) => ({
    type: "application/json",
    raw: `{"goal":"x","document":{"name":"a","base64":${JSON.stringify(pick(random, ["?", "a", "====", "YQ=", "Y Q="]))}}}`,
  }),
  () => ({ type: "application/json", raw: '{"goal":"x","document":{"name":"a","text":"b","base64":"Yg=="}}' }),
  (random) => ({
    type: "application/json",
    raw: `{"goal":"x","budget":{"maxSteps":${pick(random, ["-1", "1e9", "0.5", '"1"', "null"])}}}`,
  }),
  () => ({
    type: "application/json",
    raw: `{"goal":"x","document":{"name":"a.bin","base64":"${Buffer.from("%PDF-1.7 \u0000").toString("base64")}"}}`,
  }),
];

const QUERIES = [
  "limit=0",
  "limit=-1",
  "limit=x",
  "limit=1e3",
  "limit=1&limit=2",
  "status=done",
  "x=1",
  "limit=99999999999",
  "q=a&q=b",
];
const METHODS = ["PUT", "PATCH", "DELETE", "OPTIONS", "PROPFIND"];

function wrongRequest(random: Random): Wrong {
  const kind = random.next();
  const nothing = { headers: {}, raw: "" };
  if (kind < 0.08) return { method: "GET", path: `/v1/runs?${pick(random, QUERIES)}`, ...nothing };
  if (kind < 0.14) return { method: pick(random, METHODS), path: pick(random, PATHS), ...nothing };
  if (kind < 0.2) {
    const place = encodeURIComponent(pick(random, ["..", "run_", "\u0000", "run_x'--", "%2e%2e", "é".repeat(50)]));
    return {
      method: "GET",
      path: `/v1/runs/${place}${pick(random, ["", "/events", "/decisions", "/decisions/-1"])}`,
      ...nothing,
    };
  }
  if (kind < 0.24) {
    const headers = { "last-event-id": pick(random, ["-1", "x", "1.5", "9".repeat(30)]) };
    return { method: "GET", path: "/v1/runs/run_aaaaaaaa/events", headers, raw: "" };
  }
  if (kind < 0.28)
    return {
      method: "POST",
      path: `/v1/runs?wait=${pick(random, ["1", "yes", ""])}`,
      headers: { "content-type": "application/json" },
      raw: '{"goal":"x"}',
    };
  const { type, raw } = pick(random, BODIES)(random);
  return { method: "POST", path: pick(random, PATHS), headers: { "content-type": type }, raw };
}

/** With a code in a problem; what went wrong is told, not how. */
function expectRefused(status: number, text: string, asked: Wrong): void {
  const what = `${asked.method} ${asked.path} ${JSON.stringify(asked.headers)} ${String(asked.raw).slice(0, 200)} → ${status} ${text.slice(0, 300)}`;
  expect(status, what).toBeGreaterThanOrEqual(400);
  expect(status, what).toBeLessThan(500);
  expect(text, what).toMatch(/"code":"[A-Z_]+"/);
  expect(text, what).not.toMatch(/node_modules|\.ts:\d/);
}

describe("wrong requests", () => {
  test(`${IN_PROCESS} in this process`, async () => {
    const world = createServerWorld();
    const random = seededRandom(SEED);
    for (let count = 0; count < IN_PROCESS; count++) {
      const asked = wrongRequest(random);
      const { method, path, headers, raw } = asked;
      const response = await world.app.fetch(requestOf(method, path, { headers, ...(raw === "" ? {} : { raw }) }));
      expectRefused(response.status, await response.text(), asked);
    }
    expect(world.faults).toEqual([]);
    expect((await world.runtime.runs.list()).items).toEqual([]);
  }, 120_000);

  test(`${ON_SOCKETS} over sockets`, async () => {
    const world = await createSocketWorld();
    const random = seededRandom(SEED + 1);
    for (let count = 0; count < ON_SOCKETS; count++) {
      const asked = wrongRequest(random);
      const { method, path, headers, raw } = asked;
      const response = await fetch(`${world.server.url}${path}`, {
        method,
        headers: { authorization: `Bearer ${TOKEN}`, ...headers },
        ...(raw === "" ? {} : { body: raw }),
      });
      expectRefused(response.status, await response.text(), asked);
    }
    expect(world.faults).toEqual([]);
    expect((await world.runtime.runs.list()).items).toEqual([]);
  }, 120_000);
});
