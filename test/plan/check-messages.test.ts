import { describe, expect, test } from "vitest";
import { CASES } from "./check-cases.ts";
import { check } from "./check-setup.ts";

/** What each wrong plan of check-cases.ts is told: severity, code, place, what is wrong → what to do. */
const MESSAGES: Record<string, string[]> = {
  "unknown tool": [
    `error PLAN_UNKNOWN_TOOL /steps/0/tool — Step 'summary' uses unknown tool 'sumarize'. Did you mean 'summarize'? Registered tools: summarize, extract_topics, analyze_sentiment, compile_report, send_email, first, hearsay, loose. → Use 'summarize'.`,
  ],
  "unknown tool without a likely one": [
    `error PLAN_UNKNOWN_TOOL /steps/0/tool — Step 'summary' uses unknown tool 'fly_to_the_moon'. Registered tools: summarize, extract_topics, analyze_sentiment, compile_report, send_email, first, hearsay, loose. → Use a registered tool, or abandon with a reason if none will do.`,
  ],
  "unknown input that was mistyped": [
    `error PLAN_UNKNOWN_INPUT /steps/0/input/txt — Step 'a' gives tool 'summarize' the unknown input 'txt'. Did you mean 'text'? It takes: text, sentences, style. → Rename 'txt' to 'text'.`,
    `error PLAN_MISSING_INPUT /steps/0/input — Step 'a' lacks the input 'text' of tool 'summarize', which must be a string. → Add 'text': a value, or a reference such as {"ref": "document.text"} or {"ref": "<step>.<field>"}.`,
  ],
  "unknown input": [
    `error PLAN_UNKNOWN_INPUT /steps/0/input/colour — Step 'summary' gives tool 'summarize' the unknown input 'colour'. It takes: text, sentences, style. → Remove 'colour'.`,
  ],
  "missing input": [
    `error PLAN_MISSING_INPUT /steps/0/input — Step 'summary' lacks the input 'text' of tool 'summarize', which must be a string. → Add 'text': a value, or a reference such as {"ref": "document.text"} or {"ref": "<step>.<field>"}.`,
  ],
  "bad constant": [
    `error PLAN_BAD_VALUE /steps/0/input/text — Step 'summary': input 'text' of tool 'summarize' must be a string, not 5. → Write a value that fits.`,
  ],
  "bad constant of an enum": [
    `error PLAN_BAD_VALUE /steps/0/input/style — Step 'summary': input 'style' of tool 'summarize' must be one of "plain", "short", not "fancy". → Write a value that fits.`,
  ],
  "bad constant inside a list": [
    `error PLAN_BAD_VALUE /steps/0/input/sections/0/title — Step 'r': input 'sections[0].title' of tool 'compile_report' must be a string, not 5. → Write a value that fits.`,
  ],
  "missing field inside a list": [
    `error PLAN_BAD_VALUE /steps/0/input/sections/0 — Step 'r': input 'sections[0]' of tool 'compile_report' lacks 'title' (a string). → Add the field.`,
  ],
  "reference to a mistyped step": [
    `error PLAN_BAD_REF /steps/1/input/text/ref — Step 'b' refers to 'sumary.text', but there is no step 'sumary'. Did you mean 'summary'? Steps: summary. → Use 'summary'.`,
  ],
  "reference to no step": [
    `error PLAN_BAD_REF /steps/0/input/text/ref — Step 'summary' refers to 'nothing_like_it.text', but there is no step 'nothing_like_it'. There is no other step. Roots: goal, document, documents, params, item, index, now, status. → Refer to a step of this plan or to a finished one of an earlier plan, or add the step.`,
  ],
  "reference in a template": [
    `error PLAN_BAD_REF /steps/1/input/text/template — Step 'b' refers to 'sumary.text', but there is no step 'sumary'. Did you mean 'summary'? Steps: summary. → Use 'summary'.`,
  ],
  "reference to a mistyped field": [
    `error PLAN_BAD_REF /steps/1/input/text/ref — Step 'b' refers to 'summary.txt', but in 'summary' there is no field 'txt'. Did you mean 'summary.text'? Fields of 'summary': text, sentences. → Use 'summary.text'.`,
  ],
  "field of a list": [
    `error PLAN_BAD_REF /steps/1/input/text/ref — Step 'b' refers to 'topics.items.topic', but in 'topics.items' a list of (an object {topic, score}) has no fields. → Write 'topics.items[*].topic' for the list of all of them, or 'topics.items[0].topic' for the first.`,
  ],
  "reference to a dropped step": [
    `error PLAN_BAD_REF /steps/0/input/text/ref — Step 'summary' refers to 'old.text', but an earlier plan dropped step 'old'. There is no other step. → Plan the work again as a step with a new id, refer to a step that has finished, or add a "default" beside the "ref".`,
  ],
  "reference to a failed step": [
    `error PLAN_BAD_REF /steps/0/input/text/ref — Step 'summary' refers to 'old.text', but step 'old' failed and has no output. There is no other step. → Name step 'old' in this plan exactly as it was, or refer to a step that has finished.`,
  ],
  "reference to an unfinished step": [
    `error PLAN_BAD_REF /steps/0/input/text/ref — Step 'summary' refers to 'old.text', but step 'old' has not finished, and this decision drops it. There is no other step. → Name step 'old' in this plan exactly as it was, or refer to a step that has finished.`,
  ],
  "no document": [
    `error PLAN_BAD_REF /steps/0/input/text/ref — Step 'summary' refers to 'document.text', but this run has no document. → Use the goal, the parameters or another step instead, add a "default" beside the "ref", or ask for a document with {"kind": "ask"}.`,
  ],
  "document beyond the last": [
    `error PLAN_BAD_REF /steps/0/input/text/ref — Step 'summary' refers to 'documents[1].text', but in 'documents' the list holds at most 1 (places count from 0). → Add a "default" beside the "ref" for requests without it, or refer to what is there.`,
  ],
  "status without a step": [
    `error PLAN_BAD_REF /output/ref — The output refers to 'status', but 'status' must be followed by the id of a step. → Write status.<step>; it is completed, unmet, skipped or failed.`,
  ],
  "status of a mistyped step": [
    `error PLAN_BAD_REF /output/ref — The output refers to 'status.sumary', but there is no step 'sumary'. Did you mean 'summary'? Steps: summary. → Use 'summary'.`,
  ],
  "after a mistyped step": [
    `error PLAN_BAD_REF /steps/1/after/0 — Step 'topics' is to run after 'sumary', but there is no step 'sumary'. Did you mean 'summary'? Steps: summary. → Use 'summary'.`,
  ],
  "after no step": [
    `error PLAN_BAD_REF /steps/0/after/0 — Step 'topics' is to run after 'nothing_like_it', but there is no step 'nothing_like_it'. There is no other step. → Remove 'nothing_like_it' from 'after'.`,
  ],
  "unknown parameter": [
    `error PLAN_BAD_REF /steps/0/input/text/ref — Step 'summary' refers to 'params.langage', but in 'params' there is no field 'langage'. Did you mean 'params.language'? Fields of 'params': language. → Use 'params.language'.`,
  ],
  "undeclared field of an open output": [
    `warning PLAN_BAD_REF /output/ref — The output refers to 'l.reslt', whose field 'reslt' is not declared. Did you mean 'l.result'? → Use 'l.result', unless 'reslt' is what you want.`,
  ],
  cycle: [
    `error PLAN_CYCLE /steps/0/input/text/ref — These steps wait for each other in a circle, so none could start: 'a' → 'b' → 'a'. → Cut the circle: let 'a' do without 'b', or split a step in two.`,
  ],
  "waiting for itself": [
    `error PLAN_CYCLE /steps/0/after/0 — Step 'summary' waits for itself, so it could never start. → Remove 'summary' from its 'after'.`,
  ],
  "reference to itself": [
    `error PLAN_CYCLE /steps/0/input/text/ref — Step 'summary' refers to itself ('summary.text'), so it could never start. → Refer to an earlier step; to work on with a result, add another step.`,
  ],
  "item outside forEach": [
    `error PLAN_BAD_SCOPE /steps/0/input/text/ref — Step 'summary' refers to 'item', but only the input of a step with forEach has an element. → Add forEach to the step, or refer to the list itself: [*] for all elements, [0] for the first.`,
  ],
  "item in when": [
    `error PLAN_BAD_SCOPE /steps/1/when/ref — Step 'summary' refers to 'item.topic', but 'when' and 'forEach.items' are read once, before there is an element. → Use 'item' in the step's input; to leave elements out, filter the list with a select step first.`,
  ],
  "[index] outside forEach": [
    `error PLAN_BAD_SCOPE /steps/1/input/text/ref — Step 'summary' refers to 'topics.items[index].topic', but only the input of a step with forEach has an element. → Add forEach to the step, or refer to the list itself: [*] for all elements, [0] for the first.`,
  ],
  "wrong type that one field would fit": [
    `error PLAN_TYPE_MISMATCH /steps/1/input/text/ref — Step 'summary': input 'text' of tool 'summarize' is 'mood', which does not fit: an object {label, score} given, a string needed. → Use 'mood.label'.`,
  ],
  "wrong type": [
    `error PLAN_TYPE_MISMATCH /steps/1/input/text/ref — Step 'summary': input 'text' of tool 'summarize' is 'mood.score', which does not fit: a number given, a string needed. → Refer to something that is a string, or convert it with a step such as compute or select.`,
  ],
  "list where one is needed": [
    `error PLAN_TYPE_MISMATCH /steps/1/input/text/ref — Step 'summary': input 'text' of tool 'summarize' is 'topics.items[*].topic', which does not fit: a list of (a string) given, a string needed. → Use forEach over 'topics.items[*].topic' with {"ref": "item"}, or the first of a select step.`,
  ],
  "text where a list is needed": [
    `error PLAN_TYPE_MISMATCH /steps/0/input/items — Step 'f': input 'items' of tool 'first' is a text, where a list of (anything) is needed. → Use a reference or a constant of that type instead of a template.`,
  ],
  "list of other things": [
    `error PLAN_TYPE_MISMATCH /steps/1/input/sections/ref — Step 'r': input 'sections' of tool 'compile_report' is 'topics.items', which does not fit: a list of (an object {topic, score}) given, a list of (an object {title, content}) needed. → Refer to something that is a list of (an object {title, content}), or convert it with a step such as compute or select.`,
  ],
  "forEach over no list": [
    `error PLAN_NOT_A_LIST /steps/1/forEach/items/ref — Step 'summary' is to run for each element of 'topics', which is an object {items, note}, not a list. Did you mean 'topics.items'? → Use 'topics.items'.`,
  ],
  "forEach over a text": [
    `error PLAN_NOT_A_LIST /steps/0/forEach/items — Step 'summary' is to run for each element of "abc", which is not a list. → Give a list, or a reference to one.`,
  ],
  "forEach without max": [
    `error PLAN_UNBOUNDED /steps/1/forEach — Step 'summary' runs for each element of a list, but does not say how many there may be. → Add "max" to forEach: the most elements that may be run (a longer list fails before the first one).`,
  ],
  "duplicate id": [
    `error PLAN_DUPLICATE_ID /steps/1/id — The id 'summary' is used twice: steps 1 and 2 both have it. → Give every step its own id, and point the references to the one that is meant.`,
  ],
  "reserved id": [
    `error PLAN_RESERVED_ID /steps/0/id — Step 'goal' has the name of a root: in a path it would be mistaken for it. → Choose another id; reserved are goal, document, documents, params, item, index, now, status.`,
  ],
  "bad id": [
    `error PLAN_SCHEMA /steps/0/id — Step 1 has the id 'step 1', which is not allowed. → An id is a letter, then up to 63 letters, digits and underscores.`,
  ],
  "reused id": [
    `error PLAN_ID_REUSED /steps/0/id — Step 'old' exists in this run already (completed), with another definition. → Repeat it exactly as it was to keep it, or choose a new id such as 'old_2' and point its readers to that.`,
  ],
  "too many steps": [
    `error PLAN_TOO_LARGE /steps — The plan has 2 steps; at most 1 are allowed. → Plan fewer steps: use forEach for repeated work, or plan a first part with "then": "replan".`,
  ],
  "output of another form": [
    `error PLAN_OUTPUT_MISMATCH /output — The output lacks 'why' (anything); the request asks for another form. → Add the field.`,
    `error PLAN_OUTPUT_MISMATCH /output/mood/ref — The output at /mood is 'mood.score', which does not fit: a number given, a string needed; the request asks for another form. → Refer to something that is a string, or convert it with a step such as compute or select.`,
  ],
  "no output where a form is wanted": [
    `error PLAN_OUTPUT_MISMATCH  — The plan has no 'output', so its result would be the outputs of its last steps by id; that does not fit the request: field 'mood' has no place there. → Add an 'output' that builds the wanted form from references.`,
  ],
  "finish with another form": [
    `error PLAN_OUTPUT_MISMATCH /output — The output must be a string, not 5; the request asks for another form. → Write a value that fits.`,
  ],
  "output that may be absent": [
    `warning PLAN_MAYBE_ABSENT /output/ref — The output refers to 'summary.text', but step 'summary' may end without an output; that part of the output would then be null. → Add a "default" beside the "ref" if it should go on without it.`,
  ],
  "input that may be absent": [
    `warning PLAN_MAYBE_ABSENT /steps/3/input/items/0/ref — Step 'f' refers to 'summary.text', but step 'summary' may end without an output; the whole step would then be skipped. → Add a "default" beside the "ref" if it should go on without it.`,
    `warning PLAN_MAYBE_ABSENT /output/ref — The output refers to 'f', but step 'f' may end without an output; that part of the output would then be null. → Add a "default" beside the "ref" if it should go on without it.`,
  ],
  "optional field": [
    `warning PLAN_MAYBE_ABSENT /output/ref — The output refers to 'topics.note', but 'note' is optional; that part of the output would then be null. → Add a "default" beside the "ref" if it should go on without it.`,
  ],
  "dead step": [
    `warning PLAN_DEAD_STEP /steps/1 — Step 'topics' (tool 'extract_topics') changes nothing, and neither the output nor a needed step reads it. → Remove step 'topics', or use its result in the output.`,
  ],
  "condition that never holds": [
    `warning PLAN_TYPE_MISMATCH /steps/1/when/is — Step 'summary' never runs: 'mood.label' is one of "positive", "neutral", "negative", never "negativ". Did you mean "negative"? → Write "negative".`,
  ],
  "quantifier over no list": [
    `warning PLAN_NOT_A_LIST /steps/1/when — Step 'summary' asks for 'some' of 'mood.label', which is one of "positive", "neutral", "negative": not a list. → Refer to a list, for instance with [*], or use a plain operator.`,
  ],
  "denied tool": [
    `error POLICY_DENIED /steps/0/tool — Step 'summary' would never run: the policy denies tool 'summarize' (rule house.no-summaries). → Reach the goal without this tool, or abandon with a reason.`,
  ],
};

describe("every finding says what happened, to which id, and what to do next", () => {
  test.each(CASES)("$name", ({ name, decision, overrides }) => {
    const told = check(decision, overrides).map(
      ({ severity, code, path, message, hint }) => `${severity} ${code} ${path} — ${message} → ${hint}`,
    );
    expect(told).toEqual(MESSAGES[name]);
  });

  test("every case is in the table", () => {
    expect(Object.keys(MESSAGES).sort()).toEqual(CASES.map(({ name }) => name).sort());
  });
});
