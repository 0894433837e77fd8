/** An error for people: code, message, what to do next, and every issue with its place. Never a stack. */
import type { Issue } from "../../error/issue.ts";
import type { ErrorShape } from "../../error/planwright-error.ts";
import { nameFlags } from "./name-flags.ts";
import type { Style } from "./style.ts";
import { visibleLine, visibleText } from "./visible-text.ts";

/** Issues beyond so many are counted only. */
const MOST_ISSUES = 20;

export function renderError(error: ErrorShape, style: Style): string {
  const lines = [`${style.red(style.bold(error.code))}  ${visibleText(error.message)}`];
  const [first] = error.issues;
  const isSaid = error.issues.length === 1 && first !== undefined && error.message.includes(first.message);
  if (!isSaid) lines.push(...renderIssues(error.issues, style));
  else if (first.path !== "") lines.push(`  ${style.dim(`at ${visibleLine(first.path)}`)}`);
  if (error.hint !== "") lines.push(`  ${style.cyan("→")} ${visibleText(nameFlags(error.hint))}`);
  return lines.join("\n");
}

/** One or two lines per issue; warnings in yellow. */
export function renderIssues(issues: readonly Issue[], style: Style): string[] {
  const lines = issues.slice(0, MOST_ISSUES).flatMap((issue) => {
    const paint = issue.severity === "error" ? style.red : style.yellow;
    const place = issue.path === "" ? "" : ` ${style.dim(`at ${visibleLine(issue.path)}`)}`;
    const head = `  ${paint(issue.severity === "error" ? "✗" : "!")} ${issue.code}${place}  ${visibleLine(issue.message)}`;
    return issue.hint === "" ? [head] : [head, `      ${style.dim(visibleLine(issue.hint))}`];
  });
  const left = issues.length - MOST_ISSUES;
  return left > 0 ? [...lines, `  … and ${left} more`] : lines;
}
