/** What `decisions` and `runs watch` print, held by golden files; `vitest -u` writes them anew. */
import { describe, expect, test } from "vitest";
import { cutPainted, unpainted } from "../../src/cli/render/painted-width.ts";
import { renderRevisions } from "../../src/cli/render/render-revisions.ts";
import { renderStory } from "../../src/cli/render/render-story.ts";
import { PLAIN_STYLE, type Style, styleFor } from "../../src/cli/render/style.ts";
import { textWidth } from "../../src/cli/render/text-width.ts";
import { createReporter } from "../../src/cli/report.ts";
import { fakeTerminal } from "./fake-terminal.ts";
import { goldenStory } from "./golden-runs.ts";

const TERMINAL = { write: () => undefined, isTerminal: true, size: () => null, isBroken: () => false };
const COLOURS: Style = styleFor(TERMINAL, {});
const SCENARIOS = ["replan", "approval", "question", "retry", "failed", "fan-out", "budget-end", "cancel"];
const fits = (lines: readonly string[], width: number): void => {
  expect(lines.filter((line) => textWidth(unpainted(line)) > width)).toEqual([]);
};

describe("the story of a run", () => {
  test.each([40, 80, 120])("of every golden run fits %i columns, and colours change no character", async (width) => {
    for (const name of SCENARIOS) {
      const story = await goldenStory(name);
      const plain = renderStory(story, { style: PLAIN_STYLE, width });
      fits(plain, width);
      expect(plain.join("\n")).not.toContain("\u001b");
      expect(renderStory(story, { style: COLOURS, width }).map(unpainted), name).toEqual(plain);
    }
  });

  test.each([
    ["replan", 40, PLAIN_STYLE],
    ["replan", 80, PLAIN_STYLE],
    ["replan", 120, PLAIN_STYLE],
    ["replan", 40, COLOURS],
    ["replan", 80, COLOURS],
    ["replan", 120, COLOURS],
    ["approval", 80, PLAIN_STYLE],
    ["question", 80, PLAIN_STYLE],
    ["failed", 80, PLAIN_STYLE],
  ])("of %s at %i columns reads as it did", async (name, width, style) => {
    const lines = renderStory(await goldenStory(name), { style, width });
    const colour = style.isColourful ? "-colour" : "";
    await expect(`${lines.join("\n")}\n`).toMatchFileSnapshot(`golden/story-${name}-${width}${colour}.txt`);
  });

  test("tells failures, approvals and what of a plan was kept, in the order in which they happened", async () => {
    const replan = renderStory(await goldenStory("replan"), { style: PLAIN_STYLE, width: 100 });
    const at = (words: RegExp): number => replan.findIndex((line) => words.test(line));
    expect(at(/◆ Decision 1 accepted/)).toBeGreaterThan(-1);
    expect(at(/├ ✗ step \w+ failed/)).toBeGreaterThan(at(/◆ Decision 1/));
    expect(at(/◆ Decision 2/)).toBeGreaterThan(at(/├ ✗ step/));
    expect(at(/= kept|- dropped/)).toBeGreaterThan(at(/◆ Decision 2/));
    const approval = renderStory(await goldenStory("approval"), { style: PLAIN_STYLE, width: 100 }).join("\n");
    expect(approval).toMatch(/├ ⏸ step s waits for approval[\s\S]*├ ✓ approval \S+ granted · after 1 min 30 s/);
  });

  test("shows hostile words without their controls", async () => {
    const story = await goldenStory("failed");
    const result = { ...story.result, goal: "\u001b[2Jgoal\u202e", reason: "\u0007bell" };
    const text = renderStory({ ...story, result }, { style: PLAIN_STYLE, width: 80 }).join("\n");
    expect(text).toContain("<U+001B>[2Jgoal<U+202E>");
    expect(text).not.toMatch(/[\u0007\u001b\u202e]/);
  });
});

describe("the steps of a run that planned again", () => {
  test.each([40, 80, 120])("stand under their plan at %i columns", async (width) => {
    const { result } = await goldenStory("replan");
    for (const style of [PLAIN_STYLE, COLOURS]) {
      const lines = renderRevisions(result, { style, width, rows: null, nowMs: Date.parse(result.endedAt!) });
      fits(lines, width);
      const colour = style.isColourful ? "-colour" : "";
      await expect(`${lines.join("\n")}\n`).toMatchFileSnapshot(`golden/steps-replan-${width}${colour}.txt`);
    }
  });

  test("fit few rows, with the newest plan in sight", async () => {
    const { result } = await goldenStory("replan");
    const lines = renderRevisions(result, { style: PLAIN_STYLE, width: 80, rows: 4, nowMs: 0 });
    expect(lines.length).toBeLessThanOrEqual(6);
    expect(lines.join("\n")).toContain("after a replan");
  });

  test("of one plan have no head", async () => {
    const { result } = await goldenStory("diamond");
    expect(renderRevisions(result, { style: PLAIN_STYLE, width: 80, rows: null, nowMs: 0 }).join("\n")).not.toContain(
      "plan 1",
    );
  });
});

describe("colours", () => {
  const styleOf = (env: Record<string, string>, isTerminal: boolean): boolean =>
    createReporter(fakeTerminal({ env, isTerminal }), { isJson: false }).style.isColourful;

  test("are for terminals; NO_COLOR has the last word, FORCE_COLOR asks for them", () => {
    expect([styleOf({}, true), styleOf({}, false)]).toEqual([true, false]);
    expect([styleOf({ NO_COLOR: "1" }, true), styleOf({ NO_COLOR: "" }, true)]).toEqual([false, true]);
    expect([styleOf({ FORCE_COLOR: "1" }, false), styleOf({ FORCE_COLOR: "0" }, true)]).toEqual([true, false]);
    expect(styleOf({ FORCE_COLOR: "1", NO_COLOR: "1" }, true)).toBe(false);
    expect([styleOf({ TERM: "dumb" }, true), styleOf({ TERM: "dumb", FORCE_COLOR: "1" }, true)]).toEqual([false, true]);
  });

  test("take no columns, and end where a line is cut", () => {
    expect(cutPainted(`${COLOURS.red("abcdef")}ghi`, 5)).toBe("\u001b[31mabcd…\u001b[39m");
    expect(cutPainted(COLOURS.red("abc"), 3)).toBe(COLOURS.red("abc"));
    expect(cutPainted("abc", null)).toBe("abc");
  });
});
