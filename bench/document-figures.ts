/** The measured figures as they stand in docs/performance.md. Owns: the block between its two marks. */
import { readFileSync, writeFileSync } from "node:fs";
import type { Row } from "./print-table.ts";

const BEGIN = "<!-- figures: written by `npm run bench -- --document docs/performance.md` -->";
const END = "<!-- end of figures -->";

/** What a result file holds, as far as it is shown. */
export interface Figures {
  machine: { cores: number; node: string };
  load: { atStart: number; atEnd: number };
  aims: readonly Row[];
}

export function figuresBlock({ machine, load, aims }: Figures): string {
  const rows = aims.map(({ what, aim, measured, verdict }) => `| ${what} | ${aim} | ${measured} | ${verdict} |`);
  return [
    BEGIN,
    "",
    `${machine.cores} cores, Node ${machine.node}, load ${load.atStart} at the start and ${load.atEnd} at the end.`,
    "",
    "| what (the worst figure of its kind) | aim | measured | verdict |",
    "| --- | --- | --- | --- |",
    ...rows,
    "",
    END,
  ].join("\n");
}

/** The document with these figures in the place of the ones that stand there. Throws where it has no such place. */
export function withFigures(text: string, figures: Figures): string {
  const [begin, end] = [text.indexOf(BEGIN), text.indexOf(END)];
  if (begin === -1 || end < begin) throw new Error(`the document lacks the marks ${BEGIN} and ${END}`);
  return `${text.slice(0, begin)}${figuresBlock(figures)}${text.slice(end + END.length)}`;
}

export function documentFigures(path: string, figures: Figures): void {
  writeFileSync(path, withFigures(readFileSync(path, "utf8"), figures));
}
