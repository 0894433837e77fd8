/** Optional suite over the data set nestful; its files are not part of the project. */
import { dataSuite } from "../data-suite.ts";
import { nestful } from "../nestful.ts";

export default dataSuite(nestful, { folder: process.env.PLANWRIGHT_DATA });
