/** `answer_question` gives no answer without a passage that stands in the text. */
import { describe, expect, test } from "vitest";
import { choosePassages } from "../../../tools/model/choose-passages.ts";
import { quoteFinder } from "../../../tools/model/find-quote.ts";
import { createModelWorld } from "./model-world.ts";

const TEXT = `# Minutes

The council “approved” the budget — after two hours — by nine votes.
Mayor Bell   spoke
twice. The session ended at ten.`;

const ask = (answer: unknown, text = TEXT) =>
  createModelWorld([JSON.stringify(answer)]).run("answer_question", { text, question: "Who spoke?" });

describe("evidence", () => {
  test("stands in the text, at its offset, exactly as it is there", async () => {
    const output = await ask({ answer: "Mayor Bell.", evidence: ["Mayor Bell spoke twice.", "ended at ten"] });
    const quoted = "Mayor Bell   spoke\ntwice.";
    expect(output).toEqual({
      answer: "Mayor Bell.",
      evidence: [
        { text: quoted, offset: TEXT.indexOf(quoted) },
        { text: "ended at ten", offset: TEXT.indexOf("ended at ten") },
      ],
      method: "model",
      confidence: 1,
    });
  });

  test("that does not stand there is dropped, and counts against the answer", async () => {
    const evidence = ["Mayor Bell spoke", "The treasurer spoke.", "Mayor Bell spoke", "Bell"];
    expect(await ask({ answer: "Bell.", evidence })).toMatchObject({
      answer: "Bell.",
      evidence: [{ offset: TEXT.indexOf("Mayor") }],
      confidence: 0.33,
    });
  });

  test.each([
    ["is not there", { answer: "Nobody.", evidence: ["Nobody spoke at all."] }],
    ["is missing", { answer: "Bell.", evidence: [] }],
    ["is no text", { answer: "Bell.", evidence: [{ text: "Mayor Bell" }] }],
    ["is too short to tell", { answer: "Bell.", evidence: ["Bell"] }],
  ])("that %s leaves no answer", async (_, answer) => {
    expect(await ask(answer)).toEqual({ answer: null, evidence: [], method: "none", confidence: 0 });
  });

  test("may be one text instead of a list", async () => {
    expect(await ask({ answer: "Bell.", evidence: "Mayor Bell spoke" })).toMatchObject({ answer: "Bell." });
  });

  test("is found whatever marks and white space the model wrote, but never other words", () => {
    const find = quoteFinder({ text: TEXT, shown: TEXT });
    const whole = TEXT.slice(TEXT.indexOf("The council"), TEXT.indexOf("\nMayor"));
    expect(find('The council "approved" the budget - after two hours - by nine votes.')?.text).toBe(whole);
    expect(find(`“${whole}”`)?.text).toBe(whole);
    expect(find("The council approved the budget")).toBeNull();
    expect(find("the council “approved”")).toBeNull();
    expect(find("   ")).toBeNull();
    expect(find("— by")?.text).toBe("— by");
  });
});

describe("an answer", () => {
  test("of null is none, whatever evidence comes with it", async () => {
    expect(await ask({ answer: null, evidence: ["Mayor Bell spoke"] })).toMatchObject({ answer: null, evidence: [] });
    expect(await ask({ answer: " ", evidence: ["Mayor Bell spoke"] })).toMatchObject({ answer: null, evidence: [] });
  });

  test("of another shape is asked for once more", async () => {
    const good = { answer: "Bell.", evidence: ["Mayor Bell spoke"] };
    const { run, model } = createModelWorld(['{"answer": 7}', JSON.stringify(good)]);
    expect(await run("answer_question", { text: TEXT, question: "Who?" })).toMatchObject({ answer: "Bell." });
    model.expectAsked({ count: 2, call: 2, message: "'answer' must be a text or null" });
  });

  test("to an empty text costs nothing", async () => {
    const { run, model } = createModelWorld([]);
    expect(await run("answer_question", { text: " \n", question: "Who?" })).toMatchObject({
      answer: null,
      method: "none",
    });
    model.expectAsked({ count: 0 });
  });
});

describe("a long text", () => {
  const filler = Array.from({ length: 2_000 }, (_, n) => `Paragraph ${n} tells of weather and of the sea.`);
  const needle = "The treasurer Imogen Vale resigned over the missing anchor.";
  const long = filler.with(1_500, `Before it. ${needle} After it.`).join("\n\n");

  test("is shown as the passages that match the question, within 48,000 characters", async () => {
    const answer = { answer: "Imogen Vale.", evidence: [needle] };
    const { run, model } = createModelWorld([JSON.stringify(answer)]);
    const output = await run("answer_question", { text: long, question: "Why did the treasurer resign?" });
    expect(output).toMatchObject({
      ...{ answer: "Imogen Vale.", method: "model-passages", confidence: 1 },
      evidence: [{ text: needle, offset: long.indexOf(needle) }],
    });
    model.expectAsked({ message: needle });
    expect(JSON.stringify(model.requests[0]).length).toBeLessThan(52_000);
  });

  test("gives passages in order, exact, with their neighbours, and gaps that show", async () => {
    const { signal } = new AbortController();
    const shown = await choosePassages(long, { question: "treasurer", mostChars: 1_000, signal });
    expect(shown.length).toBeLessThanOrEqual(1_000);
    const pieces = shown.split("\n\n[…]\n\n");
    expect(pieces.length).toBeGreaterThan(1);
    const places = pieces.map((piece) => long.indexOf(piece));
    expect(places.every((place) => place >= 0)).toBe(true);
    expect(places).toEqual([...places].sort((one, other) => one - other));
    expect(shown).toContain(`Paragraph 1499 tells of weather and of the sea.\n\nBefore it. ${needle}`);
  });

  test("without a match is shown from its beginning; one without any sentence too", async () => {
    const { signal } = new AbortController();
    const choose = (text: string) => choosePassages(text, { question: "zzz", mostChars: 500, signal });
    expect(await choose(long)).toMatch(/^Paragraph 0 /);
    expect(await choose("x".repeat(9_000))).toMatch(/^x+$/);
    expect((await choose("\n".repeat(9_000))).length).toBe(500);
  });
});
