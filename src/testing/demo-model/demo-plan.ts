/**
 * What the demo model plans: a handful of wishes by their words, one step each. Owns: the wishes. It is a double for
 * demos, docs and tests, and says so where it knows nothing.
 */
import type { JsonObject } from "../../shared/json.ts";

interface Wish {
  words: RegExp;
  id: string;
  tool: string;
  /** What of the step's output answers the wish. */
  answer: string;
}

const WISHES: readonly Wish[] = [
  { words: /summar|gist|main points|sum up/i, id: "summary", tool: "summarize", answer: "text" },
  { words: /topic|theme/i, id: "topics", tool: "extract_topics", answer: "items" },
  { words: /people|person|who|places|organi[sz]ations/i, id: "names", tool: "extract_entities", answer: "items" },
  { words: /tone|mood|sentiment/i, id: "tone", tool: "analyze_sentiment", answer: "label" },
  { words: /outline|headings|structure/i, id: "outline", tool: "outline", answer: "items" },
];

const KNOWN = "a summary, topics, people and places, the tone, an outline";

/** A decision of the plan language for a goal, with the tools that the prompt lists. */
export function demoPlan(goal: string, hasTool: (name: string) => boolean): JsonObject {
  const wishes = WISHES.filter(({ words, tool }) => words.test(goal) && hasTool(tool));
  if (wishes.length === 0) {
    const reason = `The demo model is a double, not a model: it only knows goals that ask for ${KNOWN}.`;
    return { kind: "abandon", rationale: "No wish that the double knows.", reason };
  }
  return {
    kind: "plan",
    rationale: `Demo model: one step for each wish that it knows (${wishes.map(({ id }) => id).join(", ")}).`,
    steps: wishes.map(({ id, tool }) => ({ id, tool, input: { text: { ref: "document.text" } } })),
    then: "finish",
    output: Object.fromEntries(wishes.map(({ id, answer }) => [id, { ref: `${id}.${answer}` }])),
  };
}
