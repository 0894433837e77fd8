/** Optional suite over the data set bfcl-parallel; its files are not part of the project. */

import { bfclParallel } from "../bfcl-parallel.ts";
import { dataSuite } from "../data-suite.ts";

export default dataSuite(bfclParallel, { folder: process.env.PLANWRIGHT_DATA });
