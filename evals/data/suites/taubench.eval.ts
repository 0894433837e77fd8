/** Optional suite over the data set taubench; its files are not part of the project. */
import { dataSuite } from "../data-suite.ts";
import { taubench } from "../taubench.ts";

export default dataSuite(taubench, { folder: process.env.PLANWRIGHT_DATA });
