/** What is refused, and how it is told (SAFETY, security rule 8). */
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { connect } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, onTestFinished, test } from "vitest";
import { runCli } from "../../src/cli/run-cli.ts";
import { createRuntime } from "../../src/create-runtime.ts";
import { isSameToken, keepToken, TOKEN_FILE } from "../../src/server/access-token.ts";
import { ownHosts } from "../../src/server/check-access.ts";
import { hasMoreValues } from "../../src/server/count-values.ts";
import { startServer } from "../../src/server/start-server.ts";
import { systemClock } from "../../src/shared/clock.ts";
import { createFakeTool } from "../../src/testing/fake-tool.ts";
import { call, fakeTerminal } from "../cli/fake-terminal.ts";
import { createSocketWorld, head } from "./raw-request.ts";
import { createServerWorld, HOST, TOKEN } from "./server-world.ts";

const BODY = { goal: "x" };

describe("who may ask", () => {
  test.each([
    ["none", null],
    ["another", "another-token-of-some-length"],
    ["a beginning of the right one", TOKEN.slice(0, -1)],
    ["one more character", `${TOKEN}x`],
  ])("a token is needed: %s is UNAUTHENTICATED, also for paths that are not there", async (_, token) => {
    const world = createServerWorld();
    for (const path of ["/v1/runs", "/v1/tools", "/openapi.json", "/metrics", "/nothing"]) {
      const answer = await world.ask("GET", path, { token });
      expect([path, answer.status, answer.json().code]).toEqual([path, 401, "UNAUTHENTICATED"]);
      expect(answer.headers.get("www-authenticate")).toContain("Bearer");
    }
    const started = await world.ask("POST", "/v1/runs", { token, body: BODY });
    expect(started.status).toBe(401);
    expect((await world.runtime.runs.list()).items).toEqual([]);
  });

  test.each([
    ["Basic", `Basic ${TOKEN}`],
    ["bare", TOKEN],
    ["two", `Bearer ${TOKEN} ${TOKEN}`],
  ])("an authorization that is %s is UNAUTHENTICATED", async (_, authorization) => {
    const world = createServerWorld();
    expect((await world.ask("GET", "/v1/runs", { token: null, headers: { authorization } })).status).toBe(401);
  });

  test("health needs none and tells nothing", async () => {
    const world = createServerWorld();
    expect((await world.ask("GET", "/healthz", { token: null })).json()).toEqual({ status: "alive" });
    expect((await world.ask("GET", "/readyz", { token: null })).json()).toEqual({ status: "ready" });
  });

  test.each([
    "evil.example",
    "evil.example:7420",
    "127.0.0.1.evil.example",
    "",
    "localhost:x",
    "127.0.0.1@evil.example",
  ])("a foreign Host (%s) is FORBIDDEN, with the right token and on every path", async (host) => {
    const world = createServerWorld();
    for (const path of ["/v1/runs", "/healthz", "/nothing"]) {
      const answer = await world.ask("GET", path, { headers: { host } });
      expect([path, answer.status, answer.json().code]).toEqual([path, 403, "FORBIDDEN"]);
    }
  });

  test("its own names are answered to, addresses only where it listens everywhere", () => {
    const own = ownHosts("127.0.0.1", ["my.machine"]);
    expect(["localhost", "127.0.0.1", "[::1]", "my.machine"].map(own)).toEqual([true, true, true, true]);
    expect(["192.0.2.1", "other.machine"].map(own)).toEqual([false, false]);
    const everywhere = ownHosts("0.0.0.0", []);
    expect(["192.0.2.1", "[2001:db8::1]", "other.machine"].map(everywhere)).toEqual([true, true, false]);
  });

  test.each([
    ["another origin", { origin: "https://evil.example" }],
    ["another port", { origin: "http://127.0.0.1:9999" }],
    ["an opaque origin", { origin: "null" }],
    ["a cross-site fetch", { "sec-fetch-site": "cross-site", "sec-fetch-mode": "no-cors" }],
    ["a same-site fetch of another origin", { "sec-fetch-site": "same-site", "sec-fetch-mode": "cors" }],
  ])("a page of %s is FORBIDDEN before its token is looked at", async (_, headers) => {
    const world = createServerWorld();
    for (const token of [TOKEN, null]) {
      const answer = await world.ask("POST", "/v1/runs", { token, headers, body: BODY });
      expect([answer.status, answer.json().code]).toEqual([403, "FORBIDDEN"]);
    }
    expect((await world.runtime.runs.list()).items).toEqual([]);
  });

  test("a page of its own is let in", async () => {
    const world = createServerWorld();
    const headers = { origin: `http://${HOST}`, "sec-fetch-site": "same-origin", "sec-fetch-mode": "cors" };
    expect((await world.ask("GET", "/v1/runs", { headers })).status).toBe(200);
  });
});

describe("paths", () => {
  test.each([
    "../../etc/passwd",
    "..%2f..%2fetc%2fpasswd",
    "%2e%2e",
    "run_..%2fx",
    "run_AAAAAAAA",
    "%00",
    "%ff",
    "run_a'b",
    "run_",
  ])("a run called %s is NOT_FOUND", async (id) => {
    const world = createServerWorld();
    for (const rest of ["", "/events", "/decisions", "/decisions/1"]) {
      const answer = await world.ask("GET", `/v1/runs/${id}${rest}`);
      expect([rest, answer.status]).toEqual([rest, 404]);
    }
    for (const word of ["approve", "cancel", "resume"]) {
      expect((await world.ask("POST", `/v1/runs/${id}/${word}`)).status).toBe(404);
    }
    expect((await world.ask("GET", `/v1/tools/${id}`)).status).toBe(404);
    expect((await world.ask("GET", `/v1/prompts/${id}`)).status).toBe(404);
    expect(world.faults).toEqual([]);
  });

  test("another method is METHOD_NOT_ALLOWED and says which is", async () => {
    const world = createServerWorld();
    for (const [method, path, allow] of [
      ["PUT", "/v1/runs", "POST, GET"],
      ["DELETE", "/v1/runs/run_aaaaaaaa", "GET"],
      ["GET", "/v1/runs/run_aaaaaaaa/cancel", "POST"],
      ["POST", "/healthz", "GET"],
      ["OPTIONS", "/v1/plans", "POST"],
    ] as const) {
      const answer = await world.ask(method, path);
      expect([answer.status, answer.json().code, answer.headers.get("allow")]).toEqual([
        405,
        "METHOD_NOT_ALLOWED",
        allow,
      ]);
    }
  });
});

describe("bodies", () => {
  test("of another type are UNSUPPORTED_MEDIA_TYPE", async () => {
    const world = createServerWorld();
    for (const type of [
      "text/plain",
      "application/x-www-form-urlencoded",
      "application/xml",
      "",
      "application/json-patch+json",
    ]) {
      const headers = { "content-type": type };
      const answer = await world.ask("POST", "/v1/runs", {
        raw: new TextEncoder().encode(JSON.stringify(BODY)),
        headers,
      });
      expect([type, answer.status, answer.json().code]).toEqual([type, 415, "UNSUPPORTED_MEDIA_TYPE"]);
    }
    const form = new FormData();
    form.set("request", "{}");
    expect((await world.ask("POST", "/v1/runs/run_aaaaaaaa/cancel", { raw: form })).status).toBe(415);
    const packed = await world.ask("POST", "/v1/runs", { body: BODY, headers: { "content-encoding": "gzip" } });
    expect(packed.status).toBe(415);
  });

  test("over 8 MiB with documents, over 1 MiB elsewhere, are BODY_TOO_LARGE, whatever length they declare", async () => {
    const world = createServerWorld();
    const answers: [string, number][] = [
      ["/v1/runs", 8 * 2 ** 20 + 1],
      ["/v1/plans", 8 * 2 ** 20 + 1],
      ["/v1/runs/run_aaaaaaaa/answer", 2 ** 20 + 1],
    ];
    for (const [path, bytes] of answers) {
      const body = JSON.stringify({ answer: "" });
      const raw = `${body.slice(0, -2)}${"x".repeat(bytes - body.length)}"}`;
      const answer = await world.ask("POST", path, { raw, headers: { "content-type": "application/json" } });
      expect([path, answer.status, answer.json().code]).toEqual([path, 413, "BODY_TOO_LARGE"]);
    }
    const declared = { "content-type": "application/json", "content-length": "99999999999" };
    expect((await world.ask("POST", "/v1/runs", { raw: "{}", headers: declared })).status).toBe(413);
    const text = "a word ".repeat(150_000);
    const fits = await world.ask("POST", "/v1/plans", { body: { goal: "Count", document: { name: "a.txt", text } } });
    expect(fits.status).toBe(200);
  });

  test("over 1 MiB beside the contents of documents are BODY_TOO_LARGE, in forms too", async () => {
    const world = createServerWorld();
    const params = { text: "a word ".repeat(160_000) };
    const form = new FormData();
    form.set("request", JSON.stringify({ ...BODY, params }));
    for (const asking of [{ body: { ...BODY, params } }, { body: { ...BODY, document: params } }, { raw: form }]) {
      const answer = await world.ask("POST", "/v1/runs", asking);
      const isDocument = "body" in asking && "document" in asking.body;
      expect([answer.status, answer.json().code]).toEqual(isDocument ? [400, "VALIDATION"] : [413, "BODY_TOO_LARGE"]);
    }
  });

  test.each([
    ["empty objects", () => `{"goal":"x","params":{"a":[${Array(60_000).fill("{}").join(",")}]}}`],
    ["numbers", () => `{"goal":"x","params":{"a":[${Array(120_000).fill("1").join(",")}]}}`],
    ["fields", () => `{"goal":"x"${Array.from({ length: 101_000 }, (_, n) => `,"${n}":1`).join("")}}`],
    ["lists that are never closed", () => "[".repeat(200_000)],
  ])("of too many values (%s) are BODY_TOO_LARGE before anything is made of them", async (_, raw) => {
    const world = createServerWorld();
    const headers = { "content-type": "application/json" };
    const answer = await world.ask("POST", "/v1/runs", { raw: raw(), headers });
    expect([answer.status, answer.json().code]).toEqual([413, "BODY_TOO_LARGE"]);
    expect(answer.json().detail).toContain("100,000 values");
  });
});

describe("the count of values", () => {
  const many = (text: string, most: number) => hasMoreValues(new TextEncoder().encode(text), most);

  test("is that of the values, whatever stands in texts", () => {
    for (const value of [1, "a,[{", 'a\\",[{\\', [1, 2, 3], { a: { b: [1, "€,{"] }, c: null }]) {
      const text = JSON.stringify(value);
      const count = countOf(value);
      expect([text, many(text, count), many(text, count - 1)]).toEqual([text, false, true]);
    }
    expect(many('"never closed, [[[[', 1)).toBe(false);
  });
});

function countOf(value: unknown): number {
  const parts = typeof value === "object" && value !== null ? Object.values(value) : [];
  return parts.reduce((sum: number, part) => sum + countOf(part), 1);
}

describe("on a socket", () => {
  test("a body that comes too slowly is 408, and headers that are too many 431", async () => {
    const { send, faults } = await createSocketWorld(
      {},
      { limits: { headersMs: 300, requestMs: 600, headerBytes: 4_096 } },
    );
    const slow = await send(
      head("POST /v1/runs", { "content-type": "application/json", "content-length": 100 }),
      '{"goal":',
    );
    expect(slow).toMatch(/^HTTP\/1\.1 408 [\s\S]*application\/problem\+json[\s\S]*"code":"VALIDATION"/);
    expect(await send("GET / HTTP/1.1\r\nhost: ")).toMatch(/^HTTP\/1\.1 408 /);
    expect(await send(head("GET /healthz", { x: "y".repeat(5_000) }))).toMatch(
      /^HTTP\/1\.1 431 [\s\S]*"code":"VALIDATION"/,
    );
    expect(faults).toEqual([]);
  });

  test("a client that reads nothing of a large answer is cut off, one that reads gets all of it", async () => {
    const { port, send, runtime, faults } = await createSocketWorld({}, { limits: { stallMs: 200 } });
    const plan = { kind: "plan", rationale: "r", steps: [], output: { ref: "params.text" } };
    const { id } = await runtime.run({ goal: "x", plan, params: { text: "x".repeat(7_500_000) } });
    const asking = head(`GET /v1/runs/${id}`);
    expect((await send(asking)).length).toBeGreaterThan(7_500_000);
    const socket = connect(port, "127.0.0.1");
    let got = 0;
    socket.on("data", (bytes) => {
      got += bytes.length;
    });
    socket.on("error", () => {});
    const closed = new Promise((resolve) => socket.on("close", resolve));
    socket.once("data", () => {
      socket.pause(); // From the first byte on, which comes once the whole answer was made.
      systemClock.setTimer(2_000, () => socket.resume());
    });
    socket.write(asking);
    await closed;
    expect(got).toBeLessThan(7_500_000);
    expect(faults).toEqual([]);
  });

  test("an answer that takes longer than that to be made is waited for", async () => {
    const slow = createFakeTool({ name: "slow", delayMs: 400 });
    const { send } = await createSocketWorld({ tools: [slow] }, { limits: { stallMs: 50 } });
    const plan = { kind: "plan", rationale: "r", steps: [{ id: "a", tool: "slow", input: {} }] };
    const body = JSON.stringify({ goal: "x", plan });
    const headers = { "content-type": "application/json", "content-length": Buffer.byteLength(body) };
    expect(await send(head("POST /v1/runs?wait=true", headers), body)).toMatch(
      /^HTTP\/1\.1 200 [\s\S]*"status":"completed"/,
    );
  });

  test.each([
    ["no HTTP at all", "hello\r\n\r\n", 400],
    ["no Host", `GET /healthz HTTP/1.1\r\nconnection: close\r\n\r\n`, 400],
    ["two lengths", head("POST /v1/runs", { "content-length": "1\r\ncontent-length: 2" }), 400],
    ["a length and chunks", head("POST /v1/runs", { "content-length": 3, "transfer-encoding": "chunked" }), 400],
    ["another address in the line", head("GET http://evil.example/v1/runs"), 403],
    ["a path that climbs", head("GET /v1/runs/../../../etc/passwd"), 404],
  ])("%s is answered with a problem", async (_, text, status) => {
    const { send, faults } = await createSocketWorld();
    const answer = await send(text);
    expect(answer).toMatch(new RegExp(`^HTTP/1\\.1 ${status} `));
    expect(answer).not.toMatch(/ at .*\.ts:/);
    expect(faults).toEqual([]);
  });
});

describe("the token", () => {
  function folder(): string {
    const made = mkdtempSync(join(tmpdir(), "planwright-token-"));
    onTestFinished(() => rmSync(made, { recursive: true, force: true }));
    return made;
  }

  test("is made once, kept for its owner's eyes only, and the same at the next start", () => {
    const root = join(folder(), "store");
    const first = keepToken(root);
    const second = keepToken(root);
    expect([first.isNew, second.isNew]).toEqual([true, false]);
    expect(second.token).toBe(first.token);
    expect(first.token).toMatch(/^[\w-]{43}$/);
    expect(statSync(join(root, TOKEN_FILE)).mode & 0o777).toBe(0o600);
    expect(keepToken(join(folder(), "store")).token).not.toBe(first.token);
  });

  test("in a damaged file is not used", () => {
    const root = folder();
    writeFileSync(join(root, TOKEN_FILE), "short\n");
    const hint = expect.stringContaining("Remove the file");
    expect(() => keepToken(root)).toThrow(expect.objectContaining({ code: "CONFIG_INVALID", hint }));
  });

  test("is in its place whole or not at all, wherever its making broke off", () => {
    const root = folder();
    const temporary = join(root, `${TOKEN_FILE}.${process.pid}.tmp`);
    writeFileSync(temporary, "");
    const { token } = keepToken(root);
    expect(readFileSync(join(root, TOKEN_FILE), "utf8")).toBe(`${token}\n`);
    expect(readdirSync(root)).toEqual([TOKEN_FILE]);
    expect(keepToken(root)).toMatchObject({ token, isNew: false });
  });

  test("of one's own that is too short is told with where it came from, and a port that is none at once", async () => {
    for (const [flags, env, where] of [
      [["--token", "abc"], {}, "--token"],
      [[], { PLANWRIGHT_TOKEN: "abc" }, "PLANWRIGHT_TOKEN"],
    ] as const) {
      const { json } = await call(["serve", ...flags, "--port", "0", "--json", "--model", "offline"], { env });
      expect(json()).toMatchObject({ code: "CONFIG_INVALID", hint: expect.stringContaining(`Without ${where}`) });
    }
    const { code, json } = await call(["serve", "--port", "99999", "--json", "--model", "offline"]);
    expect([code, JSON.stringify(json())]).toEqual([2, expect.stringContaining("65535 or less")]);
  });

  test("is compared whole", () => {
    expect([isSameToken("abc", "abc"), isSameToken("abc", "abd"), isSameToken("ab", "abc")]).toEqual([
      true,
      false,
      false,
    ]);
  });

  test("of one's own is needed to listen elsewhere than on this machine", async () => {
    const runtime = createRuntime({ store: "unused" });
    const options = { runtime, prompts: () => [], onFault: () => {}, token: TOKEN, port: 0 };
    for (const host of ["0.0.0.0", "::", "192.0.2.1", "example.org"]) {
      const started = startServer({ ...options, host, isTokenGiven: false });
      await expect(started).rejects.toMatchObject({ code: "CONFIG_INVALID", hint: expect.stringContaining("--token") });
    }
    await runtime.close();
    const { code, json } = await call(["serve", "--host", "0.0.0.0", "--port", "0", "--json", "--model", "offline"]);
    expect([code, (json() as { code: string }).code]).toEqual([2, "CONFIG_INVALID"]);
  });

  test("is told by serve --json in its first line, and opens the server until it is told to end", async () => {
    const terminal = fakeTerminal();
    const done = runCli(["serve", "--port", "0", "--json", "--model", "offline"], terminal);
    while (!terminal.out().includes("\n")) await new Promise(setImmediate);
    const { url, token, inspector } = JSON.parse(terminal.out()) as Record<string, string>;
    expect(inspector).toBe(`${url}/#token=${token}`);
    expect(readFileSync(join(terminal.cwd, ".planwright", TOKEN_FILE), "utf8").trim()).toBe(token);
    const answer = await fetch(`${url}/v1/runs`, { headers: { authorization: `Bearer ${token}` } });
    expect(await answer.json()).toEqual({ items: [], next: null });
    terminal.signal("SIGTERM");
    expect(await done).toBe(0);
    await expect(fetch(`${url}/healthz`)).rejects.toThrow("fetch failed");
    expect(existsSync(join(terminal.cwd, ".planwright", TOKEN_FILE))).toBe(true);
  });
});
