import { defineConfig } from "vitest/config";

/**
 * Deep tests: crash sweeps, simulations, fuzz. Started by `npm run test:deep -- --seed N --seconds S`, which sets
 * PLANWRIGHT_DEEP_SEED and PLANWRIGHT_DEEP_SECONDS (the seconds that each file may use; some may use twice as many).
 */
const seconds = 2 * Number(process.env["PLANWRIGHT_DEEP_SECONDS"] ?? "60");

export default defineConfig({
  test: {
    include: ["test/deep/**/*.deep.ts"],
    setupFiles: ["./test/setup/no-network.ts"],
    pool: "forks",
    maxWorkers: 2,
    testTimeout: seconds * 1_000 + 120_000,
    hookTimeout: 60_000,
    passWithNoTests: true,
  },
});
