import { describeStore } from "../conformance/store-suite.ts";
import { memoryWorld } from "./store-worlds.ts";

describeStore("memory store", memoryWorld);
