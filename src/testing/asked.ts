/** Assertions on what a model double was asked. Owns: their words. Must not: know any test runner. */
import { AssertionError } from "node:assert";
import type { AnswerFormat, ModelRequest } from "../model/model.ts";
import { cutText } from "../shared/cut-text.ts";

/** What must hold; texts match as a part, patterns anywhere. */
export interface AskedExpectation {
  /** How many calls there were. */
  count?: number;
  /** Which call is meant, from 1; without it one call must meet all that follows. */
  call?: number;
  system?: string | RegExp;
  /** In the text of any message. */
  message?: string | RegExp;
  /** In neither the system text nor any message of the calls that are meant. */
  never?: string | RegExp;
  format?: AnswerFormat["kind"];
}

/** Throws an AssertionError that lists what was asked. */
export function expectAsked(requests: readonly ModelRequest[], expected: AskedExpectation): void {
  const { count, call, never, ...wanted } = expected;
  if (count !== undefined && count !== requests.length) {
    throw failure(`The model was to be asked ${times(count)}, but was asked ${times(requests.length)}.`, requests);
  }
  const meant = call === undefined ? requests : requests.slice(call - 1, call);
  if (call !== undefined && meant.length === 0) {
    throw failure(`There is no call ${call}; the model was asked ${times(requests.length)}.`, requests);
  }
  if (never !== undefined && meant.some((request) => holds(allText(request), never))) {
    throw failure(`The model was asked with ${show(never)}, which it was never to see.`, requests);
  }
  if (Object.keys(wanted).length === 0 || meant.some((request) => meets(request, wanted))) return;
  const which = call === undefined ? "No call" : `Call ${call}`;
  throw failure(`${which} ${call === undefined ? "has" : "lacks"} ${describe(wanted)}.`, requests);
}

type Wanted = Pick<AskedExpectation, "system" | "message" | "format">;

function meets(request: ModelRequest, { system, message, format }: Wanted): boolean {
  if (system !== undefined && !holds(systemText(request), system)) return false;
  if (message !== undefined && !holds(messageText(request), message)) return false;
  return format === undefined || request.format.kind === format;
}

/** Without the state that a `g` or `y` pattern keeps. */
function holds(text: string, wanted: string | RegExp): boolean {
  return typeof wanted === "string" ? text.includes(wanted) : text.search(wanted) >= 0;
}

function systemText({ system }: ModelRequest): string {
  return system.map(({ text }) => text).join("\n");
}

function messageText({ messages }: ModelRequest): string {
  return messages.flatMap(({ parts }) => parts.map(({ text }) => text)).join("\n");
}

function allText(request: ModelRequest): string {
  return `${systemText(request)}\n${messageText(request)}`;
}

function describe({ system, message, format }: Wanted): string {
  const parts: string[] = [];
  if (system !== undefined) parts.push(`${show(system)} in its system text`);
  if (message !== undefined) parts.push(`${show(message)} in a message`);
  if (format !== undefined) parts.push(`the format '${format}'`);
  return parts.join(", and ");
}

function show(wanted: string | RegExp): string {
  return typeof wanted === "string" ? JSON.stringify(wanted) : String(wanted);
}

function times(count: number): string {
  return count === 1 ? "once" : `${count} times`;
}

function failure(problem: string, requests: readonly ModelRequest[]): AssertionError {
  const lines = requests.map(
    (request, place) =>
      `  ${place + 1}. ${request.format.kind}; system ${excerpt(systemText(request))}; messages ${excerpt(messageText(request))}`,
  );
  return new AssertionError({ message: [problem, ...lines].join("\n") });
}

function excerpt(text: string): string {
  return JSON.stringify(cutText(text, 200));
}
