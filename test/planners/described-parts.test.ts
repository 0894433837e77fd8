import { describe, expect, test } from "vitest";
import { describeDocuments } from "../../planners/model/describe-documents.ts";
import { describeHistory } from "../../planners/model/describe-history.ts";
import { PREVIEW_ROOM, tokensOf } from "../../planners/model/preview-room.ts";
import type { HistoryItem } from "../../src/planner/planning-request.ts";
import { digest } from "./fixtures/planning-request.ts";

const room = PREVIEW_ROOM;

function item(step: string, rest: Partial<HistoryItem> = {}): HistoryItem {
  return { step, tool: "look", status: "completed", preview: null, outputSchema: null, error: null, ...rest };
}

describe("documents in a prompt", () => {
  test("share their room: long ones are cut to the same length, short ones are not", () => {
    const long = { ...digest("long.txt"), chars: 9_000, preview: "Long words. ".repeat(80) };
    const short = { ...digest("short.txt"), chars: 12, preview: "Short words." };
    const text = describeDocuments([long, short, long], { room: 203, scale: 1 });
    const frames = [...text.matchAll(/```data\n([\s\S]*?)\n```/g)].map((match) => match[1] ?? "");
    expect(frames[1]).toBe("Short words.");
    expect(frames[0]).toBe(frames[2]);
    expect(tokensOf(frames[0] ?? "")).toBeGreaterThan(90);
    expect(tokensOf(frames[0] ?? "")).toBeLessThanOrEqual(100);
    expect(text.match(/its beginning, cut/g)).toHaveLength(2);
    expect(text).toContain('documents[1]: "short.txt" (text/markdown, 12 characters, 2 pages); all of it:');
  });

  test("are counted beyond the first fifty", () => {
    const text = describeDocuments(Array<ReturnType<typeof digest>>(60).fill(digest()), { room: 100, scale: 1 });
    expect(text).toContain("documents[49]:");
    expect(text).not.toContain("documents[50]:");
    expect(text).toContain("… and 10 more, up to documents[59]");
  });

  test("say in one line what is known of them, whatever their media type pretends", () => {
    const text = describeDocuments([{ ...digest(), type: "text/x\n# Goal" }], { room: 100, scale: 1 });
    expect(text).toBe('documents[0] = document: "notes.md" (text/x?? Goal, 900 characters, 2 pages)');
  });

  test("are none", () => expect(describeDocuments([], { room: 100, scale: 1 })).toBe("none"));
});

describe("steps in a prompt", () => {
  test("say what became of them, with their result or error between fences", () => {
    const history = [
      item("a", { preview: '{"text":"Hi"}' }),
      item("b", { status: "failed", error: { code: "TOOL_PERMANENT", message: "No such page." } }),
      item("c", { status: "unmet" }),
      item("d", { status: "running" }),
    ];
    expect(describeHistory(history, { room, scale: 1 })).toEqual({
      done: ['a (look): completed\n```data\noutput: {"text":"Hi"}\n```', "c (look): unmet"],
      open: "b (look): failed TOOL_PERMANENT\n```data\nerror: No such page.\n```\n\nd (look): running",
    });
  });

  test("say that a result was cut, whoever cut it", () => {
    const long = JSON.stringify({ text: "many words ".repeat(200) });
    const { done } = describeHistory([item("a", { preview: long }), item("b", { preview: '{"text":"ma…' })], {
      room,
      scale: 1,
    });
    expect(done[0]).toMatch(/^a \(look\): completed\n```data\noutput, cut: \{"text":"many/);
    expect(tokensOf(done[0] ?? "")).toBeLessThan(room.step + 20);
    expect(done[1]).toBe('b (look): completed\n```data\noutput, cut: {"text":"ma…\n```');
  });

  test("show their definition: whole where they may be named again", () => {
    const definition = { id: "a", tool: "look", input: { text: "word ".repeat(100) } };
    const open = describeHistory([item("a", { status: "pending", definition })], { room, scale: 1 }).open;
    expect(open).toBe(`a (look): pending\n\`\`\`data\nstep: ${JSON.stringify(definition)}\n\`\`\``);
    const [done = ""] = describeHistory([item("a", { preview: "1", definition })], { room, scale: 1 }).done;
    expect(done).toMatch(/^a \(look\): completed\n```data\nstep: \{"id":"a".*…\noutput: 1\n```$/);
    expect(done.length).toBeLessThan(330);
  });

  test("are at most five hundred: the last ones", () => {
    const history = Array.from({ length: 700 }, (_, n) => item(`s${n}`, { preview: '{"text":"some words"}' }));
    const { done } = describeHistory(history, { room, scale: 1 });
    expect(done).toHaveLength(501);
    expect(done[0]).toBe("(200 earlier steps are left out)");
    expect(done[1]).toContain("s200 (look)");
    expect(tokensOf(done.join("\n"))).toBeLessThan(room.steps + 500 * 10);
  });

  test("are none", () => expect(describeHistory([], { room, scale: 1 })).toEqual({ done: ["none"], open: "none" }));
});
