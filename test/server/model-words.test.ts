/** No word that a request or a journal holds makes the server read a file, or send its key to somebody else. */
import { describe, expect, test } from "vitest";
import { checkModelWord, openAskedModel } from "../../src/server/model-words.ts";
import { requestOf as modelRequest } from "../model/model-worlds.ts";

const OWN = "compatible:a@http://10.0.0.1/v1";

describe("a word", () => {
  test.each([
    "offline",
    "anthropic:x",
    "openai:x",
    OWN,
    "compatible:b@http://10.0.0.1/x",
    "compatible:a@http://127.0.0.1:9/v1",
    "\tcompatible:a@http://127.0.0.1:9/v1 ",
  ])("%j is taken", (word) => expect(() => checkModelWord(word, OWN)).not.toThrow());

  test.each([
    "cassette:../../x",
    " cassette:../../x",
    "\u00a0cassette:../../x\n",
    "compatible:a@http://10.0.0.2/v1",
    " compatible:a@http://10.0.0.2/v1",
    "\tcompatible:a@http://10.0.0.2/v1",
    "\ufeffcompatible:a@http://10.0.0.2/v1",
    "compatible:a@http://10.0.0.1:8080/v1",
    "compatible:a@https://10.0.0.1/v1",
    "compatible:a@http://127.0.0.1.evil.example/v1",
    "compatible:a@http://127.0.0.1@http://evil.example/v1",
  ])("%j is FORBIDDEN", (word) =>
    expect(() => checkModelWord(word, OWN)).toThrow(expect.objectContaining({ code: "FORBIDDEN" })),
  );

  test.each(["", " ", "nonsense", "Compatible:a@http://10.0.0.1/v1", "compatible:a@file:///x", "compatible:a@http://"])(
    "%j is no model, and nothing is opened for it",
    async (word) => {
      await expect(openAskedModel(word, { env: {}, configured: OWN })).rejects.toMatchObject({
        code: "CONFIG_INVALID",
      });
    },
  );

  test("of the server's own cassette is taken, whatever blanks are around it", () => {
    expect(() => checkModelWord(" cassette:./a.jsonl", "cassette:./a.jsonl")).not.toThrow();
    expect(() => checkModelWord("cassette:./b.jsonl", "cassette:./a.jsonl")).toThrow("can choose that model");
  });

  test.each([
    [OWN, OWN, "Bearer the-key"],
    ["compatible:other@http://10.0.0.1/x", OWN, "Bearer the-key"],
    ["compatible:a@http://127.0.0.1:9/v1", OWN, null],
    ["compatible:a@http://127.0.0.1:9/v1", null, null],
    ["compatible:a@http://127.0.0.1:9/v1", "compatible:a@http://127.0.0.1:8/v1", null],
  ])(
    "%s beside the server's %s goes out with the key only to the server's own origin",
    async (word, configured, sent) => {
      const seen: (string | null)[] = [];
      const fetch: typeof globalThis.fetch = async (_, init) => {
        seen.push(new Headers(init?.headers).get("authorization"));
        return new Response("{}", { status: 400 });
      };
      const model = await openAskedModel(word, { env: { PLANWRIGHT_API_KEY: "the-key" }, configured, fetch });
      await model.generate(modelRequest(), { signal: new AbortController().signal }).catch(() => null);
      expect(seen).toEqual([sent]);
    },
  );
});
