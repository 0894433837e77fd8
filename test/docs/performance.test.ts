import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { type Figures, figuresBlock, withFigures } from "../../bench/document-figures.ts";

const read = (path: string): string => readFileSync(new URL(`../../${path}`, import.meta.url), "utf8");
const figures = JSON.parse(read("bench/results.json")) as Figures;

test("the figures in docs/performance.md are those of the committed result file", () => {
  expect(read("docs/performance.md")).toContain(figuresBlock(figures));
});

test("new figures take the place of the old ones and leave the rest as it is", () => {
  const text = read("docs/performance.md");
  const other = { ...figures, machine: { cores: 3, node: "99.0.0" } };
  const changed = withFigures(text, other);
  expect(changed).toContain("3 cores, Node 99.0.0");
  expect(withFigures(changed, figures)).toBe(text);
  expect(() => withFigures("no marks", figures)).toThrow("lacks the marks");
});
