/** Colours and weights on a terminal, nothing elsewhere. Owns: when to use them (NO_COLOR of no-color.org, FORCE_COLOR). */
import type { Output, Terminal } from "../terminal.ts";

export type Paint = (text: string) => string;

export interface Style {
  bold: Paint;
  dim: Paint;
  red: Paint;
  green: Paint;
  yellow: Paint;
  cyan: Paint;
  /** False: every paint gives its text back. */
  readonly isColourful: boolean;
}

const plain: Paint = (text) => text;

export const PLAIN_STYLE: Style = {
  bold: plain,
  dim: plain,
  red: plain,
  green: plain,
  yellow: plain,
  cyan: plain,
  isColourful: false,
};

const COLOURFUL_STYLE: Style = {
  bold: sgr(1, 22),
  dim: sgr(2, 22),
  red: sgr(31, 39),
  green: sgr(32, 39),
  yellow: sgr(33, 39),
  cyan: sgr(36, 39),
  isColourful: true,
};

/** NO_COLOR has the last word; FORCE_COLOR asks for colours where there is no terminal, `0` and `false` refuse them. */
export function styleFor(output: Output, env: Terminal["env"]): Style {
  const { NO_COLOR: refusal = "", FORCE_COLOR: wish = "", TERM: kind = "" } = env;
  if (refusal !== "" || wish === "0" || wish === "false") return PLAIN_STYLE;
  const canPaint = wish !== "" || (output.isTerminal && kind !== "dumb");
  return canPaint ? COLOURFUL_STYLE : PLAIN_STYLE;
}

/** "Select graphic rendition" (ECMA-48, 8.3.117). */
function sgr(on: number, off: number): Paint {
  return (text) => (text === "" ? "" : `\u001b[${on}m${text}\u001b[${off}m`);
}
