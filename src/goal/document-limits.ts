/** Limits of reading documents (SAFETY.md, "Default limits"). Owns: the numbers. */

/** Files by path, and texts handed over in memory. */
export const MAX_DOCUMENT_BYTES = 64 * 1024 * 1024;
