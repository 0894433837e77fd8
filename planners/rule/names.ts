/**
 * Readable names for answers and steps. Owns: how a wish's words become a key such as `people_and_organisations`.
 * Must not: know tools beyond their names.
 */
import type { ToolDescription } from "../../src/planner/planning-request.ts";
import { stemOf } from "./stem.ts";
import { isDocumentNoun, isWeakStem, nameStems, type Token } from "./tokens.ts";
import { FILLER_WORDS, MAKING_VERBS, OPEN_VERBS, STOP_WORDS } from "./vocabulary.ts";

/** What the result of a verb is called. */
const NOUN_OF: ReadonlyMap<string, string> = new Map([
  ["summar", "summary"],
  ["analyz", "analysis"],
  ["compar", "comparison"],
  ["translat", "translation"],
  ["transl", "translation"],
  ["classif", "classification"],
  ["recommend", "recommendations"],
  ["predict", "prediction"],
  ["forecast", "forecast"],
  ["calcul", "result"],
  ["book", "booking"],
  ["search", "search"],
  ["describ", "description"],
]);

const LONGEST = 40;

/** Key of an answer, from the words that matched; the tool's name where they give none. */
export function keyOf(words: readonly Token[], tool: Pick<ToolDescription, "name" | "planning">): string {
  const answer = tool.planning?.answer?.split(".").at(-1) ?? "";
  if (answer !== "" && words.some((token) => token.kind === "word" && token.stem === stemOf(answer)))
    return snake(answer);
  const telling = words.filter(
    (token) => token.kind === "word" && !STOP_WORDS.has(token.lower) && !isWeakStem(token.stem),
  );
  const plain = telling.filter(
    (token) =>
      !/^(up|together|out|down|everything|anything)$/.test(token.lower) &&
      !MAKING_VERBS.has(token.lower) &&
      !FILLER_WORDS.has(token.lower) &&
      (!OPEN_VERBS.has(token.lower) || isDocumentNoun(token)),
  );
  const nouns = plain.filter((token) => !/.{3}ed$/.test(token.lower));
  const named = (nouns.length > 0 ? nouns : plain).map((token) => NOUN_OF.get(token.stem) ?? snake(token.lower));
  const unique = [...new Set(named.filter((word) => word !== ""))].slice(0, 4);
  const joined = unique.length === 2 && areListed(words) ? unique.join("_and_") : unique.join("_");
  return joined !== "" && joined.length <= LONGEST ? joined : nameOfTool(tool);
}

/** True where the words come from different places of the goal, as the parts of a list do. */
function areListed(words: readonly Token[]): boolean {
  const first = words[0];
  const last = words.at(-1);
  return first !== undefined && last !== undefined && last.start - first.end > 4;
}

function snake(text: string): string {
  return text
    .normalize("NFKD")
    .replace(/[^a-z0-9]+/g, "_")
    .replace(/^_+|_+$/g, "");
}

function nameOfTool(tool: Pick<ToolDescription, "name">): string {
  const spaced = tool.name.replace(/([a-z0-9])([A-Z])/g, "$1_$2").toLowerCase();
  const words = spaced.split(/[^a-z0-9]+/).filter((word) => word !== "");
  const telling = words.filter((word) => !nameStems(word).every(isWeakStem));
  return (telling.length > 0 ? telling : words).map((word) => NOUN_OF.get(stemOf(word)) ?? word).join("_") || "answer";
}

/** Heading of an answer in a report: "People and organisations". */
export function titleOf(key: string): string {
  const words = key.replaceAll("_", " ");
  return words.charAt(0).toUpperCase() + words.slice(1);
}
