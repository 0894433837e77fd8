/**
 * Runs before every test file: no test reaches anything but this machine, whatever it forgets to replace. Owns: the block
 * where connections are made and where names are resolved, below whatever replaces `fetch` or sockets (msw does).
 * Child processes are not covered; they get no keys (vitest.config.ts).
 */
import dns from "node:dns";
import { syncBuiltinESMExports } from "node:module";
import { Socket } from "node:net";
import { constants } from "node:os";

const LOOPBACK = /^(?:localhost|127(?:\.\d{1,3}){3}|::1|::ffff:127(?:\.\d{1,3}){3})$/i;

type Method = (this: unknown, ...given: unknown[]) => unknown;

/** The class of the system's own connections, which nothing exports: sockets of TLS, HTTP and fetch all use it. */
function connectionMethods(): Record<string, Method> {
  const socket = new Socket().on("error", () => {}).connect(9, "127.0.0.1");
  const handle: unknown = Reflect.get(socket, "_handle");
  // Before the connection is tried.
  socket.destroy();
  if (typeof handle !== "object" || handle === null) throw new Error("This Node makes connections in another way.");
  return Object.getPrototypeOf(handle) as Record<string, Method>;
}

function replace(owner: object, name: string, make: (original: Method) => Method): void {
  const methods = owner as Record<string, Method>;
  const original = methods[name];
  if (original !== undefined) methods[name] = make(original);
}

const connections = connectionMethods();
for (const name of ["connect", "connect6"]) {
  replace(connections, name, (original) => {
    return function guarded(this: unknown, ...given) {
      const address = String(given[1]);
      return LOOPBACK.test(address) ? Reflect.apply(original, this, given) : -constants.errno.ECONNREFUSED;
    };
  });
}

function refusal(host: string): Error {
  const message = `Tests must not reach '${host}': use msw, a server on 127.0.0.1, or a fetch of your own.`;
  return Object.assign(new Error(message), { code: "ENOTFOUND" });
}

/** With a callback or as a promise, as the module has both. */
function guardNames(owner: object, name: string, isPromise: boolean): void {
  replace(owner, name, (original) => {
    return function guarded(this: unknown, ...given) {
      const [host] = given;
      if (typeof host !== "string" || LOOPBACK.test(host)) return Reflect.apply(original, this, given);
      if (isPromise) return Promise.reject(refusal(host));
      const done = given.at(-1) as (error: Error) => void;
      process.nextTick(() => done(refusal(host)));
      return {};
    };
  });
}

const RESOLVERS = [
  [dns, false],
  [dns.Resolver.prototype, false],
  [dns.promises, true],
  [dns.promises.Resolver.prototype, true],
] as const;
for (const name of ["lookup", "resolve", "resolve4", "resolve6", "resolveAny", "resolveTxt", "resolveSrv"]) {
  for (const [owner, isPromise] of RESOLVERS) guardNames(owner, name, isPromise);
}

// Names that were imported one by one are copies until this.
syncBuiltinESMExports();
