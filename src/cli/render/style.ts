/** Colours and weights on a terminal, nothing elsewhere. Owns: when to use them (NO_COLOR, no-color.org; TERM=dumb). */
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

export function styleFor(output: Output, env: Terminal["env"]): Style {
  const hasNoColour = (env["NO_COLOR"] ?? "") !== "" || env["TERM"] === "dumb";
  return output.isTerminal && !hasNoColour ? COLOURFUL_STYLE : PLAIN_STYLE;
}

/** "Select graphic rendition" (ECMA-48, 8.3.117). */
function sgr(on: number, off: number): Paint {
  return (text) => (text === "" ? "" : `\u001b[${on}m${text}\u001b[${off}m`);
}
