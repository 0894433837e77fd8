/** Titles that programs write into PDF documents. Owns: which of them are titles, and not names of files or programs. */

const LONGEST_TITLE = 300;

/** The title without its program's marks, or null where it says nothing. */
export function usableTitle(raw: string): string | null {
  const title = raw.replace(/^Microsoft (?:Word|PowerPoint|Excel) - /i, "").trim();
  const isFileName = /\.(?:docx?|odt|rtf|tex|dvi|indd|qxd|pptx?|xlsx?|pages|txt|html?|pdf|ps)$/i.test(title);
  const isNothing = /^(?:untitled|document ?\d*|no title|title|about:blank|-|\W*)$/i.test(title);
  return isFileName || isNothing || title.length > LONGEST_TITLE ? null : title;
}
