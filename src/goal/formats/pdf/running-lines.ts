/**
 * Headers, footers and page numbers: lines at the edge of many pages that differ in digits alone. Owns: which lines
 * those are. The first of a kind stays, so that no words are lost; page numbers go.
 */
import { type Line, textOfLine } from "./pdf-line.ts";

const LEAST_PAGES = 3;
const LEAST_SHARE = 0.6;

export function withoutRunningLines(pages: readonly Line[][]): Line[][] {
  const counts = new Map<string, number>();
  for (const page of pages) for (const key of new Set(edges(page).map(keyOf))) count(counts, key);
  const isRunning = (line: Line): boolean => {
    const times = counts.get(keyOf(line)) ?? 0;
    return times >= LEAST_PAGES && times >= LEAST_SHARE * pages.length;
  };
  const seen = new Set<string>();
  return pages.map((page) => {
    const gone = new Set<Line>();
    for (const line of edges(page).filter(isRunning)) {
      const key = keyOf(line);
      const isPageNumber = !/\p{L}{3}/u.test(key.replace(/\b(page|seite|of|von)\b/gi, ""));
      if (isPageNumber || seen.has(key)) gone.add(line);
      seen.add(key);
    }
    return page.filter((line) => !gone.has(line));
  });
}

function edges(page: readonly Line[]): Line[] {
  const top = page[0];
  const bottom = page.at(-1);
  return [top, bottom].filter((line, place, all): line is Line => line !== undefined && all.indexOf(line) === place);
}

function keyOf(line: Line): string {
  return textOfLine(line).replace(/\d+/g, "#").toLowerCase();
}

function count(counts: Map<string, number>, key: string): void {
  counts.set(key, (counts.get(key) ?? 0) + 1);
}
