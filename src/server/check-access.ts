/**
 * Who may ask what (SAFETY, security rule 8): the Host that a request names, the page that it comes from, its token.
 * Owns: the order Host → Origin → token, so that a foreign page learns nothing, not even whether its token is right.
 */
import { isIP } from "node:net";
import { PlanwrightError } from "../error/planwright-error.ts";
import { isSameToken } from "./access-token.ts";

export interface Access {
  token: string;
  /** Whether a host name (without port, in lower case) is one of this server's. */
  isOwnHost: (name: string) => boolean;
}

const LOOPBACK: ReadonlySet<string> = new Set(["localhost", "127.0.0.1", "[::1]"]);
const WILDCARDS: ReadonlySet<string> = new Set(["0.0.0.0", "::", "[::]"]);

/** Whether binding to this address can be reached from this machine only. */
export function isLoopback(host: string): boolean {
  const name = bracketed(host.toLowerCase());
  return LOOPBACK.has(name) || /^127(\.\d{1,3}){3}$/.test(name);
}

/**
 * A server bound to every address can't know its names: addresses are taken then, since only a name can be made to
 * point elsewhere (DNS rebinding); names have to be given.
 */
export function ownHosts(host: string, names: readonly string[]): Access["isOwnHost"] {
  const own = new Set([...LOOPBACK, bracketed(host.toLowerCase()), ...names.map((name) => name.toLowerCase())]);
  const isEverywhere = WILDCARDS.has(host);
  return (name) => own.has(name) || (isEverywhere && isIP(name.replace(/^\[(.*)\]$/, "$1")) !== 0);
}

function bracketed(host: string): string {
  return isIP(host) === 6 ? `[${host}]` : host;
}

/** Throws FORBIDDEN. For every request, also those that need no token. */
export function checkOrigin(request: Request, access: Access): void {
  const { headers } = request;
  const host = headers.get("host") ?? "";
  const named = new URL(request.url).hostname; // A request line may name a host of its own.
  if (!access.isOwnHost(hostName(host)) || !access.isOwnHost(named)) {
    throw new PlanwrightError("FORBIDDEN", "This server does not answer to that host name.", {
      hint: "Use the address that the server printed when it started, or start it with --allow-host NAME.",
    });
  }
  const origin = headers.get("origin");
  const isForeign = origin !== null && !isSameOrigin(origin, host);
  const site = headers.get("sec-fetch-site");
  const isCrossSite = site !== null && site !== "same-origin" && site !== "none";
  if (isForeign || (isCrossSite && !isNavigation(request))) {
    throw new PlanwrightError("FORBIDDEN", "Requests from pages of another origin are refused.", {
      hint: "Use a page of this server, or a program that sends no Origin.",
    });
  }
}

/** A link to a page may be followed from anywhere: the page holds no data. */
function isNavigation({ method, headers }: Request): boolean {
  return method === "GET" && headers.get("sec-fetch-mode") === "navigate";
}

/** `Host` without its port; empty for what is no host. */
function hostName(host: string): string {
  return /^(\[[0-9a-f:.]+\]|[a-z0-9._-]+)(?::\d{1,5})?$/.exec(host.toLowerCase())?.[1] ?? "";
}

function isSameOrigin(origin: string, host: string): boolean {
  const [, authority = ""] = /^https?:\/\/([^/]+)$/.exec(origin.toLowerCase()) ?? [];
  return authority !== "" && authority === host.toLowerCase();
}

/** Throws UNAUTHENTICATED. */
export function checkToken({ headers }: Request, access: Access): void {
  const [, given = ""] = /^Bearer +(\S+)$/i.exec(headers.get("authorization") ?? "") ?? [];
  if (given !== "" && isSameToken(given, access.token)) return;
  throw new PlanwrightError("UNAUTHENTICATED", given === "" ? "A token is needed." : "The token is not right.", {
    hint: "Send 'Authorization: Bearer TOKEN' with the server's token: that of --token or PLANWRIGHT_TOKEN, else the one in the file server-token of its store.",
  });
}
