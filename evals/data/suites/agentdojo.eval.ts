/** Optional suite over the data set agentdojo; its files are not part of the project. */

import { agentdojo } from "../agentdojo.ts";
import { dataSuite } from "../data-suite.ts";

export default dataSuite(agentdojo, { folder: process.env.PLANWRIGHT_DATA });
