/** Foreign text in every form of a report stays text, and figures never stand without their interval. */
import { createHash } from "node:crypto";
import { describe, expect, test } from "vitest";
import type { EvalReport } from "../../../src/eval/report/eval-report.ts";
import { differenceText, verdictText } from "../../../src/eval/report/figures.ts";
import { drawInterval } from "../../../src/eval/report/html/interval-svg.ts";
import { drawPlan } from "../../../src/eval/report/html/plan-svg.ts";
import { renderHtml } from "../../../src/eval/report/html/render-html.ts";
import { renderAnnotations } from "../../../src/eval/report/render-annotations.ts";
import { renderJunit } from "../../../src/eval/report/render-junit.ts";
import { renderMarkdown } from "../../../src/eval/report/render-markdown.ts";
import type { DrawnDecision, TrialDetail } from "../../../src/eval/report/trial-detail.ts";

/** Markup of all kinds in one text. */
const EVIL = `"><script>alert(1)</script><img src=x onerror=alert(2)> ' </style> | [x](javascript:alert(3)) ]]> \u202E\u0000`;
const SCORE = {
  mean: 0.5,
  low: 0.4,
  high: 0.6,
  standardError: 0.05,
  n: 4,
  notApplicable: 0,
  clusters: 4,
  method: "student-t" as const,
};
const COUNTS = { n: 4, asZero: 1, unknown: 0 };
const MEASURE = { mean: null, total: null, n: 0 };
const MEASURES = { tokens: MEASURE, costUsd: MEASURE, modelCalls: MEASURE, latencyMs: MEASURE, replans: MEASURE };

function report(): EvalReport {
  const variant = {
    hash: EVIL,
    facts: { model: EVIL },
    scores: { [EVIL]: SCORE },
    measures: MEASURES,
    passAtK: {},
    passHatK: {},
  };
  return {
    ...{ v: 1, experiment: EVIL, suite: EVIL, suiteHash: EVIL, level: "plan", status: "failed", notes: [EVIL] },
    counts: { cases: 1, trials: 2, scored: 1, errors: 1, skipped: 0, unjudged: 1 },
    judges: [judge()],
    variants: [
      { id: EVIL, ...variant },
      { id: `${EVIL}2`, ...variant },
    ],
    comparisons: [
      {
        ...{ baseline: EVIL, variant: `${EVIL}2`, scorer: EVIL, difference: -0.25, low: -0.4, high: -0.1 },
        ...{ p: 0.01, pAdjusted: 0.02, verdict: "worse", smallestEffect: 0.2, test: "mcnemar", n: 4, clusters: 4 },
        flips: [{ case: EVIL, from: 1, to: 0 }],
        unsure: 0,
      },
    ],
    gates: [{ variant: EVIL, scorer: EVIL, kind: "absolute", threshold: 0.9, bound: null, passed: false, ...COUNTS }],
    trials: [trial(null), { ...trial(null), variant: `${EVIL}2`, error: error() }],
    environment: { generatedAt: EVIL, durationMs: 1, planwright: EVIL, node: EVIL },
  };
}

function judge(): EvalReport["judges"][number] {
  return {
    ...{ id: EVIL, rubric: EVIL, rubricHash: EVIL, of: "output", against: EVIL, model: EVIL, promptHash: EVIL },
    ...{ judged: 3, abstained: 1, tokens: 900, costUsd: null, calibration: null },
  };
}

function trial(failure: null): EvalReport["trials"][number] {
  const scores = { [EVIL]: { score: 0, evidence: [EVIL] } };
  return { case: EVIL, variant: EVIL, trial: 1, run: EVIL, decision: 1, scores, error: failure };
}

function error(): NonNullable<EvalReport["trials"][number]["error"]> {
  const rest = {
    category: "model",
    retryable: false as const,
    retryAfterMs: null,
    runId: null,
    stepId: null,
    issues: [],
  };
  return { code: "MODEL_TIMEOUT", message: EVIL, hint: EVIL, ...rest };
}

function decision(): DrawnDecision {
  const steps = [
    { id: EVIL, tool: EVIL },
    { id: "b", tool: "b" },
  ];
  return { kind: "plan", steps, edges: [[EVIL, "b"]], json: { evil: EVIL } };
}

function detail(): TrialDetail {
  return {
    ...{ trial: trial(null), goal: EVIL, documents: [EVIL], got: decision(), golds: [decision()], output: EVIL },
    transcript: [{ raw: EVIL, issues: [EVIL] }],
  };
}

describe("the HTML report", () => {
  const html = renderHtml([{ report: report(), details: [detail()] }]);

  test("holds no markup but its own, wherever foreign text stands", () => {
    expect(html).not.toMatch(/<script|<img|onerror=(?!alert\(2\)&gt;)|javascript:[^a]/i);
    expect(html.match(/<\/style>/g)).toHaveLength(1);
    expect(html).toContain("&lt;script&gt;alert(1)&lt;/script&gt;");
    expect(html).not.toMatch(/[\u0000\u202e]/);
    expect(html).toContain("&lt;U+202E&gt;");
    for (const [, tag = ""] of html.matchAll(/<([a-z][a-z0-9]*)/gi)) expect(OWN_TAGS).toContain(tag);
  });

  test("forbids everything but its one style sheet, and reaches for nothing", () => {
    const [, style = ""] = /<style>([\s\S]*?)<\/style>/.exec(html) ?? [];
    const [, policy = ""] = /Content-Security-Policy" content="([^"]+)"/.exec(html) ?? [];
    const hash = createHash("sha256").update(style).digest("base64");
    expect(policy).toBe(`default-src 'none'; style-src 'sha256-${hash}'; base-uri 'none'; form-action 'none'`);
    expect(html).not.toMatch(/\s(?:src|href|style|on\w+)="/);
    expect(html).not.toMatch(/url\(|@import/);
  });

  test("shows the note, the interval, the graph of gold and got, the transcript and the flips", () => {
    expect(html).toContain('class="note"');
    expect(html.match(/class="whisker"/g)?.length).toBeGreaterThanOrEqual(3);
    expect(html).toContain("<h3>Gold</h3>");
    expect(html).toContain("<h3>Got</h3>");
    expect(html).toContain("<h3>Answer 1</h3>");
    expect(html).toContain('class="flip"');
  });
});

const OWN_TAGS = [
  ...["html", "head", "meta", "title", "style", "body", "main", "h1", "h2", "h3", "p", "ul", "li", "span", "strong"],
  ...["div", "table", "thead", "tbody", "tr", "th", "td", "br", "details", "summary", "pre"],
  ...["svg", "line", "circle", "rect", "text", "path"],
];

describe("other forms", () => {
  test("JUnit is XML in which foreign text is escaped and forbidden characters are replaced", () => {
    const xml = renderJunit([report()]);
    expect(xml).not.toMatch(/<script|<img|\u0000/);
    expect(xml).toContain('<error type="MODEL_TIMEOUT"');
    const inside = xml.replace(
      /<\/?(testsuites|testsuite|testcase|failure|error|system-out|properties|property)\b[^<>]*>|<\?xml[^>]*\?>/g,
      "",
    );
    expect(inside).not.toMatch(/[<>]/);
  });

  test("Markdown shows foreign markup as text, calls nobody, and keeps its tables whole", () => {
    const text = renderMarkdown([report()]);
    expect(text).not.toMatch(/<script|<img|[^\\]\]\(javascript/);
    const rows = text.split("\n").filter((line) => line.startsWith("| "));
    for (const row of rows) expect(row.match(/(?<!\\)\|/g)?.length).toBeGreaterThanOrEqual(4);
    expect(renderMarkdown([{ ...report(), suite: "@someone" }])).not.toContain("@someone");
  });

  test("Markdown has nothing of a name that GitHub would make a link, a picture or a formula of", () => {
    const name = "https://evil.example www.evil.example GH-12 #12 :rocket: $x$ \u0000\u202e\ud800 a_b <i>";
    const text = renderMarkdown([{ ...report(), suite: name }]);
    expect(text).not.toMatch(/:\/\/|www\.e|GH-1|(?<!&)#1|:rocket|\$x/);
    expect(text).not.toMatch(/[\u0000\u202e]/);
    expect(text.isWellFormed()).toBe(true);
    expect(text).toContain("a\\_b &lt;i&gt;");
  });

  test("Markdown shows no backslashes where it is not read as Markdown", () => {
    const [line] = renderMarkdown([report()]).match(/<summary>.*<\/summary>/) ?? [];
    expect(line).toBeDefined();
    expect(line).not.toContain("\\");
  });

  test("annotations stay on one line each", () => {
    const lines = renderAnnotations({ ...report(), suite: "a\n::error::b" });
    for (const line of lines) expect(line).toMatch(/^::(error|warning|notice) title=[^\n]*$/);
    expect(lines.some((line) => line.startsWith("::warning"))).toBe(true);
  });
});

describe("figures", () => {
  test("a difference never stands without its interval", () => {
    expect(differenceText({ difference: 0.03, low: -0.01, high: 0.07 })).toBe("+0.030 [-0.010, 0.070]");
    expect(differenceText({ difference: -0.0001, low: null, high: null })).toBe("0.000 [too few clusters]");
  });

  test("no evidence says what the suite could have shown", () => {
    expect(verdictText({ verdict: "no-evidence", smallestEffect: 0.05, unsure: 0 })).toContain(
      "would show 0.050 or more",
    );
    expect(verdictText({ verdict: "better", smallestEffect: 0.05, unsure: 0 })).toBe("better");
  });

  test("an interval is drawn within its scale, also where it leaves it", () => {
    const svg = drawInterval({ middle: 1.2, low: -3, high: 9, label: "x" }, { from: 0, to: 1 });
    const places = [...svg.matchAll(/ (?:x1|x2|cx)="([\d.]+)"/g)].map((match) => Number(match[1]));
    expect(Math.min(...places)).toBeGreaterThanOrEqual(0);
    expect(Math.max(...places)).toBeLessThanOrEqual(220);
  });

  test("a plan is drawn in columns by its dependencies, a refused plan with a cycle as well", () => {
    const steps = ["a", "b", "c"].map((id) => ({ id, tool: id }));
    const chain = drawPlan(
      {
        kind: "plan",
        steps,
        edges: [
          ["a", "b"],
          ["b", "c"],
        ],
        json: null,
      },
      () => true,
    );
    const columns = [...chain.matchAll(/<rect class="box both" x="(\d+)"/g)].map((match) => Number(match[1]));
    expect(columns).toEqual([1, 197, 393]);
    const cycle = drawPlan(
      {
        kind: "plan",
        steps,
        edges: [
          ["a", "b"],
          ["b", "a"],
        ],
        json: null,
      },
      () => false,
    );
    expect(cycle).toContain("box only");
  });
});
