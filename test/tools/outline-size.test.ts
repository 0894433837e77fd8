import { expect, test } from "vitest";
import { outline } from "../../tools/outline.ts";
import { processorMs } from "../setup/processor-time.ts";
import { runTool } from "./run-tool.ts";

test("300,000 headings give the first 1,000, and a confidence that tells how few that is", () => {
  const text = "# abc\n".repeat(300_000);
  expect(processorMs(() => runTool(outline, { text }))).toBeLessThan(5_000); // 0.6 s on a quiet machine
  const output = runTool(outline, { text });
  expect(output.items).toHaveLength(1_000);
  expect(output).toMatchObject({ method: "markdown-headings", confidence: 0.01 });
});

test("1,000 headings are all there", () => {
  const output = runTool(outline, { text: "# abc\n".repeat(1_000) });
  expect(output.items).toHaveLength(1_000);
  expect(output.confidence).toBe(1);
});
