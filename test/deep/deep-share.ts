/** What `npm run test:deep` gives a deep test: its seed, and how many seconds the file may take (scripts/test-deep.mjs). */

export const deepSeed = Number(process.env["PLANWRIGHT_DEEP_SEED"] ?? "1");

/** Files with a larger share than others have it under their own name. */
export function deepSeconds(file?: "simulation" | "crash-points"): number {
  const own = file === undefined ? undefined : process.env[`PLANWRIGHT_DEEP_SECONDS_${file}`];
  return Number(own ?? process.env["PLANWRIGHT_DEEP_SECONDS"] ?? "60");
}
