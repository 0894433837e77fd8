import { describe, expect, test } from "vitest";
import type { Dialect } from "../../src/dialect/dialect.ts";
import { DIALECTS } from "../../src/dialect/dialect.ts";
import type { JsonObject, JsonValue } from "../../src/shared/json.ts";
import { createDice, type Dice, tryCases } from "../fuzz/dice.ts";
import { spoiledText } from "../fuzz/hostile-texts.ts";
import { ownTimeMs } from "../fuzz/own-time.ts";
import { VALID_DECISIONS } from "../fuzz/valid-decisions.ts";
import { TOOLS } from "../plan/check-setup.ts";
import { allDialects, dialectOf } from "./dialect-of.ts";
import { encodeDecision, encodingOf } from "./encode-decision.ts";

const PLANS = VALID_DECISIONS.filter(({ kind }) => kind === "plan");

function pieces(text: string, dice: Dice): string[] {
  const cut: string[] = [];
  for (let at = 0; at < text.length; ) {
    const length = dice.chance(0.3) ? 1 : dice.number(40);
    cut.push(text.slice(at, at + length));
    at += length;
  }
  return cut;
}

function readIn(dialect: Dialect, parts: Iterable<string>): JsonValue[] {
  const reader = dialect.createStepReader();
  const steps: JsonValue[] = [];
  for (const part of parts) steps.push(...reader.push(part));
  return steps;
}

function wholeSteps(dialect: Dialect, text: string): JsonValue[] {
  const { decision } = dialect.decode(text);
  return (decision as { steps: JsonValue[] }).steps;
}

function textsOf(decision: JsonObject, dialect: Dialect): string[] {
  const answer = encodeDecision(decision, encodingOf(dialect, TOOLS));
  const pretty = JSON.stringify(answer, null, 2);
  const escaped = JSON.stringify(answer).replaceAll(
    /[^ -~]/g,
    (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, "0")}`,
  );
  return [JSON.stringify(answer), pretty, escaped, `\uFEFF\`\`\`json\n${pretty}\n\`\`\`\n`];
}

describe.each(DIALECTS)("steps of an answer in dialect %s, while it is written", (name) => {
  const dialect = dialectOf(name, TOOLS);

  test("are those of the whole answer, wherever the text is cut in two", () => {
    const [, , escaped, fenced] = textsOf(PLANS[3]!, dialect);
    for (const text of [escaped!, fenced!]) {
      const whole = wholeSteps(dialect, text);
      expect(whole.length).toBeGreaterThan(0);
      for (let at = 0; at <= text.length; at++) {
        if (JSON.stringify(readIn(dialect, [text.slice(0, at), text.slice(at)])) !== JSON.stringify(whole)) {
          throw new Error(`cut at ${at}`);
        }
      }
    }
  });

  test("are those of the whole answer, character by character and in pieces of any size", () => {
    const dice = createDice(8);
    for (const plan of PLANS) {
      for (const text of textsOf(plan, dialect)) {
        const whole = wholeSteps(dialect, text);
        expect(readIn(dialect, text.split(""))).toEqual(whole);
        for (let round = 0; round < 3; round++) expect(readIn(dialect, pieces(text, dice))).toEqual(whole);
      }
    }
  });

  test("of a spoiled answer come one by one as long as it is right, whatever the pieces, and it never throws", () => {
    tryCases({ seed: 404, count: 60 }, (dice) => {
      const answer = encodeDecision(dice.pick(PLANS), encodingOf(dialect, TOOLS));
      const { text } = spoiledText(answer, dice);
      const whole = readIn(dialect, [text]);
      expect(readIn(dialect, pieces(text, dice))).toEqual(whole);
      expect(readIn(dialect, text)).toEqual(whole);
    });
  });
});

describe("a step", () => {
  const entries = dialectOf("entries", TOOLS);
  const step = (id: string): string => `{"tool":"first","id":"${id}","input":[],"more":[]}`;
  const ids = (steps: JsonValue[]): unknown[] => steps.map((one) => (one as JsonObject).id);

  test("is given with its last brace, not later", () => {
    const reader = entries.createStepReader();
    const text = `{"kind":"plan","rationale":"}]","steps":[${step("a")},${step("b")}`;
    const given = [...text].map((character) => reader.push(character));
    expect(given.flatMap((steps, at) => steps.map(() => text.slice(0, at + 1).slice(-2)))).toEqual(["]}", "]}"]);
    expect(given.at(-1)).toHaveLength(1);
  });

  test("is given only of the outermost list, and only of a plan", () => {
    const inner = '{"x":{"steps":[1]},"steps":[2]}';
    expect(ids(readIn(entries, [`{"kind":"plan","note":${inner},"steps":[${step("a")}]}`]))).toEqual(["a"]);
    expect(readIn(entries, [`{"kind":"ask","steps":[${step("a")}]}`])).toEqual([]);
    expect(readIn(entries, [`{"rationale":{"kind":"ask"},"steps":[${step("a")}]}`])).toHaveLength(1);
    expect(readIn(entries, [`[{"steps":[${step("a")}]}]`])).toEqual([]);
  });

  test("is not given after prose: what stands there may be an example", () => {
    expect(readIn(entries, [`For instance {"kind":"plan","steps":[${step("a")}]}`])).toEqual([]);
    expect(readIn(entries, [`${"x".repeat(5_000)}{"kind":"plan","steps":[${step("a")}]}`])).toEqual([]);
  });

  test.each([
    [
      "a step that can't be decoded",
      `{"tool":"first","id":"x","input":[{"name":"items","as":"json","value":"["}],"more":[]}`,
    ],
    ["a step that is no JSON", "{oops}"],
    ["a step with a prototype key", '{"tool":"first","__proto__":{}}'],
    ["a step that is nested too deeply", `${"[".repeat(40)}${"]".repeat(40)}`],
    ["a missing comma", "{} {}"],
  ])("is not given after %s", (_what, wrong) => {
    const text = `{"kind":"plan","steps":[${step("a")},${wrong},${step("b")}],"steps":[${step("c")}]}`;
    expect(ids(readIn(entries, [text])).filter((id) => id !== undefined)).toEqual(["a"]);
    expect(ids(readIn(entries, text.split(""))).filter((id) => id !== undefined)).toEqual(["a"]);
  });

  test("is not given of a second list, or beyond the size of an answer", () => {
    expect(ids(readIn(entries, [`{"steps":[${step("a")}],"steps":[${step("b")}]}`]))).toEqual(["a"]);
    const long = `{"rationale":"${"x".repeat(300_000)}","steps":[${step("a")}]}`;
    expect(readIn(entries, long.match(/.{1,1000}/g)!)).toEqual([]);
  });

  test("costs the same wherever the text is cut: a long answer character by character takes little time", () => {
    const long = "y".repeat(400);
    const steps = Array.from({ length: 300 }, (_, place) => step(`s${place}${long}`)).join(",");
    const text = `{"kind":"plan","steps":[${steps}]}`;
    expect(text.length).toBeGreaterThan(130_000);
    const startedAt = ownTimeMs();
    expect(readIn(entries, text.split(""))).toHaveLength(300);
    expect(ownTimeMs() - startedAt).toBeLessThan(1_000);
  });
});

test("every dialect has a reader of its own each time", () => {
  for (const dialect of allDialects(TOOLS)) {
    const [one, two] = [dialect.createStepReader(), dialect.createStepReader()];
    one.push('{"kind":"plan","steps":[');
    expect(two.push('{"kind":"plan","steps":[5]}')).toEqual([5]);
    expect(one.push("6]}")).toEqual([6]);
  }
});
