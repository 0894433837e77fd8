/** Slips of beginners: what is said to them, and that it helps. */
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { call, tempFolder } from "./fake-terminal.ts";

const stdin = "# Ferry news\n\nMaria Lindqvist opened the new pier in Bremen. Everyone was delighted.";

describe("a slip", () => {
  test("in the name of a command below another is guessed", async () => {
    expect((await call(["runs", "shwo", "nope"])).err).toContain("Did you mean 'runs show'?");
    expect((await call(["runs", "frok"])).err).toContain("Did you mean 'runs fork'?");
  });

  test("in the kind of a model is guessed in whole sentences", async () => {
    const { code, err } = await call(["run", "Summarise this", "-d", "-", "--model", "antropic:x"], { stdin });
    expect([code, err]).toEqual([2, expect.stringContaining("is known (did you mean 'anthropic'?).")]);
  });

  test("in the name of a param is named after the run, and one that was read is not", async () => {
    const run = (param: string) => call(["run", "Summarise this", "-d", "-", "--param", param], { stdin });
    expect((await run("sentnces=1")).err).toContain("No step has read the param 'sentnces'.");
    expect((await run("sentences=1")).err).not.toContain("No step has read");
  });

  test("in a configuration is listed by doctor", async () => {
    const cwd = tempFolder();
    writeFileSync(join(cwd, "planwright.config.json"), '{ "modle": "offline" }');
    expect((await call(["doctor"], { cwd })).out).toMatch(
      /configuration .*Unknown key 'modle'\. Did you mean 'model'\?/,
    );
  });

  test("of an address for a document says that nothing is fetched", async () => {
    const { code, err } = await call(["run", "Summarise this", "-d", "https://example.com/a.html"]);
    expect([code, err]).toEqual([2, expect.stringContaining("nothing is fetched")]);
  });

  test("of a goal without quotes says what to do", async () => {
    expect((await call(["run", "Summarise", "this"])).err).toContain("Put quotes around what has blanks in it.");
  });

  test("of a plan without a rationale is none: it is carried out", async () => {
    const cwd = tempFolder();
    const steps = [{ id: "s", tool: "summarize", input: { text: { ref: "document.text" }, sentences: 1 } }];
    writeFileSync(join(cwd, "plan.json"), JSON.stringify({ kind: "plan", steps, output: { ref: "s.text" } }));
    expect(await call(["apply", "plan.json", "-d", "-"], { cwd, stdin })).toMatchObject({ code: 0 });
  });
});

test("doctor says whether the model was asked", async () => {
  const model = "compatible:demo@http://127.0.0.1:9/v1";
  expect((await call(["doctor", "--model", model])).out).toContain("not asked, --ask does");
});
