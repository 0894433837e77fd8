/**
 * Where words go: data to standard output, everything else to standard error; with `--json` exactly one document.
 * Owns: that split. Must not: decide what is said.
 */
import type { ErrorShape } from "../error/planwright-error.ts";
import { renderError } from "./render/render-error.ts";
import { type Style, styleFor } from "./render/style.ts";
import { visibleJson } from "./render/visible-text.ts";
import type { Terminal } from "./terminal.ts";

export interface Reporter {
  readonly isJson: boolean;
  /** For standard output. */
  readonly style: Style;
  /** For standard error. */
  readonly noteStyle: Style;
  /** Columns of standard output; null where lines may be of any length. */
  columns(): number | null;
  /** Data for people, on standard output; nothing with `--json`. */
  print(text: string): void;
  /** The one document of `--json`. */
  printJson(value: unknown): void;
  /** One line of JSON Lines. */
  printJsonLine(value: unknown): void;
  /** A line for the person who watches, on standard error. */
  note(text: string): void;
  /** An error: for people on standard error, with `--json` as the one document. */
  fail(error: ErrorShape): void;
}

export function createReporter(terminal: Terminal, { isJson }: { isJson: boolean }): Reporter {
  const { stdout, stderr, env } = terminal;
  const style = styleFor(stdout, env);
  const noteStyle = styleFor(stderr, env);
  const printJson = (value: unknown): void => stdout.write(`${visibleJson(value, 2)}\n`);
  return {
    isJson,
    style,
    noteStyle,
    columns: () => stdout.size()?.columns ?? null,
    print(text) {
      if (!isJson) stdout.write(text.endsWith("\n") ? text : `${text}\n`);
    },
    printJson,
    printJsonLine: (value) => stdout.write(`${visibleJson(value)}\n`),
    note: (text) => stderr.write(text.endsWith("\n") ? text : `${text}\n`),
    fail(error) {
      if (isJson) printJson(error);
      else stderr.write(`${renderError(error, noteStyle)}\n`);
    },
  };
}
