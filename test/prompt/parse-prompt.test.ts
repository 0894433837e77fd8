import { describe, expect, test } from "vitest";
import { PlanwrightError } from "../../src/error/planwright-error.ts";
import { parsePrompt } from "../../src/prompt/parse-prompt.ts";
import { sha256 } from "../../src/shared/hash.ts";
import { promptText } from "./prompt-text.ts";

const PLACE = { file: "prompts/greet/v1.md", source: "shipped" };

function refusal(content: string, file = PLACE.file): PlanwrightError {
  try {
    parsePrompt(content, { file, source: file });
  } catch (thrown) {
    expect(thrown).toBeInstanceOf(PlanwrightError);
    return thrown as PlanwrightError;
  }
  throw new Error("it was not refused");
}

describe("a prompt file", () => {
  test("gives name, version, inputs with their kinds, the text below the front matter, and a hash of the whole", () => {
    const content = promptText({ inputs: ["who: text", "letter: data"], body: "\n--- user ---\n{{who}} {{letter}}\n" });
    expect(parsePrompt(content, PLACE)).toEqual({
      name: "greet",
      version: 1,
      description: "For tests.",
      inputs: ["who", "letter"],
      kinds: { who: "text", letter: "data" },
      text: "\n--- user ---\n{{who}} {{letter}}\n",
      hash: sha256(content),
      source: "shipped",
    });
  });

  test("has one hash, whatever a checkout makes of its line ends or an editor puts before it", () => {
    const content = promptText();
    const other = parsePrompt(`\uFEFF${content.replaceAll("\n", "\r\n")}`, PLACE);
    expect(other).toEqual(parsePrompt(content, PLACE));
  });

  test("needs no inputs", () => expect(parsePrompt(promptText(), PLACE).inputs).toEqual([]));

  test("may have an input that is called like a part of every object", () => {
    const content = promptText({ inputs: ["constructor: data"], body: "--- user ---\n{{constructor}}" });
    expect(parsePrompt(content, PLACE).inputs).toEqual(["constructor"]);
    const undeclared = promptText({ body: "--- user ---\n{{constructor}}" });
    expect(refusal(undeclared).message).toContain("'{{constructor}}' is not among its inputs");
  });
});

describe("a prompt file is refused with its name and the line:", () => {
  const body = "--- user ---\nHello";
  test.each([
    ["without front matter", "Hello", "line 1: it has no front matter"],
    ["front matter without an end", "---\nname: greet\n", "line 1: it has no front matter"],
    ["broken YAML", promptText().replace("version: 1", "version: [1"), "line"],
    ["a key twice", promptText().replace("version: 1", "name: greet"), "line 3: its front matter is not YAML"],
    ["an unknown key", promptText().replace("description", "describtion"), "line 4: 'describtion' is no part"],
    ["a version that is no number", promptText().replace("version: 1", "version: one"), "line 3: version"],
    ["a name with capitals", promptText({ name: "Greet" }), "line 2: name"],
    ["a kind that there is not", promptText({ inputs: ["who: secret"], body }), "line 6: inputs.who"],
    ["aliases", promptText().replace("For tests.", "&a x\ninputs: { y: *a }"), "line 2: its front matter uses aliases"],
    ["another name than its folder's", promptText({ name: "greeting" }), "line 2: it calls itself 'greeting'"],
    ["another version than its file's", promptText({ version: 2 }), "line 3: it says version 2 but is called 'v1.md'"],
    ["no text", promptText({ body: "--- user ---\n\n" }), "it has no text"],
    ["text outside of a section", promptText({ body: "Hello\n--- user ---\nx" }), "text stands outside"],
    ["a section twice", promptText({ body: `${body}\n--- user ---\nx` }), "line 8: the section 'user' is there twice"],
    ["a section that there is not", promptText({ body: `${body}\n--- usr ---` }), "line 8: there is no section 'usr'"],
    ["a cache line before any section", promptText({ body: `--- cache ---\n${body}` }), "line 6: a cache line"],
    ["an undeclared input", promptText({ body: "--- user ---\n\n{{who}}" }), "line 8: '{{who}}' is not among"],
    [
      "an unused input",
      promptText({ inputs: ["a: text", "who: text"], body: "--- user ---\n{{a}}" }),
      "line 7: its input 'who'",
    ],
    [
      "braces that open nothing",
      promptText({ body: "--- user ---\nx\n{{ who }}" }),
      "line 8: '{{' opens no placeholder",
    ],
  ])("%s", (_, content, says) => {
    const error = refusal(content);
    expect(error.code).toBe("CONFIG_INVALID");
    expect(error.message).toContain(`Prompt file '${PLACE.file}', `);
    expect(error.message).toContain(says);
  });

  test("a thousand aliases cost nothing", () => {
    const bomb = ["a: &a [x]", ...Array.from({ length: 40 }, (_, n) => `b${n}: &b${n} [*a, *a]`)].join("\n");
    expect(refusal(`---\n${bomb}\n---\nx`).message).toContain("aliases");
  });
});
