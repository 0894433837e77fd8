/** Words in capitals. Owns: what counts as an acronym. */

/** Two to six capitals, with dots, digits or "&" allowed. */
export function isAcronym(word: string): boolean {
  return /^(?:[A-Z][A-Z&.\d-]{1,6})s?$/.test(word) && /[A-Z].*[A-Z]/.test(word);
}
