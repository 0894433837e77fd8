import { describe, expect, test } from "vitest";
import { PlanwrightError } from "../../src/error/planwright-error.ts";
import { loadDocument, loadDocumentFromStream } from "../../src/goal/load-document.ts";
import type { FileStat, FileSystem } from "../../src/shared/file-system.ts";

/** A file system with one file; every other call is a mistake of the loader. */
function oneFile(file: { stat?: FileStat | Error; content?: Uint8Array | Error }): FileSystem & { reads: number } {
  const refuse = (): never => {
    throw new Error("not expected here");
  };
  const give = <Value>(value: Value | Error | undefined): Promise<Value> =>
    value instanceof Error || value === undefined ? Promise.reject(value) : Promise.resolve(value);
  return {
    reads: 0,
    open: refuse,
    list: refuse,
    makeDirectory: refuse,
    syncDirectory: refuse,
    rename: refuse,
    link: refuse,
    truncate: refuse,
    remove: refuse,
    removeDirectory: refuse,
    stat: () => give(file.stat),
    read() {
      this.reads++;
      return give(file.content);
    },
  };
}

const nodeError = (code: string): Error => Object.assign(new Error(code), { code });
const statOf = (bytes: number, isFile = true): FileStat => ({ bytes, isFile, modifiedMs: 0 });
const codeOf = async (promise: Promise<unknown>): Promise<string> => {
  const thrown = await promise.then(
    () => null,
    (error: unknown) => error,
  );
  return thrown instanceof PlanwrightError ? thrown.code : `no PlanwrightError: ${String(thrown)}`;
};

describe("loading a document", () => {
  test("a file is named by its base name and typed by its extension", async () => {
    const content = new TextEncoder().encode("# Hello\n");
    const document = await loadDocument("some/where/a.md", {
      fileSystem: oneFile({ stat: statOf(content.length), content }),
    });
    expect(document).toMatchObject({ name: "a.md", type: "text/markdown", title: "Hello" });
  });

  test.each([
    ["ENOENT", "DOCUMENT_NOT_FOUND"],
    ["ENOTDIR", "DOCUMENT_NOT_FOUND"],
    ["EACCES", "DOCUMENT_UNREADABLE"],
    ["EIO", "DOCUMENT_UNREADABLE"],
  ])("%s becomes %s, from stat and from read", async (code, expected) => {
    expect(await codeOf(loadDocument("a", { fileSystem: oneFile({ stat: nodeError(code) }) }))).toBe(expected);
    expect(
      await codeOf(loadDocument("a", { fileSystem: oneFile({ stat: statOf(1), content: nodeError(code) }) })),
    ).toBe(expected);
  });

  test("a directory is unreadable", async () => {
    expect(await codeOf(loadDocument("a", { fileSystem: oneFile({ stat: statOf(0, false) }) }))).toBe(
      "DOCUMENT_UNREADABLE",
    );
  });

  test("a file over 64 MiB is refused before it is read; one that grew meanwhile after", async () => {
    const huge = oneFile({ stat: statOf(64 * 1024 * 1024 + 1), content: new Uint8Array() });
    expect(await codeOf(loadDocument("a", { fileSystem: huge }))).toBe("DOCUMENT_TOO_LARGE");
    expect(huge.reads).toBe(0);
    const grown = oneFile({ stat: statOf(3), content: new Uint8Array(9).fill(97) });
    expect(await codeOf(loadDocument("a", { fileSystem: grown, maxBytes: 8 }))).toBe("DOCUMENT_TOO_LARGE");
  });

  test("a stream is read to its end, or to the limit", async () => {
    async function* chunks(): AsyncGenerator<Uint8Array | string> {
      yield new Uint8Array([0xc3]);
      yield new Uint8Array([0xa9]);
      yield " cup";
    }
    expect(await loadDocumentFromStream(chunks())).toMatchObject({ name: "stdin", text: "é cup" });
    expect(await codeOf(loadDocumentFromStream(chunks(), { maxBytes: 4 }))).toBe("DOCUMENT_TOO_LARGE");
  });
});
