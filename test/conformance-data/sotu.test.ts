/** The README's goal on a long real document that nobody of this project wrote. */
import { test } from "vitest";
import { answerDocumentGoal, expectGoodAnswer } from "../scenarios/document-goal.ts";
import { dataText, show } from "./data-folder.ts";

test("a 42 KB address is summarised, and its topics, names and tone are told", { timeout: 20_000 }, async (context) => {
  const text = dataText(context, "sotu.document.txt");
  const answer = await answerDocumentGoal({ name: "sotu.document.txt", text });
  show("sotu.document.txt", [
    `topics: ${answer.topics.slice(0, 8).join(", ")}`,
    `entities: ${answer.entities.slice(0, 8).join(", ")} (${answer.entities.length})`,
    `${answer.sentences.length} sentences, ${answer.segments.length} segments`,
  ]);
  expectGoodAnswer(answer, text);
});
