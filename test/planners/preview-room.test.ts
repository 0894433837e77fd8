import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { cutToTokens, PREVIEW_ROOM, shareFairly, shareInOrder, tokensOf } from "../../planners/model/preview-room.ts";

const wants = fc.array(fc.integer({ min: 0, max: 500 }), { maxLength: 40 });
const sum = (numbers: readonly number[]) => numbers.reduce((total, number) => total + number, 0);

describe("room shared fairly", () => {
  test.each([
    [[10, 10], 100, [10, 10]],
    [[100, 100], 50, [25, 25]],
    [[5, 100, 100], 45, [5, 20, 20]],
    [[], 10, []],
    [[7, 3], 0, [0, 0]],
  ])("%j in %d is %j", (wanted, room, shares) => expect(shareFairly(wanted, room)).toEqual(shares));

  test("never goes beyond the room, nor beyond a wish, and gives nobody more than one who wants more", () => {
    fc.assert(
      fc.property(wants, fc.integer({ min: 0, max: 5_000 }), (wanted, room) => {
        const shares = shareFairly(wanted, room);
        expect(sum(shares)).toBeLessThanOrEqual(room);
        const most = Math.max(0, ...shares);
        for (const [place, share] of shares.entries()) expect(share).toBe(Math.min(wanted[place] ?? 0, most));
        // What is left over is less than one token for each that was cut.
        if (sum(wanted) > room) expect(room - sum(shares)).toBeLessThanOrEqual(wanted.length);
      }),
    );
  });
});

describe("room shared in order", () => {
  test("gives the same to the earlier ones, whatever comes after them", () => {
    fc.assert(
      fc.property(wants, wants, (before, after) => {
        const all = shareInOrder([...before, ...after], PREVIEW_ROOM);
        expect(all.slice(0, before.length)).toEqual(shareInOrder(before, PREVIEW_ROOM));
        expect(sum(all)).toBeLessThanOrEqual(PREVIEW_ROOM.steps);
      }),
    );
  });

  test("gives all that fifty steps with the runtime's longest previews have", () => {
    const shares = shareInOrder(Array<number>(50).fill(200), { ...PREVIEW_ROOM });
    expect(shares.slice(0, 45)).toEqual(Array<number>(45).fill(200));
    expect(shares.at(-1)).toBeGreaterThan(150);
  });
});

describe("a text cut to tokens", () => {
  test.each([
    ["after a paragraph", `${"a".repeat(34)}\n\nbb ccc`, "a".repeat(34)],
    ["after a sentence", `${"a".repeat(30)}. bbbbb cccccc`, `${"a".repeat(30)}.`],
    ["after a word", `${"a".repeat(30)} ${"b".repeat(30)}`, "a".repeat(30)],
    ["anywhere, where there is no boundary near", "a".repeat(50), "a".repeat(40)],
  ])("ends %s", (_, text, cut) => expect(cutToTokens(text, 10)).toBe(cut));

  test("is a beginning of it within the room, without half a character", () => {
    fc.assert(
      fc.property(fc.string({ unit: "grapheme", maxLength: 200 }), fc.integer({ min: 0, max: 60 }), (text, tokens) => {
        const cut = cutToTokens(text, tokens);
        expect(text.startsWith(cut)).toBe(true);
        expect(tokensOf(cut)).toBeLessThanOrEqual(tokens);
        expect(cut.isWellFormed()).toBe(true);
      }),
    );
  });
});
