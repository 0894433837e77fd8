/** A cassette in memory with a scripted model behind it, for the tests of cassettes. */
import { type CassetteModel, type CassetteOptions, createCassetteModel } from "../../src/model/cassette-model.ts";
import type { AttemptOptions, ModelAnswer, ModelRequest } from "../../src/model/model.ts";
import { createMemoryFileSystem, createScriptedModel, type ScriptedModelAnswer } from "../../src/testing/index.ts";

export const FILE = "/work/answers.jsonl";

export function request(text: string, more: Partial<ModelRequest> = {}): ModelRequest {
  return {
    system: [{ text: "You plan.", isStable: true }],
    messages: [{ role: "user", parts: [{ text }] }],
    format: { kind: "text" },
    maxOutputTokens: 1_000,
    parameters: { temperature: 0 },
    ...more,
  };
}

export function attempt(more: Partial<AttemptOptions> = {}): AttemptOptions {
  return { signal: new AbortController().signal, ...more };
}

export function createWorld() {
  const fileSystem = createMemoryFileSystem();
  const place = { file: FILE, fileSystem };
  const text = async (): Promise<string> => Buffer.from(await fileSystem.read(FILE)).toString();
  return {
    fileSystem,
    text,
    lines: async () =>
      (await text())
        .trim()
        .split("\n")
        .map((line) => JSON.parse(line) as Record<string, unknown>),
    record: (answers: readonly ScriptedModelAnswer[], more: Partial<CassetteOptions> = {}): Promise<CassetteModel> =>
      createCassetteModel({ ...place, mode: "record", inner: createScriptedModel(answers), ...more }),
    replay: (more: Partial<CassetteOptions> = {}): Promise<CassetteModel> =>
      createCassetteModel({ ...place, mode: "replay", ...more }),
    async write(content: string): Promise<void> {
      await fileSystem.makeDirectory("/work");
      const file = await fileSystem.open(FILE, { create: "if-missing" });
      await file.append(Buffer.from(content));
      await file.close();
    },
  };
}

/** Answer or error of a call, with the pieces that came before it. */
export async function outcome(
  model: { generate(request: ModelRequest, options: AttemptOptions): Promise<ModelAnswer> },
  asked: ModelRequest,
  more: Partial<AttemptOptions> = {},
): Promise<{ pieces: string[]; answer?: ModelAnswer; error?: unknown }> {
  const pieces: string[] = [];
  try {
    const answer = await model.generate(asked, attempt({ onText: (piece) => pieces.push(piece), ...more }));
    return { pieces, answer };
  } catch (error) {
    return { pieces, error };
  }
}
