import { describeModel } from "../conformance/model-suite.ts";
import { WORLDS } from "./model-worlds.ts";

describeModel("openai", WORLDS.openai);
