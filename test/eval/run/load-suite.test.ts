import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { loadSuite } from "../../../src/eval/run/load-suite.ts";
import { suiteJsonSchema } from "../../../src/eval/suite.ts";
import { tempFolder } from "../../cli/fake-terminal.ts";

const DOCUMENT = { name: "a.md", text: "# A\n\nMaria is in Bremen." };
const ONE = { id: "c1", goal: "Summarise this", document: DOCUMENT };

function gold(step: object, accepted: object[] = []): object {
  const steps = [{ id: "s", tool: "summarize", input: { text: { ref: "document.text" } }, ...step }];
  return { ...ONE, gold: { anyOf: [{ kind: "plan", steps, accepted }] } };
}

function write(folder: string, name: string, content: unknown): string {
  const file = join(folder, name);
  writeFileSync(file, typeof content === "string" ? content : JSON.stringify(content));
  return file;
}

function suite(content: object, folder = tempFolder()): string {
  return write(folder, "letters.eval.json", { name: "letters", ...content });
}

describe("a suite", () => {
  test("reads the same from YAML, JSON and TypeScript", async () => {
    const folder = tempFolder();
    const json = await loadSuite(suite({ cases: [ONE], gates: [{ scorer: "sound", min: 0.5 }] }, folder));
    const yaml = await loadSuite(
      write(
        folder,
        "letters.eval.yaml",
        `name: letters\ncases:\n  - { id: c1, goal: Summarise this, document: { name: a.md, text: "# A\\n\\nMaria is in Bremen." } }\ngates: [ { scorer: sound, min: 0.5 } ]\n`,
      ),
    );
    const code = await loadSuite(
      write(
        folder,
        "letters.eval.ts",
        `export default { name: "letters", cases: [${JSON.stringify(ONE)}], gates: [{ scorer: "sound", min: 0.5 }] };`,
      ),
    );
    expect([yaml.hash, code.hash]).toEqual([json.hash, json.hash]);
    expect({ ...yaml, file: "" }).toEqual({ ...json, file: "" });
  });

  test("finds documents and case files relative to itself, and reads a shared document once", async () => {
    const folder = tempFolder();
    write(folder, "a.md", DOCUMENT.text);
    write(folder, "more.jsonl", `${JSON.stringify({ id: "c2", goal: "List", document: "./a.md" })}\n\n`);
    write(
      folder,
      "more.csv",
      'id,goal,document,tags,gold\nc3,Outline it,a.md,"x y","{""anyOf"":[{""kind"":""ask""}]}"\n',
    );
    const loaded = await loadSuite(suite({ cases: ["more.jsonl", "more.csv", { ...ONE, document: "a.md" }] }, folder));
    expect(loaded.cases.map(({ id }) => id)).toEqual(["c2", "c3", "c1"]);
    expect(loaded.cases[1]?.evalCase).toMatchObject({ tags: ["x", "y"], gold: { anyOf: [{ kind: "ask" }] } });
    expect(new Set(loaded.cases.map(({ documents }) => documents[0]))).toHaveProperty("size", 1);
    expect(loaded.cases.map(({ cluster }) => cluster)).toEqual(["document ./a.md", "document a.md", "document a.md"]);
  });

  test("takes the cases of another suite, with their documents from where that one lies", async () => {
    const folder = tempFolder();
    mkdirSync(join(folder, "other"));
    write(join(folder, "other"), "a.md", DOCUMENT.text);
    write(join(folder, "other"), "first.eval.json", { name: "first", cases: [{ ...ONE, document: "a.md" }] });
    const loaded = await loadSuite(suite({ cases: "./other/first.eval.json" }, folder));
    expect(loaded.cases[0]?.documents[0]?.text).toBe(DOCUMENT.text);
    expect(loaded.cases[0]?.cluster).toBe("document other/a.md");
  });

  test("derives ids from content, so that a copied case is found out", async () => {
    const { id: _, ...without } = ONE;
    const loaded = await loadSuite(suite({ cases: [without] }));
    expect(loaded.cases[0]?.id).toMatch(/^case-[0-9a-f]{12}$/);
    await expect(loadSuite(suite({ cases: [without, without] }))).rejects.toThrow(/two cases called 'case-/);
  });

  test("takes cases from a generator, also a slow one", async () => {
    const folder = tempFolder();
    const file = write(
      folder,
      "made.eval.mjs",
      `export default { name: "made", cases: async function* () { for (let n = 1; n < 4; n++) yield { id: "g" + n, goal: "Count " + n }; } };`,
    );
    expect((await loadSuite(file)).cases.map(({ evalCase }) => evalCase.goal)).toEqual([
      "Count 1",
      "Count 2",
      "Count 3",
    ]);
  });

  test("keeps only cases whose id or tag holds the filter", async () => {
    const cases = [ONE, { ...ONE, id: "c2", tags: ["hard"] }];
    expect((await loadSuite(suite({ cases }), { filter: "hard" })).cases.map(({ id }) => id)).toEqual(["c2"]);
    await expect(loadSuite(suite({ cases }), { filter: "none" })).rejects.toThrow(/no case that matches 'none'/);
  });

  test.each([
    ["two cases with one id", { cases: [ONE, ONE] }, /two cases called 'c1'/],
    ["two variants with one id", { cases: [ONE], variants: [{ id: "a" }, { id: "a" }] }, /two variants called 'a'/],
    ["a gate on no variant", { cases: [ONE], gates: [{ scorer: "x", min: 0, variant: "z" }] }, /gate on variant 'z'/],
    ["a scorer that there is none of", { cases: [ONE], scorers: ["tool_f2"] }, /'tool_f2'.*Did you mean 'tool_f1'/],
    ["a tag to cluster by that no case has", { cases: [ONE], cluster: "documents" }, /Did you mean 'document'/],
    ["a gold with an unknown tool", { cases: [gold({ tool: "sumarize" })] }, /'c1'.*Did you mean 'summarize'/],
    ["a gold that refers to nothing", { cases: [gold({ input: { text: { ref: "documnt.text" } } })] }, /PLAN|documnt/],
    ["an accepted input of no step", { cases: [gold({}, [{ step: "z", input: "text" }])] }, /accepted\/0\/step': 'z'/],
    ["an unknown tool forbidden", { cases: [{ ...ONE, forbidden: ["sumarize"] }] }, /forbidden\/0.*Did you mean 'summ/],
    [
      "an order of an unknown tool forbidden",
      { cases: [{ ...ONE, forbidden: [{ tool: "summarize", before: "x" }] }] },
      /forbidden\/0\/before/,
    ],
    [
      "an assertion that is none",
      { cases: [{ ...ONE, assertions: [{ name: "a", check: { foo: 1 } }] }] },
      /assertions/,
    ],
    ["an unknown field", { cases: [ONE], trails: 3 }, /is not right at 'trails' \(line 1\): .* did you mean 'trials'/],
    ["a case that is none", { cases: [{ id: "c1" }] }, /'cases.0.goal' \(case 'c1', line 1\): it is missing/],
    [
      "a gold in no alternative",
      { cases: [{ ...ONE, gold: { kind: "plan" } }] },
      /'cases.0.gold.anyOf' \(case 'c1'.*missing/,
    ],
    ["a mistyped kind", { cases: [{ ...ONE, gold: { anyOf: [{ kind: "plane" }] } }] }, /anyOf.0.kind' \(case 'c1'/],
    [
      "a mistyped field of a variant",
      { cases: [ONE], variants: [{ id: "v", promt: "p@1" }] },
      /\(variant 'v'.*'prompt'/,
    ],
    ["a gate with a mistyped bound", { cases: [ONE], gates: [{ scorer: "sound", mn: 1 }] }, /'gates.0.*gate 1/],
    ["a missing document", { cases: [{ ...ONE, document: "no.md" }] }, /Case 'c1': There is no document at/],
    [
      "itself among its cases",
      { cases: ["letters.eval.json"] },
      /takes its cases from itself: letters.eval.json → letters/,
    ],
    ["an id that no list by ids can hold", { cases: [{ ...ONE, id: "__proto__" }] }, /__proto__ is no id/],
    ["a case file that is missing", { cases: "none.jsonl" }, /'none.jsonl' can't be read/],
  ])("is refused where it has %s", async (_, content, message) => {
    await expect(loadSuite(suite(content))).rejects.toThrow(message);
  });

  test("may cluster by a tag, and have golds of a later decision that read the steps before it", async () => {
    const cases = ["a", "b"].map((id) => ({ ...ONE, id, tags: [`topic:${id}`] }));
    const loaded = await loadSuite(suite({ cases, cluster: "topic" }));
    expect(loaded.cases.map(({ cluster }) => cluster)).toEqual(["topic:a", "topic:b"]);
    const later = { ...gold({ input: { text: { ref: "earlier.text" } } }), decision: 2 };
    await expect(loadSuite(suite({ cases: [later], level: "loop" }))).resolves.toMatchObject({ level: "loop" });
  });

  test("that names another which names it is told the circle", async () => {
    const folder = tempFolder();
    write(folder, "b.eval.yaml", "name: b\ncases: [letters.eval.json]\n");
    const circle = /letters.eval.json → b.eval.yaml → letters.eval.json/;
    await expect(loadSuite(suite({ cases: [ONE, "b.eval.yaml"] }, folder))).rejects.toThrow(circle);
  });

  test("is read with the line of a mistake, and hints about its own folder and cases", async () => {
    const yaml =
      "name: letters\ncases:\n  - id: c1\n    goal: Go\n  - id: c2\n    goal: Go\n    gold: { kind: plan }\n";
    const file = write(tempFolder(), "letters.eval.yaml", yaml);
    await expect(loadSuite(file)).rejects.toThrow(/'cases.1.gold.anyOf' \(case 'c2', line 7\): it is missing/);
    const missing = loadSuite(suite({ cases: [{ ...ONE, document: "no.md" }] }));
    await expect(missing).rejects.toMatchObject({ hint: expect.stringContaining("the suite's folder") });
    const none = loadSuite(suite({ cases: [{ ...ONE, tags: ["hard"] }] }), { filter: "zzz" });
    await expect(none).rejects.toMatchObject({ hint: expect.stringContaining("the cases c1, and the tags hard") });
  });

  test("tells which files it looked at, in whatever folder", async () => {
    const folder = tempFolder();
    mkdirSync(join(folder, "suites"));
    write(folder, "a.md", DOCUMENT.text);
    write(folder, "more.jsonl", JSON.stringify({ ...ONE, document: "../a.md" }));
    const seen: string[] = [];
    await loadSuite(suite({ cases: ["../more.jsonl"] }, join(folder, "suites")), { onRead: (path) => seen.push(path) });
    expect(seen).toEqual(["suites/letters.eval.json", "more.jsonl", "a.md"].map((name) => join(folder, name)));
  });

  test("refuses a table with two columns of one name, of which the later would win", async () => {
    const folder = tempFolder();
    write(folder, "more.csv", "id,goal,goal\nc1,One,Other\n");
    await expect(loadSuite(suite({ cases: "more.csv" }, folder))).rejects.toThrow(/two columns are called 'goal'/);
  });

  test("says in which line a case file is damaged", async () => {
    const folder = tempFolder();
    write(folder, "cases.jsonl", `${JSON.stringify(ONE)}\n{"id": \n`);
    await expect(loadSuite(suite({ cases: "cases.jsonl" }, folder))).rejects.toThrow(/cases.jsonl, line 2/);
  });

  test("has another hash when a gold or a document changes, but was asked the same where only a gold does", async () => {
    const before = await loadSuite(suite({ cases: [ONE] }));
    const gold = await loadSuite(suite({ cases: [{ ...ONE, gold: { anyOf: [{ kind: "ask" }] } }] }));
    const text = await loadSuite(suite({ cases: [{ ...ONE, document: { name: "a.md", text: "Other." } }] }));
    expect([gold.hash === before.hash, gold.askedHash === before.askedHash]).toEqual([false, true]);
    expect([text.hash === before.hash, text.askedHash === before.askedHash]).toEqual([false, false]);
  });

  test("has a JSON Schema for editors that knows its fields", () => {
    expect(suiteJsonSchema()).toMatchObject({
      required: expect.arrayContaining(["name", "cases"]),
      properties: { gates: {}, variants: {}, level: { enum: ["plan", "loop", "outcome"] } },
    });
  });
});
