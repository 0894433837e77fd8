/** Lines that are painted already, cut to a terminal's width. Owns: that colours take no columns and always end. */
import { cutToWidth, textWidth } from "./text-width.ts";

const PAINT = /\u001b\[[\d;]*m/g;

export function unpainted(line: string): string {
  return line.replace(PAINT, "");
}

/** The line itself where it fits; else its start and `…`, with every colour that was begun ended. */
export function cutPainted(line: string, width: number | null): string {
  if (width === null || textWidth(unpainted(line)) <= width) return line;
  // Without the `…` at its end.
  let left = cutToWidth(unpainted(line), width).length - 1;
  let hasEnded = false;
  let cut = "";
  for (const part of line.split(/(\u001b\[[\d;]*m)/)) {
    // Paint beyond the cut is kept: it takes no room, and ends what was begun.
    if (part.startsWith("\u001b[")) cut += part;
    else if (!hasEnded) {
      hasEnded = part.length > left;
      cut += hasEnded ? `${part.slice(0, left)}…` : part;
      left -= part.length;
    }
  }
  return cut;
}
