/** Feeds broken decisions to the parser and the checker. Owns: the sets of cases, and how to take a part of them. */
import { canonicalJson } from "../../src/shared/json.ts";
import { type Span, tryCases } from "./dice.ts";
import { type HostileText, NUMBER_TEXTS, spoiledText, truncatedText, wrappedTexts } from "./hostile-texts.ts";
import { HOSTILE_JSON, HOSTILE_OTHERS, HUGE_VALUES } from "./hostile-values.ts";
import { type Judged, judge, judgeFixes } from "./judge-refusal.ts";
import { type Mutant, mutantsOf } from "./mutate-decision.ts";
import { fuzzContext, VALID_DECISIONS } from "./valid-decisions.ts";

export interface Tally {
  cases: number;
  refused: number;
  fixes: number;
}

/** How many single mutants there are. */
export const ALL_MUTANTS: readonly Mutant[] = [
  ...[...HOSTILE_JSON, ...HOSTILE_OTHERS, ...HUGE_VALUES].map(
    (make, place): Mutant => ({ how: `hostile value ${place}`, make }),
  ),
  ...VALID_DECISIONS.flatMap((decision, place) =>
    mutantsOf(decision).map((mutant): Mutant => ({ ...mutant, how: `decision ${place}: ${mutant.how}` })),
  ),
];

/** Single mutants: of each `every` the one at `offset`; fixes are tried on each `fixEvery`th of them. */
export function fuzzMutants(part: { every: number; offset: number; isOver?: () => boolean }): Tally {
  const context = fuzzContext();
  const tally: Tally = { cases: 0, refused: 0, fixes: 0 };
  for (let place = part.offset % part.every; place < ALL_MUTANTS.length; place += part.every) {
    if (part.isOver?.() === true) break;
    const mutant = ALL_MUTANTS[place]!;
    try {
      const raw = mutant.make();
      const judged = judge(raw, context);
      tally.fixes += canBeFixed(raw, judged) ? judgeFixes(raw, judged, context) : 0;
      count(tally, judged);
    } catch (cause) {
      throw new Error(`mutant ${place} (${mutant.how}): ${cause instanceof Error ? cause.message : cause}`, { cause });
    }
  }
  return tally;
}

/** Several mutations at once, drawn. */
export function fuzzCombinedMutants(span: Span): number {
  const context = fuzzContext();
  return tryCases(span, (dice) => {
    let decision = structuredClone(dice.pick(VALID_DECISIONS));
    for (let round = 0; round < 4; round++) {
      const mutants = mutantsOf(decision);
      const next = dice.pick(mutants).make();
      judge(next, context);
      const copy = jsonCopy(next);
      if (copy === null || JSON.stringify(copy).length > 8_000) return;
      decision = copy;
    }
  });
}

/** Texts: wrapped, cut, spoiled, with numbers at the edge. */
export function fuzzTexts(span: Span): Tally {
  const tally: Tally = { cases: 0, refused: 0, fixes: 0 };
  const wholes = VALID_DECISIONS.flatMap((decision) =>
    wrappedTexts(decision).map((text) => ({ text, decision: decision as unknown })),
  );
  for (const { text, decision } of [...wholes, ...NUMBER_TEXTS.map((text) => ({ text, decision: null }))]) {
    count(tally, judgeText(text, decision));
  }
  tally.cases += tryCases(span, (dice) => {
    const decision = dice.pick(VALID_DECISIONS);
    const text = dice.chance(0.5)
      ? truncatedText(decision, dice.number(JSON.stringify(decision).length), dice.chance(0.3))
      : spoiledText(decision, dice);
    judgeText(text, decision);
  });
  return tally;
}

/** Each valid decision cut after every character: no decision, ever. */
export function fuzzTruncations(part: { every: number; offset: number }): number {
  let cases = 0;
  for (const decision of VALID_DECISIONS) {
    const { length } = JSON.stringify(decision);
    for (let at = part.offset % part.every; at < length; at += part.every) {
      judgeText(truncatedText(decision, at), decision);
      cases += 1;
    }
  }
  return cases;
}

const TEXT_CONTEXT = fuzzContext();

function judgeText({ how, text, means }: HostileText, decision: unknown): Judged {
  try {
    const judged = judge(text, TEXT_CONTEXT, parsedOf(text));
    if (means === "none" && judged.decision !== null) throw new Error(`taken for ${JSON.stringify(judged.decision)}`);
    if (means === "same" && !isSame(judged.decision, decision)) {
      throw new Error(`taken for ${JSON.stringify(judged.decision)}, ${JSON.stringify(judged.issues)}`);
    }
    return judged;
  } catch (cause) {
    throw new Error(`text (${how}): ${cause instanceof Error ? cause.message : cause}`, { cause });
  }
}

/** Paths of issues lead into what the text holds, if it is plain JSON; else only the parser knows what it found. */
function parsedOf(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return ANYTHING;
  }
}

/** Everything resolves in it. */
const ANYTHING: object = new Proxy(
  {},
  {
    get: () => ANYTHING,
    getOwnPropertyDescriptor: () => ({ value: ANYTHING, configurable: true, enumerable: true }),
  },
);

function isSame(found: unknown, wanted: unknown): boolean {
  return canonicalJson(found) === canonicalJson(wanted);
}

function count(tally: Tally, judged: Judged): void {
  tally.cases += 1;
  if (judged.by !== null) tally.refused += 1;
}

/** Fixes are patches of JSON; they are tried on what JSON can hold. */
function canBeFixed(raw: unknown, judged: Judged): boolean {
  return judged.issues.some(({ fix }) => fix !== null) && (judged.decision !== null || jsonCopy(raw) !== null);
}

function jsonCopy(value: unknown): (typeof VALID_DECISIONS)[number] | null {
  try {
    const copy: unknown = JSON.parse(JSON.stringify(value) ?? "null");
    return typeof copy === "object" && copy !== null && !Array.isArray(copy)
      ? (copy as (typeof VALID_DECISIONS)[number])
      : null;
  } catch {
    return null;
  }
}
