import { describe, expect, test } from "vitest";
import { allDialects } from "../dialect/dialect-of.ts";
import { encodeDecision, encodingOf } from "../dialect/encode-decision.ts";
import { expectSame } from "../dialect/expect-same.ts";
import { fuzzCutAnswers, fuzzMutantAnswers, fuzzSpoiledAnswers } from "../dialect/fuzz-answers.ts";
import { type Dice, tryCases } from "../fuzz/dice.ts";
import { spoiledText } from "../fuzz/hostile-texts.ts";
import { randomPlan } from "../fuzz/random-plans.ts";

/** Dialects at length: the seed and the seconds of `npm run test:deep`. */
const seed = Number(process.env["PLANWRIGHT_DEEP_SEED"] ?? "1");
const seconds = Number(process.env["PLANWRIGHT_DEEP_SECONDS"] ?? "60");

const MANY = 1_000_000;

function within(share: number): () => boolean {
  const end = performance.now() + seconds * share * 1_000;
  return () => performance.now() > end;
}

function cut(text: string, dice: Dice): string[] {
  const pieces: string[] = [];
  for (let at = 0; at < text.length; ) {
    const length = dice.number(30);
    pieces.push(text.slice(at, at + length));
    at += length;
  }
  return pieces;
}

describe("dialects", () => {
  test("random plans over random tools come back as they were, in every dialect", () => {
    const tried = tryCases({ seed, count: MANY, isOver: within(0.4) }, (dice) => {
      const { tools, plan } = randomPlan(dice);
      for (const dialect of allDialects(tools)) expectSame(plan, dialect, tools);
    });
    process.stdout.write(`dialects, seed ${seed}: ${tried} plans came back\n`);
    expect(tried).toBeGreaterThan(0);
  });

  test("broken answers are decoded or refused, and a cut one is never taken for a decision", () => {
    const cut = fuzzCutAnswers({ every: 5, offset: seed });
    const mutants = fuzzMutantAnswers({ every: 101, offset: seed });
    const spoiled = fuzzSpoiledAnswers({ seed, count: MANY, isOver: within(0.1) });
    process.stdout.write(`dialects, seed ${seed}: answers ${JSON.stringify({ cut, mutants, spoiled })}\n`);
    expect(cut + mutants + spoiled).toBeGreaterThan(5_000);
  });

  test("the steps of spoiled answers are the same however they are cut, and a whole answer's begin with them", () => {
    const tally = { answers: 0, whole: 0, steps: 0 };
    tryCases({ seed, count: MANY, isOver: within(0.3) }, (dice) => {
      const { tools, plan } = randomPlan(dice);
      const dialect = dice.pick(allDialects(tools));
      const { text } = spoiledText(encodeDecision(plan, encodingOf(dialect, tools)), dice);
      const steps = dialect.createStepReader().push(text);
      const reader = dialect.createStepReader();
      expect(cut(text, dice).flatMap((piece) => reader.push(piece))).toEqual(steps);
      const { decision, issues } = dialect.decode(text);
      tally.answers += 1;
      tally.steps += steps.length;
      if (issues.length > 0 || !isPlan(decision) || !isJson(text)) return;
      tally.whole += 1;
      expect(decision.steps).toEqual(steps);
    });
    process.stdout.write(`dialects, seed ${seed}: steps read ${JSON.stringify(tally)}\n`);
    expect(tally.whole).toBeGreaterThan(0);
  });
});

function isPlan(decision: unknown): decision is { kind: "plan"; steps: unknown[] } {
  const { kind, steps } = (decision ?? {}) as { kind?: unknown; steps?: unknown };
  return kind === "plan" && Array.isArray(steps);
}

/** Of other texts the decoder makes more than the reader, which repairs nothing; a key given twice is the last one. */
function isJson(text: string): boolean {
  try {
    JSON.parse(text);
    return [...text.matchAll(/"(?:steps|kind)"/g)].length === 2;
  } catch {
    return false;
  }
}
