/** Questions about a long address, with answers that people wrote: for judges and runs, without gold plans. */
import { type DataSet, readRecords, reference } from "./data-set.ts";

interface Question {
  id: string;
  goal: string;
  document: string;
  expected: { answer: string };
}

export const sotu: DataSet = {
  name: "sotu",
  files: ["sotu-docqa.dev.jsonl", "sotu.document.txt"],
  about: "loop level with a judge: a question, a long document, an answer to compare with",
  cases([text, address = ""]) {
    return readRecords<Question>(text).map(({ id, goal, document, expected }) => ({
      id,
      goal,
      document: { name: document, text: address },
      tags: ["sotu"],
      ...reference(expected.answer),
    }));
  },
};
