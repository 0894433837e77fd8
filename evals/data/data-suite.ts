/**
 * A data set as an optional suite. Owns: where its files are looked for, and what is said where they are not there.
 * Must not: be needed by anything that ships.
 */
import { join } from "node:path";
import { hasErrors } from "../../src/error/issue.ts";
import { PlanwrightError } from "../../src/error/planwright-error.ts";
import type { EvalCaseInput } from "../../src/eval/case.ts";
import { evalCaseSchema } from "../../src/eval/case.ts";
import { caseTools } from "../../src/eval/case-tools.ts";
import { checkCase } from "../../src/eval/check-case.ts";
import type { FileSystem } from "../../src/shared/file-system.ts";
import { nodeFileSystem } from "../../src/shared/node-file-system.ts";
import type { DataSet } from "./data-set.ts";

/** The parts of a suite file that an optional suite has. */
export interface DataSuite {
  name: string;
  description: string;
  level: "plan";
  cases: () => Promise<EvalCaseInput[]>;
}

export interface DataSource {
  /** PLANWRIGHT_DATA; undefined where it is not set. */
  folder: string | undefined;
  fileSystem?: FileSystem;
}

/** Cases whose gold the checker refuses are left out: `npm run check:data` lists them. Raises CONFIG_INVALID without the files. */
export function dataSuite(set: DataSet, { folder, fileSystem = nodeFileSystem }: DataSource): DataSuite {
  return {
    name: set.name,
    description: `Optional: ${set.about}.`,
    level: "plan",
    async cases() {
      if (folder === undefined || folder === "") throw missing(set, "PLANWRIGHT_DATA is not set");
      const texts = await Promise.all(set.files.map((file) => readText(set, join(folder, file), fileSystem)));
      return set.cases(texts).filter(hasSoundGold);
    },
  };
}

async function readText(set: DataSet, path: string, fileSystem: FileSystem): Promise<string> {
  const bytes = await fileSystem.read(path).catch((cause: unknown) => {
    throw missing(set, `'${path}' can't be read`, cause);
  });
  return new TextDecoder().decode(bytes);
}

function hasSoundGold(one: EvalCaseInput): boolean {
  const parsed = evalCaseSchema.parse(one);
  return !hasErrors(checkCase(parsed, caseTools(parsed, [])));
}

function missing({ name, files }: DataSet, why: string, cause?: unknown): PlanwrightError {
  return new PlanwrightError("CONFIG_INVALID", `The optional suite '${name}' was skipped: ${why}.`, {
    hint: `Set PLANWRIGHT_DATA to a folder that holds ${files.join(" and ")}.`,
    ...(cause === undefined ? {} : { cause }),
  });
}
