/**
 * The status page: runs, and one run's steps and decisions. Text nodes only, whatever a document or a model wrote;
 * control characters and marks that turn writing around are made visible. The token stays in this tab.
 */
const PAGE = 30;
const LOOK_MS = 2_000;
/** Control characters but line breaks and tabs, and marks that change the direction of writing or have no width. */
const HIDDEN = /[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u061c\u200b-\u200f\u2028-\u202e\u2060-\u2069\ufeff]/g;

const find = (id) => document.getElementById(id);
const shown = { run: null, items: [], next: null, drawn: "" };

function visible(text) {
  return String(text).replace(HIDDEN, (mark) => `\\u{${mark.codePointAt(0).toString(16)}}`);
}

/** An element with text or other elements in it; never with markup. */
function element(name, { className = "", ...more } = {}, ...content) {
  const made = document.createElement(name);
  if (className !== "") made.className = className;
  for (const [key, value] of Object.entries(more)) made.setAttribute(key, value);
  made.append(...content.map((part) => (part instanceof Node ? part : document.createTextNode(visible(part)))));
  return made;
}

const token = () => sessionStorage.getItem("planwright-token") ?? "";

/** A token behind the # is never sent to a server; it is taken out of the address at once. */
function takeToken() {
  const given = new URLSearchParams(location.hash.slice(1)).get("token");
  if (given === null) return;
  sessionStorage.setItem("planwright-token", given);
  history.replaceState(null, "", location.pathname);
}

async function ask(path) {
  const response = await fetch(path, { headers: { authorization: `Bearer ${token()}` } });
  const body = await response.json();
  if (response.ok) return body;
  throw Object.assign(new Error(body.detail), { status: response.status });
}

function showAccess(words) {
  find("access").hidden = false;
  document.querySelector("main").hidden = true;
  find("notice").textContent = words;
}

function status(text) {
  return element("span", { className: `status ${/^[a-z]+$/.test(text) ? text : ""}` }, text);
}

function drawRuns() {
  const rows = shown.items.map((item) => {
    const row = element(
      "button",
      { type: "button", "aria-current": String(item.id === shown.run) },
      element("span", { className: "goal" }, item.goal || item.id),
      status(item.status),
      element("small", {}, ` · ${item.createdAt.slice(0, 16).replace("T", " ")} · ${item.planner}`),
    );
    row.addEventListener("click", () => choose(item.id));
    return element("li", {}, row);
  });
  find("runs").replaceChildren(...(rows.length > 0 ? rows : [element("li", { className: "dim" }, "No runs yet.")]));
  find("more").hidden = shown.next === null;
}

function table(columns, rows) {
  const head = element("tr", {}, ...columns.map((name) => element("th", { scope: "col" }, name)));
  const body = rows.map((cells) => element("tr", {}, ...cells.map((cell) => element("td", {}, cell))));
  return element("table", {}, element("thead", {}, head), element("tbody", {}, ...body));
}

function section(title, content) {
  return content === null ? [] : [element("h3", {}, title), content];
}

function json(value) {
  return value === null ? null : element("pre", {}, JSON.stringify(value, null, 2));
}

function stepRow({ id, index, tool, status: its, attempts, durationMs, error }) {
  const name = index === null ? id : `${id}[${index}]`;
  const time = durationMs === null ? "" : `${durationMs} ms`;
  return [name, tool, status(its), String(attempts), time, error === null ? "" : `${error.code}: ${error.message}`];
}

function decisionRow({ n, cause, verdict, planner, model, decision, tries, usage }) {
  const by = model === null ? planner : `${planner} (${model})`;
  const tokens = usage.inputTokens + usage.outputTokens;
  return [String(n), cause, by, verdict, String(tries.length), String(tokens), decision?.rationale ?? ""];
}

function drawRun(run, decisions) {
  const waits = run.waiting === null ? null : [run.waiting.reason, run.waiting.question].filter(Boolean).join(": ");
  const trouble = run.error === null ? run.reason : `${run.error.code}: ${run.error.message} ${run.error.hint}`;
  find("run").replaceChildren(
    element("h2", {}, run.goal),
    element("p", {}, status(run.status), ` · ${run.id} · ${run.usage.toolCalls} tool calls · ${run.durationMs} ms`),
    ...section("Waits for", waits === null ? null : element("p", {}, waits)),
    ...section("What went wrong", trouble === null ? null : element("p", {}, trouble)),
    ...section("Output", json(run.output)),
    ...section("Steps", table(["step", "tool", "status", "attempts", "time", "error"], run.steps.map(stepRow))),
    ...section(
      "Decisions",
      table(["n", "cause", "planner", "verdict", "tries", "tokens", "why"], decisions.map(decisionRow)),
    ),
  );
}

async function choose(id) {
  shown.run = id;
  shown.drawn = "";
  drawRuns();
  await look();
}

/** Drawn anew only where something has changed, so that what is selected stays so. */
async function lookAtRun() {
  if (shown.run === null) return;
  const run = await ask(`/v1/runs/${encodeURIComponent(shown.run)}`);
  const mark = `${run.id} ${run.journalHead} ${run.status}`;
  if (mark === shown.drawn) return;
  drawRun(run, await ask(`/v1/runs/${encodeURIComponent(run.id)}/decisions`));
  shown.drawn = mark;
}

async function look() {
  try {
    const { items, next } = await ask(`/v1/runs?limit=${PAGE}`);
    const known = new Set(items.map(({ id }) => id));
    const older = shown.items.filter(({ id }) => !known.has(id) && id < (items.at(-1)?.id ?? ""));
    if (older.length === 0) shown.next = next;
    shown.items = [...items, ...older];
    drawRuns();
    await lookAtRun();
    find("access").hidden = true;
    document.querySelector("main").hidden = false;
    find("notice").textContent = `${shown.items.length} runs shown`;
  } catch (thrown) {
    if (thrown.status === 401) showAccess(token() === "" ? "A token is needed." : "The token is not right.");
    else
      find("notice").textContent = visible(
        thrown.status === undefined ? "The server does not answer." : thrown.message,
      );
  }
}

find("more").addEventListener("click", async () => {
  const { items, next } = await ask(`/v1/runs?limit=${PAGE}&cursor=${encodeURIComponent(shown.next)}`);
  shown.items.push(...items);
  shown.next = next;
  drawRuns();
});

find("access").addEventListener("submit", (event) => {
  event.preventDefault();
  sessionStorage.setItem("planwright-token", find("token").value);
  void look();
});

takeToken();
await look();
setInterval(() => {
  if (!document.hidden && token() !== "") void look();
}, LOOK_MS);
