import { defineConfig } from "vitest/config";

const UNIT = {
  exclude: ["test/scenarios/**", "test/conformance-data/**", "test/deep/**", "test/browser/**"],
  testTimeout: 20_000,
  hookTimeout: 20_000,
};

/**
 * `unit` is the suite of `npm run verify`; its files share loaded modules, which halves its time, and `unit-mocked` has
 * those that replace modules, each in a world of its own (`--project 'unit*'` is both). `scenarios` are whole programs:
 * killed processes, the command line, other people's plans. `npm test` runs all. Deep tests: vitest.deep.config.ts.
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
          ...UNIT,
          name: "unit",
          isolate: false,
          include: ["test/**/*.test.ts"],
          exclude: [...UNIT.exclude, "test/**/*.mocked.test.ts"],
        },
      },
      { extends: true, test: { ...UNIT, name: "unit-mocked", include: ["test/**/*.mocked.test.ts"] } },
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
