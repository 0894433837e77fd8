import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { frameData } from "../../src/prompt/frame-data.ts";
import { renderPrompt } from "../../src/prompt/render-prompt.ts";
import { prompt } from "./prompt-text.ts";

describe("a rendered prompt", () => {
  test("has the text of each section, without the blank lines around it", () => {
    const body = "\n--- system ---\n\nBe brief.\n\n--- user ---\n\nDear {{who}},\n\nhello.\n\n";
    const rendered = renderPrompt(prompt({ inputs: ["who: text"], body }), { who: "Ann" });
    expect(rendered).toEqual({
      system: "Be brief.",
      user: "Dear Ann,\n\nhello.",
      systemParts: [{ text: "Be brief." }],
      userParts: [{ text: "Dear Ann,\n\nhello." }],
    });
  });

  test("is cut at cache lines, and what stands before one is stable", () => {
    const body = "--- user ---\nOne\n--- cache ---\nTwo\n--- cache ---\n";
    const rendered = renderPrompt(prompt({ body }), {});
    expect(rendered.userParts).toEqual([
      { text: "One\n\n", isStable: true },
      { text: "Two\n\n", isStable: true },
    ]);
    expect(rendered.user).toBe("One\n\nTwo\n\n");
    expect(rendered.system).toBe("");
  });

  test("has a part for each element of a list: a longer one begins with the same parts", () => {
    const body = "--- user ---\nSteps:\n\n{{steps}}\n\n--- cache ---\nNow: {{now}}";
    const sketch = prompt({ inputs: ["steps: list", "now: text"], body });
    const short = renderPrompt(sketch, { steps: ["a"], now: "x" }).userParts;
    const long = renderPrompt(sketch, { steps: ["a", "b"], now: "y" }).userParts;
    expect(short).toEqual([{ text: "Steps:\n\na\n\n", isStable: true }, { text: "Now: x" }]);
    expect(long).toEqual([{ text: "Steps:\n\na\n\n" }, { text: "b\n\n", isStable: true }, { text: "Now: y" }]);
    const none = renderPrompt(sketch, { steps: [], now: "z" });
    expect(none.user).toBe("Steps:\n\n\n\nNow: z");
  });

  test("goes on in the same section after a list", () => {
    const body = "--- user ---\n{{steps}}\n\nThat was {{count}}.";
    const sketch = prompt({ inputs: ["steps: list", "count: text"], body });
    expect(renderPrompt(sketch, { steps: ["a", "b"], count: "all" }).user).toBe("a\n\nb\n\nThat was all.");
  });

  test("holds four braces as two, and never looks into values", () => {
    const body = '--- user ---\n{"template": "Dear {{{{a.name}}"} {{who}} {{other}}';
    const sketch = prompt({ inputs: ["who: text", "other: text"], body });
    const { user } = renderPrompt(sketch, {
      who: "{{other}} {{{{ $& $1 --- system ---",
      other: "\n--- user ---\n{{who}}",
    });
    expect(user).toBe('{"template": "Dear {{a.name}}"} {{other}} {{{{ $& $1 --- system --- \n--- user ---\n{{who}}');
  });

  test.each([
    ["a missing input", {}, "its input 'who' is not given"],
    ["an extra input", { who: "a", whom: "b" }, "it has no input 'whom'"],
    ["an inherited name", { who: "a", toString: "b" }, "it has no input 'toString'"],
    ["a list for a text", { who: ["a"] }, "its input 'who' must be one text"],
  ])("is refused for %s", (_, values, says) => {
    const sketch = prompt({ inputs: ["who: text"], body: "--- user ---\n{{who}}" });
    expect(() => renderPrompt(sketch, values)).toThrow(says);
  });

  test("is refused for a text in place of a list", () => {
    const sketch = prompt({ inputs: ["steps: list"], body: "--- user ---\n{{steps}}" });
    expect(() => renderPrompt(sketch, { steps: "a" })).toThrow("must be a list of texts");
  });
});

describe("untrusted text", () => {
  test("stands between fences where its input is declared as data", () => {
    const sketch = prompt({ inputs: ["letter: data"], body: "--- user ---\nText:\n\n{{letter}}\n" });
    expect(renderPrompt(sketch, { letter: "Hi" }).user).toBe("Text:\n\n```data\nHi\n```");
  });

  test("cannot close its fence: no run of backticks in it is as long", () => {
    const runs = fc.array(
      fc.oneof(
        fc.string(),
        fc.integer({ min: 0, max: 40 }).map((n) => "`".repeat(n)),
        fc.constant("\n"),
      ),
    );
    fc.assert(
      fc.property(runs, (pieces) => {
        const text = pieces.join("");
        const framed = frameData(text);
        const fence = /^`+/.exec(framed)?.[0] ?? "";
        expect(framed).toBe(`${fence}data\n${text}\n${fence}`);
        expect(fence.length).toBeGreaterThanOrEqual(3);
        expect(text.includes(fence)).toBe(false);
      }),
    );
  });
});
