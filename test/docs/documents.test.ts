/** docs/documents.md: its goals are planned on its sample, its example is the example file, and its figures are those of the code. */
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { beforeAll, describe, expect, test } from "vitest";
import { createRuntime } from "../../src/create-runtime.ts";
import type { Document } from "../../src/goal/document.ts";
import {
  GROWTH_BYTES,
  HEAP_MIB,
  MAX_CELLS,
  MAX_DEPTH,
  MAX_ELEMENTS,
  MAX_HTML_MARKS,
  MAX_PAGES,
  MAX_UNPACKED_BYTES,
  MAX_ZIP_ENTRIES,
  READ_MS,
} from "../../src/goal/formats/format-limits.ts";
import { loadDocument } from "../../src/goal/load-document.ts";
import { createMemoryStore } from "../../src/journal/memory-store.ts";

const root = join(import.meta.dirname, "../..");
const page = await readFile(join(root, "docs/documents.md"), "utf8");
const commands = [...page.matchAll(/^planwright run ["'](.+?)["'] (-d .*)$/gm)];

const TOOLS: Record<string, string> = {
  "Summarise this": "summarize",
  "List the tables": "extract_tables",
  "Find all dates": "extract_dates",
  "List the amounts": "extract_amounts",
  "Who can I contact?": "extract_contacts",
  "What language is this?": "detect_language",
  "How readable is it?": "measure_readability",
  "Redact personal data": "redact_personal_data",
  "Compare the two documents": "compare_documents",
  'Answer the question "When was the new quay approved?"': "answer_question",
};

describe("docs/documents.md", () => {
  const documents = new Map<string, Document>();
  beforeAll(async () => {
    for (const name of ["samples/harbour-report.pdf", "samples/ferry-cooperative.md"])
      documents.set(name, await loadDocument(join(root, name)));
  });

  test("shows every goal that its tools are for", () => {
    expect(commands.map(([, goal]) => goal)).toEqual(Object.keys(TOOLS));
  });

  test.each(commands.map(([, goal = "", files = ""]) => [goal, files]))("'%s' runs, on %s", async (goal, files) => {
    const runtime = createRuntime({ store: createMemoryStore() });
    const given = files.split("-d ").flatMap((file) => documents.get(file.trim()) ?? []);
    const result = await runtime.run({ goal, documents: given });
    await runtime.close();
    expect(result).toMatchObject({ status: "completed", missing: [], steps: [{ tool: TOOLS[goal] }] });
    expect(JSON.stringify(result.output)).not.toMatch(/"(?:method)":"none"/);
  });

  test("its example is the example file", async () => {
    expect(page).toContain(`\`\`\`ts\n${await readFile(join(root, "examples/read-a-document.ts"), "utf8")}\`\`\``);
  });

  test("its limits are those of the code", () => {
    const text = page.replace(/\s+/g, " ");
    const grouped = (count: number): string => count.toLocaleString("en");
    expect(text).toContain(`It ends after ${READ_MS / 1_000} seconds, at ${HEAP_MIB} MiB of heap`);
    expect(text).toContain(`grown by ${GROWTH_BYTES / 1024 / 1024} MiB`);
    expect(text).toContain(`${grouped(MAX_PAGES)} pages, 16 Mi characters of text, ${grouped(MAX_CELLS)} table cells`);
    expect(text).toContain(`${grouped(MAX_ZIP_ENTRIES)} parts, and ${MAX_UNPACKED_BYTES / 1024 / 1024} MiB unpacked`);
    expect(text).toContain(
      `${grouped(MAX_HTML_MARKS)} tags and entities, ${grouped(MAX_ELEMENTS)} elements, ${MAX_DEPTH} levels`,
    );
  });
});
