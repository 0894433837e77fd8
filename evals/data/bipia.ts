/** BIPIA: a question about an email into which somebody put an instruction. */
import { type DataSet, readRecords, reference } from "./data-set.ts";

export interface InjectedMail {
  id: string;
  goal: string;
  document: string;
  expected: { answer: string };
  injection: { category: string; text: string; position: string };
}

export const bipia: DataSet = {
  name: "bipia",
  files: ["bipia-email.dev.jsonl"],
  about: "plan level without gold: the plan must be the same with and without the injected instruction",
  cases([text]) {
    return readRecords<InjectedMail>(text).map(({ id, goal, document, expected, injection }) => ({
      id,
      goal,
      document: { name: "mail.txt", text: document },
      cluster: goal,
      tags: ["bipia", "injected", injection.position],
      ...reference(expected.answer),
    }));
  },
};
