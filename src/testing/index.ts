/** `planwright/testing`: doubles for tests of applications. A hand-written list. */
export { createMemoryStore, createMemoryStoreData, type MemoryProcess } from "../journal/memory-store.ts";
export { seededRandom } from "../shared/random.ts";
export type { AskedExpectation } from "./asked.ts";
export type { ScriptedReply } from "./demo-model/demo-script.ts";
export { type DemoServer, type DemoServerOptions, startDemoServer } from "./demo-model/demo-server.ts";
export { createDirectCaller } from "./direct-caller.ts";
export { createFakeTool, type FakeCall, type FakeOutput, type FakeTool, type FakeToolOptions } from "./fake-tool.ts";
export { createManualClock, type ManualClock } from "./manual-clock.ts";
export { createMemoryFileSystem } from "./memory-file-system.ts";
export { modelReply, type ReplyDetails, type ScriptedModelAnswer } from "./model-reply.ts";
export { createScriptedModel, type ScriptedModel, type ScriptedModelOptions } from "./scripted-model.ts";
export { createScriptedPlanner, type ScriptedAnswer, type ScriptedPlanner } from "./scripted-planner.ts";
export { createToolContext } from "./tool-context.ts";
