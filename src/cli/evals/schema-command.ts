/** `planwright eval schema`: the JSON Schema of suites, for editors. */
import { suiteJsonSchema } from "../../eval/suite.ts";
import type { Call } from "../call.ts";
import { EXIT } from "../exit-code.ts";

export async function schemaCommand({ report }: Call): Promise<number> {
  report.printJson(suiteJsonSchema());
  return EXIT.ok;
}
