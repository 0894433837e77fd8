/**
 * What the demo model answers to a chat request: a plan where it is asked for one, else what the prompts of tools want, as
 * plainly as it can be had from the text. Owns: telling the prompts apart. Must not: pretend to understand anything.
 */
import { isJsonObject, type JsonObject, type JsonValue } from "../../shared/json.ts";
import { demoPlan } from "./demo-plan.ts";
import { writeDecision } from "./write-decision.ts";

export interface DemoAnswer {
  text: string;
  /** Name of the tool whose arguments the text is; null for plain text. */
  tool: string | null;
}

/** Where the prompts `planning` have the goal; another version must keep the heading for the double to find it. */
const GOAL = /^# Goal\n+([\s\S]*?)(?:\n+# |$(?![\s\S]))/m;
const SENTENCE = /[^.!?\n]+[.!?]+/g;
const NO_SECOND_PLAN = {
  kind: "abandon",
  rationale: "The double has one plan.",
  reason: "The demo model is a double, not a model: it plans once and has no second plan.",
};

/** `body`: a chat completion request. */
export function demoAnswer(body: JsonObject): DemoAnswer {
  const messages = Array.isArray(body.messages) ? body.messages.filter(isJsonObject) : [];
  const system = textOf(messages, "system");
  const user = textOf(messages, "user");
  const tool = firstTool(body);
  const goal = GOAL.exec(user)?.[1]?.trim();
  if (goal === undefined) return { text: answerTool(system, user), tool: null };
  const isAgain = messages.some(({ role }) => role === "assistant") || /^# Settled steps$/m.test(user);
  const decision = isAgain ? NO_SECOND_PLAN : demoPlan(goal, (name) => system.includes(`${name}(`));
  return { text: writeDecision(decision, tool?.schema ?? enforcedSchema(body)), tool: tool?.name ?? null };
}

/** Name of the tool whose call is the answer, or null. */
export function namedTool(body: JsonObject): string | null {
  return firstTool(body)?.name ?? null;
}

/** A quotation that is there, and the same label for everything. */
function demoVerdict(label: string, user: string): string {
  const [text = ""] = [...user.matchAll(/`{3,}data\n([\s\S]*?)\n`{3,}/g)].at(-1)?.slice(1) ?? [];
  const quote = text.split("\n").find((line) => line.trim().length >= 8) ?? text;
  const reason = "The demo model is a double, not a model: it says this of every text.";
  return JSON.stringify({ quote: quote.trim().slice(0, 200), reason, label });
}

/** Summaries are the first sentences, a label the first one; what needs understanding is not known. */
function answerTool(system: string, user: string): string {
  const data = /`{3,}data\n([\s\S]*?)\n`{3,}/.exec(user)?.[1] ?? user;
  const count = Number(/(?:exactly|at most) (\d+) sentences/.exec(system)?.[1] ?? 2);
  if (/^You choose the one label/.test(system)) return /^Labels:\s*\n+\W*(.+)$/m.exec(user)?.[1]?.trim() ?? "";
  if (/^You answer a question/.test(system)) return '{"answer": null, "evidence": []}';
  if (/^You take facts/.test(system)) return "null";
  if (/^You judge a text by a rubric/.test(system))
    return demoVerdict(/^- (.+?): /m.exec(user)?.[1] ?? "abstain", user);
  if (/^You compare two texts/.test(system)) return demoVerdict("tie", user);
  const sentences = (data.replace(/^#.*$/gm, "").match(SENTENCE) ?? []).map((sentence) => sentence.trim());
  return sentences.slice(0, count).join(" ") || "The demo model is a double and has nothing to say to this.";
}

function textOf(messages: readonly JsonObject[], role: "system" | "user"): string {
  const own = messages.filter(
    (message) => message.role === role || (role === "system" && message.role === "developer"),
  );
  return own.map(({ content }) => contentText(content)).join("\n");
}

function contentText(content: JsonValue | undefined): string {
  if (typeof content === "string") return content;
  const parts = Array.isArray(content) ? content.filter(isJsonObject) : [];
  return parts.map(({ text }) => (typeof text === "string" ? text : "")).join("");
}

function enforcedSchema({ response_format: format }: JsonObject): JsonObject | null {
  const named = isJsonObject(format) && isJsonObject(format.json_schema) ? format.json_schema : {};
  return isJsonObject(named.schema) ? named.schema : null;
}

function firstTool({ tools }: JsonObject): { name: string; schema: JsonObject } | null {
  const [tool] = Array.isArray(tools) ? tools.filter(isJsonObject) : [];
  const called = isJsonObject(tool?.function) ? tool.function : null;
  if (called === null || typeof called.name !== "string" || !isJsonObject(called.parameters)) return null;
  return { name: called.name, schema: called.parameters };
}
