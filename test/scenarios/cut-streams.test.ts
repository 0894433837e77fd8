/**
 * A stream that ends at any byte: the connection is closed as if all were well, or reset. Each ends in the whole answer or
 * in MODEL_STREAM_BROKEN, never in half an answer, and never waits. Real sockets: msw shows a broken one as a clean end.
 */
import { expect, test } from "vitest";
import { type Model, ModelError } from "../../src/model/model.ts";
import { requestOf, WORLDS } from "../model/model-worlds.ts";
import { type Reply, startProvider } from "../model/provider-server.ts";

/** Characters of two and four bytes, which a cut can halve. */
const SCRIPT = { pieces: ["ö", "😀"] };
const TEXT = SCRIPT.pieces.join("");
/** A reset is tried at every third byte: it takes longer, and the bytes that came are the same. */
const RESET_EVERY = 3;
/** Cuts that are tried at the same time. */
const AT_ONCE = 16;

interface Cut {
  after: number;
  how: "end" | "reset";
}

interface Outcome extends Cut {
  value: string | null;
  code: string | null;
  pieces: string;
}

async function tryCut(model: Model, cut: Cut): Promise<Outcome> {
  let pieces = "";
  // The server finds the cut by the request's own text: many are under way.
  const request = requestOf({ messages: [{ role: "user", parts: [{ text: `cut ${cut.after} ${cut.how}.` }] }] });
  const onText = (piece: string): void => {
    pieces += piece;
  };
  try {
    const { value } = await model.generate(request, { signal: new AbortController().signal, onText });
    return { ...cut, value, code: null, pieces };
  } catch (thrown) {
    if (!(thrown instanceof ModelError)) throw thrown;
    return { ...cut, value: null, code: thrown.code, pieces };
  }
}

test.each(["anthropic", "openai", "compatible"] as const)("%s: a cut at every byte", async (name) => {
  const { protocol, create } = WORLDS[name];
  const stream = Buffer.from(protocol.stream(SCRIPT));
  const server = await startProvider(protocol, (body): Reply => {
    const [, after, how] = /cut (\d+) (\w+)\./.exec(JSON.stringify(body)) ?? [];
    return { kind: "cut", after: Number(after), how: how as Cut["how"], script: SCRIPT };
  });
  const model = create(server.url);
  const places = Array.from({ length: stream.byteLength + 1 }, (_, after) => after);
  const cuts = [
    ...places.map((after): Cut => ({ after, how: "end" })),
    ...places.filter((after) => after % RESET_EVERY === 0).map((after): Cut => ({ after, how: "reset" })),
  ];
  const count = cuts.length;
  const outcomes: Outcome[] = [];
  const worker = async (): Promise<void> => {
    for (let cut = cuts.pop(); cut !== undefined; cut = cuts.pop()) outcomes.push(await tryCut(model, cut));
  };
  await Promise.all(Array.from({ length: AT_ONCE }, worker));
  await server.close();

  expect(outcomes).toHaveLength(count);
  const isRight = ({ value, code, pieces }: Outcome): boolean =>
    value === null ? code === "MODEL_STREAM_BROKEN" && TEXT.startsWith(pieces) : value === TEXT && pieces === TEXT;
  expect(outcomes.filter((outcome) => !isRight(outcome))).toEqual([]);
  // Both do happen: the whole stream is an answer, and its first half is none.
  expect(outcomes.find(({ after, how }) => after === stream.byteLength && how === "end")?.value).toBe(TEXT);
  expect(outcomes.filter(({ after, value }) => after < stream.byteLength / 2 && value !== null)).toEqual([]);
});
