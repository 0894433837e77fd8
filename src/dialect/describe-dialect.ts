/**
 * How to write a decision in a dialect, for the prompt. Owns: what depends on the dialect's shape, and only that: it
 * stands beside the schemas and decoders because it changes with them. What makes a good plan is said in prompts/.
 */
import type { DialectName } from "./dialect.ts";

const SHELL = `Answer with one JSON object and nothing else, with all of these fields, in this order:
kind: "plan", "finish", "ask" or "abandon". rationale: why, in a sentence or two. steps: the steps of a plan, else []. then: "finish", or "replan" to be asked again after the steps.
output: the result, one entry for each of its parts, [] for none; an entry named "*" is the whole result where that is no object. message: the question of "ask" or the reason of "abandon", else "".
An entry is {"name", "as", "value"}; value is always a text, and as says how to read it: "ref" a path, "template" a text with {{path}} in it, "text" a text as it is, "json" any other value as JSON, which may hold forms: {"ref": "a.b", "default": 0}, [{"ref": "a.b"}, 1].`;

const MORE = `more: [], or entries {"name", "value"} whose value is JSON as a text: "after" ["id"], "when" a condition, "forEach" {"items": …, "max": n}, "onFailure" "skip".`;

const ENTRIES = `${SHELL}
A step is {"tool", "id", "input", "more"}. input: one entry for each input that is given. ${MORE}
For a tool shout(text: string, times?: integer):
{"tool": "shout", "id": "loud", "input": [{"name": "text", "as": "ref", "value": "item.title"}, {"name": "times", "as": "json", "value": "2"}], "more": [{"name": "forEach", "value": "{\\"items\\": {\\"ref\\": \\"list.items\\"}, \\"max\\": 10}"}]}`;

const VARIANTS = `${SHELL}
A step is {"tool", "id", "input", "more"}. input has every input of the tool: a value of its own type, {"ref": path}, {"template": text with {{path}}}, or {"json": any other value as JSON, which may hold forms}; null where an optional input is left out ({"json": "null"} for null itself). ${MORE}
For a tool shout(text: string, times?: integer, tags?: string[]):
{"tool": "shout", "id": "loud", "input": {"text": {"template": "Hear: {{item.title}}"}, "times": 2, "tags": null}, "more": [{"name": "forEach", "value": "{\\"items\\": {\\"ref\\": \\"list.items\\"}, \\"max\\": 10}"}]}`;

const TEXT = `Answer with one JSON object and nothing else:
{"kind": "plan", "rationale", "steps": [ … ], "then": "finish" or "replan", "output": the result, built from forms}, {"kind": "finish", "rationale", "output"}, {"kind": "ask", "rationale", "question"} or {"kind": "abandon", "rationale", "reason"}.
A step is {"id", "tool", "input"}, and where needed "after": ["id"], "when": a condition, "forEach": {"items": …, "max": n}, "onFailure": "skip". input has each input that is given; a value is JSON, in which {"ref": path}, {"ref": path, "default": value} and {"template": text with {{path}}} are forms and {"literal": …} is anything as it is. Leave out what is not needed.
For a tool shout(text: string, times?: integer):
{"id": "loud", "tool": "shout", "input": {"text": {"ref": "item.title"}, "times": 2}, "forEach": {"items": {"ref": "list.items"}, "max": 10}}`;

const DESCRIPTIONS: Readonly<Record<DialectName, string>> = {
  variants: VARIANTS,
  entries: ENTRIES,
  tool: ENTRIES.replace("Answer with one JSON object and nothing else, with", "Call the tool submit_plan, with"),
  text: TEXT,
};

/** A short explanation with one step as an example, which is the last line. The same bytes every time. */
export function describeDialect(name: DialectName): string {
  return DESCRIPTIONS[name];
}
