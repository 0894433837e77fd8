import { defineConfig } from "vitest/config";

/**
 * Two projects: `unit` (the suite of `npm run verify`, under 20 s) and `scenarios` (whole programs: killed processes,
 * the command line, other people's plans). `npm test` runs both. Deep tests: vitest.deep.config.ts.
 */
export default defineConfig({
  // Examples import the package by its name; in tests that is the source.
  resolve: { alias: { planwright: new URL("./src/index.ts", import.meta.url).pathname } },
  test: {
    pool: "threads",
    maxWorkers: 2,
    setupFiles: ["./test/setup/no-network.ts"],
    env: { PLANWRIGHT_MODEL: "offline", ANTHROPIC_API_KEY: "", OPENAI_API_KEY: "" },
    projects: [
      {
        extends: true,
        test: {
          name: "unit",
          include: ["test/**/*.test.ts"],
          exclude: ["test/scenarios/**", "test/conformance-data/**", "test/deep/**", "test/browser/**"],
          testTimeout: 20_000,
          hookTimeout: 20_000,
        },
      },
      {
        extends: true,
        test: {
          name: "scenarios",
          include: ["test/scenarios/**/*.test.ts", "test/conformance-data/**/*.test.ts"],
          pool: "forks",
          testTimeout: 180_000,
          hookTimeout: 180_000,
        },
      },
    ],
  },
});
