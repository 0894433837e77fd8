/**
 * Which models a request may ask for by a word. Owns: that a request can't make the server read a file (a cassette), nor
 * send the operator's key to an address of the request's choice.
 */
import { PlanwrightError } from "../error/planwright-error.ts";
import { isLoopback } from "./check-access.ts";

/** Throws FORBIDDEN. `configured`: the server's own model; null for rules. */
export function checkModelWord(word: string, configured: string | null): void {
  if (word === "offline" || word === configured || /^(anthropic|openai):/.test(word)) return;
  const address = addressOf(word);
  const own = configured === null ? null : addressOf(configured);
  if (address !== null && (address.origin === own?.origin || isLoopback(address.hostname))) return;
  if (address === null && !/^(compatible|cassette):/.test(word)) return; // No model at all: told when it is opened.
  throw new PlanwrightError("FORBIDDEN", "Requests can't choose that model.", {
    hint: "Use offline, anthropic:NAME, openai:NAME, the server's own model, or a compatible one on the server's machine.",
  });
}

/** Of `compatible:NAME@URL`. */
function addressOf(word: string): URL | null {
  const [, url = ""] = /^compatible:.+@(https?:\/\/.+)$/s.exec(word) ?? [];
  return URL.canParse(url) ? new URL(url) : null;
}
