/** Texts as models and accidents write them, with what is known about how they must be taken. */
import type { JsonObject } from "../../src/shared/json.ts";
import type { Dice } from "./dice.ts";

export interface HostileText {
  how: string;
  text: string;
  /** `same`: means the decision it was made from; `none`: no decision at all; null: anything but a crash. */
  means: "same" | "none" | null;
}

/** Ways to write a decision that mean it. */
export function wrappedTexts(decision: JsonObject): HostileText[] {
  const text = JSON.stringify(decision);
  const pretty = JSON.stringify(decision, null, 2);
  const same = (how: string, wrapped: string): HostileText => ({ how, text: wrapped, means: "same" });
  return [
    same("plain", text),
    same("pretty", pretty),
    same("byte order mark", `\uFEFF${text}`),
    same("white space", `\n\t ${text}\r\n `),
    same("fence", `\`\`\`json\n${pretty}\n\`\`\``),
    same("prose and fence", `Here is the plan:\n\n\`\`\`\n${pretty}\n\`\`\`\nDone.`),
    same("prose", `I think {this} is best: ${text} — good luck!`),
    same("trailing commas", pretty.replace(/([\]}"0-9a-z])\n(\s*[\]}])/g, "$1,\n$2")),
    same("a string of JSON", JSON.stringify(text)),
    same("the key twice, the last counts", `{"rationale": 5, ${text.slice(1)}`),
  ];
}

/** Ends in the middle: it must never be taken for a decision, whatever a repair could make of it. */
export function truncatedText(decision: JsonObject, length: number, isFenced = false): HostileText {
  const text = JSON.stringify(decision);
  const cut = text.slice(0, Math.min(length, text.length - 1));
  return { how: `cut after ${cut.length}`, text: isFenced ? `\`\`\`json\n${cut}` : cut, means: "none" };
}

const SPLICES = [
  "\0",
  "\uFEFF",
  "\ud800",
  "1e400",
  "-0",
  "9007199254740993",
  "NaN",
  "Infinity",
  '"',
  "'",
  "\\",
  "\\u",
  "{",
  "}",
  "[",
  "]",
  ",",
  ":",
  "//",
  "/*",
  "```",
  '"__proto__":{"a":1},',
  '"constructor":null,',
  '"kind":"ask",',
  '"steps":[],',
  "{".repeat(300),
  "[".repeat(3_000),
  '{"a":'.repeat(1_000),
  " ".repeat(5_000),
  "🙂",
];

/** A text with a few places changed, cut out or doubled. */
export function spoiledText(decision: JsonObject, dice: Dice): HostileText {
  let text = JSON.stringify(decision);
  const how: string[] = [];
  for (let change = 0; change <= dice.number(3); change++) {
    const at = dice.number(text.length + 1);
    const length = dice.chance(0.5) ? 0 : dice.number(20);
    const splice = dice.chance(0.8) ? dice.pick(SPLICES) : text.slice(at, at + dice.number(60));
    text = text.slice(0, at) + splice + text.slice(at + length);
    how.push(`${length} at ${at} by ${JSON.stringify(splice.slice(0, 12))}`);
  }
  return { how: how.join("; "), text, means: null };
}

/** Numbers that only a text can hold, in a place where the language takes any number. */
export const NUMBER_TEXTS: readonly HostileText[] = [
  "1e400",
  "-1e400",
  "-0",
  "1e-400",
  "9007199254740993",
  "0.1e1",
].map((number) => ({
  how: number,
  text: `{"kind":"finish","rationale":"r","output":${number}}`,
  means: number.includes("e400") ? "none" : null,
}));
