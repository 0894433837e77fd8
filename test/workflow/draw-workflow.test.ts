import { describe, expect, test } from "vitest";
import { drawWorkflow } from "../../src/workflow/draw-workflow.ts";
import { compiled, step, workflowOf } from "./workflow-kit.ts";

describe("a workflow as a Mermaid flowchart", () => {
  const inner = workflowOf([step("read", "params.text"), step("judge", "read.text")], {
    name: "inner",
    params: { text: { type: "string" } },
    output: { label: { ref: "judge.text" } },
  });

  test("has groups and nested workflows as subgraphs, solid edges for data and dotted ones for order", () => {
    const workflow = workflowOf([
      step("first", "document.text"),
      { id: "both", parallel: [step("a", "first.text"), step("b", "goal")] },
      { id: "part", workflow: "inner", params: { text: { ref: "both.a.text" } } },
      step("end", "part.label", { after: ["both"], when: { ref: "first.text", contains: 'a "b" <c>' } }),
    ]);
    expect(drawWorkflow(compiled(workflow, [inner]))).toBe(
      [
        "flowchart TD",
        '  s_first["first<br/>echo"]',
        '  subgraph g1["both"]',
        '    s_a["a<br/>echo"]',
        '    s_b["b<br/>echo"]',
        "  end",
        '  subgraph g2["part: workflow inner"]',
        '    s_part_read["part_read<br/>echo"]',
        '    s_part_judge["part_judge<br/>echo"]',
        "  end",
        '  s_end["end<br/>echo"]',
        "  s_first --> s_a",
        "  s_a --> s_part_read",
        "  s_part_read --> s_part_judge",
        "  s_part_judge --> s_end",
        '  s_first -.->|"when first.text contains &quot;a \\&quot;b\\&quot; &lt;c&gt;&quot;"| s_end',
        "  s_a -.-> s_end",
        "  s_b -.-> s_end",
        "",
      ].join("\n"),
    );
  });

  test("says at the step what is known before the run, and what is done for each", () => {
    const each = { id: "each", tool: "echo", input: {}, forEach: { items: { ref: "params.list" }, max: 3 } };
    const when = { none: [{ ref: "params.n", gt: 1 }, { all: [{ ref: "params.list", some: { field: "x", is: 1 } }] }] };
    const params = { n: { type: "integer", default: 1 }, list: { type: "array", default: [] } };
    const drawn = drawWorkflow(compiled(workflowOf([each, step("a", "goal", { when })], { params })));
    expect(drawn).toContain('  s_each[["each<br/>echo<br/>for each, at most 3"]]');
    expect(drawn).toContain("when not (params.n gt 1 or some of params.list: x is 1)");
  });

  test("keeps marks and line breaks of texts out of its own notation", () => {
    const when = { ref: "params.x", is: 'end"]; #quot; \n\u202e click' };
    const drawn = drawWorkflow(
      compiled(workflowOf([step("a", "goal", { when })], { params: { x: { type: "string", default: "" } } })),
    );
    expect(drawn.split("\n")).toHaveLength(3);
    expect(drawn).toContain("&num;quot;");
    expect(drawn).not.toContain("\u202e");
  });
});
