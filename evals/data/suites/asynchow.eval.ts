/** Optional suite over the data set asynchow; its files are not part of the project. */

import { asynchow } from "../asynchow.ts";
import { dataSuite } from "../data-suite.ts";

export default dataSuite(asynchow, { folder: process.env.PLANWRIGHT_DATA });
