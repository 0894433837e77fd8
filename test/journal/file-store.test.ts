import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll } from "vitest";
import { nodeFileSystem } from "../../src/shared/node-file-system.ts";
import { createManualClock } from "../../src/testing/manual-clock.ts";
import { createMemoryFileSystem } from "../../src/testing/memory-file-system.ts";
import { describeStore } from "../conformance/store-suite.ts";
import { fileWorld } from "./store-worlds.ts";

const folder = mkdtempSync(join(tmpdir(), "planwright-store-"));
afterAll(() => rmSync(folder, { recursive: true }));
let worlds = 0;

describeStore("file store on a simulated disk", () => {
  const clock = createManualClock();
  return fileWorld({ root: "/data", fileSystem: createMemoryFileSystem({ clock }), clock });
});

describeStore("file store on the real disk", () => {
  worlds += 1;
  const clock = createManualClock();
  // The disk stamps files with real time, which means nothing to a world whose time stands still.
  const stat = async (path: string) => ({ ...(await nodeFileSystem.stat(path)), modifiedMs: clock.now() });
  return fileWorld({ root: join(folder, String(worlds)), fileSystem: { ...nodeFileSystem, stat }, clock });
});
