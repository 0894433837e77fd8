import { describeModel } from "../conformance/model-suite.ts";
import { WORLDS } from "./model-worlds.ts";

describeModel("compatible", WORLDS.compatible);
