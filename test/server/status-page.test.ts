/** The page at `/`: what it shows is text, whatever it says; nothing foreign is loaded; the token leaves the address. */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { parseHTML } from "linkedom";
import { expect, test } from "vitest";
import { createServerWorld, HOST, type ServerWorld } from "./server-world.ts";

const PAGES = join(import.meta.dirname, "../../pages");
const HOSTILE = `<img src=x onerror=alert(1)> \u202Eevil\u0007`;

test("the page and its files need no token, and may load and run nothing foreign", async () => {
  const world = createServerWorld();
  for (const path of ["/", "/status.css", "/status.js"]) {
    const answer = await world.ask("GET", path, { token: null });
    expect(answer.status).toBe(200);
    const policy = answer.headers.get("content-security-policy") ?? "";
    for (const part of ["default-src 'none'", "script-src 'self'", "trusted-types 'none'", "frame-ancestors 'none'"]) {
      expect(policy.split("; ")).toContain(part);
    }
    expect(answer.text).not.toMatch(/https?:\/\/|innerHTML|insertAdjacent|document\.write|eval\(/);
  }
  const { document } = parseHTML(readFileSync(join(PAGES, "status.html"), "utf8"));
  expect([...document.querySelectorAll("script")].map((script) => script.textContent)).toEqual([""]);
  expect(document.querySelectorAll("[style],[onclick],[onload]")).toHaveLength(0);
});

/** Runs the page's script over its own HTML, with the server in this process behind `fetch`. */
async function openPage(world: ServerWorld, hash: string) {
  const page = parseHTML(readFileSync(join(PAGES, "status.html"), "utf8"));
  const kept = new Map<string, string>();
  const address = { hash, pathname: "/" };
  const globals = {
    document: page.document,
    Node: page.Node,
    location: address,
    history: {
      replaceState: (_: unknown, __: string, path: string) => Object.assign(address, { hash: "", pathname: path }),
    },
    sessionStorage: {
      getItem: (key: string) => kept.get(key) ?? null,
      setItem: (key: string, value: string) => kept.set(key, value),
    },
    setInterval: () => 0,
    fetch: (path: string, init: RequestInit) =>
      world.app.fetch(new Request(`http://${HOST}${path}`, { headers: { ...(init.headers as object), host: HOST } })),
  };
  const script = readFileSync(join(PAGES, "status.js"), "utf8");
  const names = Object.keys(globals);
  const AsyncFunction = Object.getPrototypeOf(async () => {}).constructor as FunctionConstructor;
  await (new AsyncFunction(...names, script) as (...given: unknown[]) => Promise<void>)(...Object.values(globals));
  return { document: page.document, address, kept };
}

test("it lists runs and shows one run's steps and decisions as text", async () => {
  const world = createServerWorld();
  const steps = [{ id: "a", tool: "summarize", input: { text: "Hello there. All is well." } }];
  const plan = { kind: "plan", rationale: HOSTILE, steps, output: HOSTILE };
  await world.ask("POST", "/v1/runs?wait=true", { body: { goal: `Do ${HOSTILE}`, plan } });
  const { document, address, kept } = await openPage(world, "#token=a-token-for-tests-only");
  expect(address.hash).toBe("");
  expect(kept.get("planwright-token")).toBe("a-token-for-tests-only");
  const row = document.querySelector("#runs button");
  expect(row?.textContent).toContain("<img src=x onerror=alert(1)>");
  row?.dispatchEvent(new (document.defaultView as unknown as { Event: typeof Event }).Event("click"));
  for (let turns = 0; turns < 500 && document.querySelector("#run table") === null; turns++) {
    await new Promise(setImmediate);
  }
  const shown = document.querySelector("#run")?.textContent ?? "";
  for (const words of ["completed", "summarize", "accepted", "\\u{202e}evil\\u{7}"]) expect(shown).toContain(words);
  expect(shown).not.toMatch(/[\u202E\u0007]/);
  expect(document.querySelectorAll("img, #run script")).toHaveLength(0);
});

test("without a token, or with a wrong one, it asks for one and shows nothing", async () => {
  const world = createServerWorld();
  for (const [hash, words] of [
    ["", "A token is needed."],
    ["#token=wrong", "The token is not right."],
  ] as const) {
    const { document } = await openPage(world, hash);
    expect(document.querySelector("#notice")?.textContent).toBe(words);
    expect(document.querySelector("#access")?.hasAttribute("hidden")).toBe(false);
  }
});
