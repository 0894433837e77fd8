/** Guards the guard: a real request must be impossible, or one forgotten double spends somebody's money. */
import { promises as dnsPromises, lookup, Resolver } from "node:dns";
import { createServer } from "node:http";
import { get } from "node:https";
import { type AddressInfo, connect } from "node:net";
import { connect as connectSecurely } from "node:tls";
import { expect, test } from "vitest";

const NAMES = ["api.anthropic.com", "api.openai.com"];
/** An address for documentation (RFC 5737): nobody answers there, so that only the guard answers at once. */
const ADDRESS = "192.0.2.1";

function failureOf(emitter: { once(name: "error", listener: (error: Error) => void): unknown }): Promise<string> {
  return new Promise((resolve) => emitter.once("error", (error) => resolve(error.message)));
}

async function fetchFailure(url: string): Promise<string> {
  const thrown: unknown = await fetch(url).catch((error: unknown) => error);
  return String((thrown as Error).cause);
}

test.each(NAMES)("nothing reaches %s", async (host) => {
  expect(await failureOf(connect(443, host))).toContain("Tests must not reach");
  expect(await failureOf(connectSecurely({ port: 443, host }))).toContain("Tests must not reach");
  expect(await failureOf(get(`https://${host}/`))).toContain("Tests must not reach");
  expect(await fetchFailure(`https://${host}/v1/messages`)).toContain("Tests must not reach");
});

test("nothing reaches an address either", async () => {
  expect(await failureOf(connect({ port: 443, host: ADDRESS }))).toContain("ECONNREFUSED");
  expect(await failureOf(connectSecurely({ port: 443, host: ADDRESS }))).toContain("ECONNREFUSED");
  expect(await fetchFailure(`http://${ADDRESS}:8080/`)).toContain("ECONNREFUSED");
  expect(await failureOf(connect(443, "2001:db8::1"))).toContain("ECONNREFUSED");
});

test("no name is resolved", async () => {
  const [name = ""] = NAMES;
  await expect(dnsPromises.lookup(name)).rejects.toThrow("Tests must not reach");
  await expect(dnsPromises.resolve4(name)).rejects.toThrow("Tests must not reach");
  await expect(new dnsPromises.Resolver().resolve(name)).rejects.toThrow("Tests must not reach");
  const byCallback = (ask: (done: (error: Error | null) => void) => unknown) =>
    new Promise<string | undefined>((resolve) => ask((error) => resolve(error?.message)));
  expect(await byCallback((done) => lookup(name, done))).toContain("Tests must not reach");
  expect(await byCallback((done) => new Resolver().resolve(name, done))).toContain("Tests must not reach");
});

test("this machine is reached, by address and by name", async () => {
  const server = createServer((_, response) => response.end("here"));
  await new Promise<void>((resolve) => server.listen(0, "localhost", resolve));
  const { port } = server.address() as AddressInfo;
  expect(await (await fetch(`http://localhost:${port}/`)).text()).toBe("here");
  server.closeAllConnections();
  server.close();
});
