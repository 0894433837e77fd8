/** Intervals drawn: a dot for the mean, a line for its 95 % interval. Owns: the scale. Pure. */
import { escapeHtml } from "./escape-html.ts";

export interface DrawnInterval {
  middle: number | null;
  low: number | null;
  high: number | null;
  /** Read out instead of the picture. */
  label: string;
}

const WIDTH = 220;
const HEIGHT = 18;
const EDGE = 6;

/** On a scale from `from` to `to`; what lies outside is cut off at the edge. A line marks zero where it is inside. */
export function drawInterval(interval: DrawnInterval, { from, to }: { from: number; to: number }): string {
  const { middle, low, high, label } = interval;
  const place = (value: number): string => {
    const share = Math.min(1, Math.max(0, (value - from) / (to - from)));
    return (EDGE + share * (WIDTH - 2 * EDGE)).toFixed(1);
  };
  const y = HEIGHT / 2;
  const axis = `<line class="axis" x1="${EDGE}" y1="${y}" x2="${WIDTH - EDGE}" y2="${y}"/>`;
  const zero =
    from < 0 && to > 0 ? `<line class="zero" x1="${place(0)}" y1="1" x2="${place(0)}" y2="${HEIGHT - 1}"/>` : "";
  const whisker =
    low === null || high === null
      ? ""
      : `<line class="whisker" x1="${place(low)}" y1="${y}" x2="${place(high)}" y2="${y}"/>`;
  const dot = middle === null ? "" : `<circle class="dot" cx="${place(middle)}" cy="${y}" r="4"/>`;
  const name = escapeHtml(label);
  return `<svg role="img" aria-label="${name}" width="${WIDTH}" height="${HEIGHT}" viewBox="0 0 ${WIDTH} ${HEIGHT}">${axis}${zero}${whisker}${dot}</svg>`;
}
