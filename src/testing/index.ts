/** `planwright/testing`: doubles for tests of applications. A hand-written list. */
export { createMemoryStore, createMemoryStoreData, type MemoryProcess } from "../journal/memory-store.ts";
export { seededRandom } from "../shared/random.ts";
export { createManualClock, type ManualClock } from "./manual-clock.ts";
export { createMemoryFileSystem } from "./memory-file-system.ts";
export { createScriptedPlanner, type ScriptedAnswer, type ScriptedPlanner } from "./scripted-planner.ts";
export { createToolContext } from "./tool-context.ts";
