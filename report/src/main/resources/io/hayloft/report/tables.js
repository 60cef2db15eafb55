/* The sortable table, and every sample with the outputs of all methods. */

/** Columns of the table: scores by category, or by task. */
function columnsOf(byTask) {
  const names = byTask ? data.tasks : data.categories;
  const score = (m, i) => (byTask ? m.task_scores : m.scores)[i];
  return [
    { title: "method", value: (m) => methods.indexOf(m), cell: methodCell },
    { title: "mean", value: (m) => m.mean.mean, cell: (m) => scoreCell(m.mean, "mean") },
    { title: "against full [95 %]", value: (m) => m.difference[0], cell: differenceCell },
    ...(names.length === 1 ? [] : names.map((name, i) => ({ title: name, value: (m) => score(m, i).mean, cell: (m) => scoreCell(score(m, i)) }))),
    { title: "bytes ratio", value: (m) => m.achieved_ratio, cell: ratioCell },
    { title: "stored bytes a token", value: (m) => m.bytes_per_token, cell: (m) => make("td", "", whole(m.bytes_per_token)) },
    ...(methods.some((m) => m.state_bytes > 0) ? [
      { title: "state bytes", value: (m) => m.state_bytes, cell: (m) => make("td", "", whole(m.state_bytes)) },
      { title: "cache bytes a token", value: (m) => m.cache_bytes_per_token, cell: (m) => make("td", "", whole(m.cache_bytes_per_token)) },
    ] : []),
    { title: "read bytes a token", value: (m) => m.read_bytes_per_token, cell: (m) => make("td", "", whole(m.read_bytes_per_token)) },
    { title: "compress s", value: (m) => m.compress_seconds, cell: (m) => make("td", "", isNumber(m.compress_seconds) ? m.compress_seconds.toFixed(3) : "–") },
    { title: "prefill tok/s", value: (m) => m.prefill_rate, cell: (m) => make("td", "", whole(m.prefill_rate)) },
    { title: "decode tok/s", value: (m) => m.decode_rate, cell: decodeCell },
  ];
}

function methodCell(m) {
  const cell = make("td", "method", [dot(m.family), m.name]);
  if (m.front) cell.append(make("span", "pill", "front"));
  return cell;
}

function scoreCell(score, extra = "") {
  const digits = score.error > 1e-6 && score.error < 0.005 ? 3 : 2; // 0.995 must not read as 1.00
  const mean = fixed(score.mean, digits);
  const cell = make("td", "score " + extra, score.right >= 0 ? score.right + "/" + score.count : mean);
  if (isNumber(score.low)) cell.append(make("small", "under", range(score)));
  cell.style.setProperty("--share", (score.mean ?? 0) * 100 + "%");
  cell.title = mean + " in " + score.count + (score.count === 1 ? " sample" : " samples");
  return cell;
}

/** Whether the setting certainly keeps the full cache's score, or loses more than a point of it. */
const VERDICTS = { keeps: "keeps ", loses: "loses ", open: "cannot tell " };

function differenceCell(m) {
  if (m === full || !isNumber(m.difference[0])) return make("td", "", "–");
  const [mean, low, high] = m.difference;
  return make("td", "", [make("small", "", VERDICTS[m.verdict] ?? ""), make("span", high < 0 ? "down" : low > 0 ? "up" : "", signed(mean)),
    make("small", "under", isNumber(low) ? "[" + signed(low) + ", " + signed(high) + "]" + (m.few_pairs ? " few samples" : "") : "no interval")]);
}

/** What the method reached; what it was asked for below, where that says more. */
function ratioCell(m) {
  const cell = make("td", "", times(m.achieved_ratio));
  const asked = m.requested_ratio;
  if (isNumber(asked) && Math.abs(asked - m.achieved_ratio) > .05 * asked) cell.append(make("small", "under", "asked " + times(m.requested_ratio)));
  return cell;
}


function decodeCell(m) {
  const cell = make("td", "", whole(m.decode_rate));
  if (isNumber(m.decode_rate)) cell.title = "measured in a batch of " + fixed(m.decode_batch, 1) + " sequences";
  return cell;
}

function showTable() {
  fillTable(columnsOf(false));
  if (methods.some((m) => m.front)) $("table-hint").textContent = "“Front” marks the settings that are shown to score more than everything that stores no more.";
  if (data.tasks.length) {
    $("table-by").hidden = false;
    $("table-by").addEventListener("change", () => fillTable(columnsOf($("table-by").value === "tasks")));
  }
}

function fillTable(columns) {
  const body = make("tbody");
  const fill = (rows) => body.replaceChildren(...rows.map((m) => {
    const control = ["full", "random", "truncation"].includes(m.family);
    return make("tr", control ? "control " + m.family : "", columns.map((column) => column.cell(m)));
  }));
  const heads = columns.map((column, index) => {
    const head = make("th", "", column.title, { tabIndex: 0, scope: "col" });
    const sort = () => {
      const ascending = head.getAttribute("aria-sort") === "descending" || (index === 0 && !head.hasAttribute("aria-sort"));
      heads.forEach((other) => other.removeAttribute("aria-sort"));
      head.setAttribute("aria-sort", ascending ? "ascending" : "descending");
      const value = (m) => column.value(m) ?? -Infinity;
      fill([...methods].sort((a, b) => (value(a) - value(b)) * (ascending ? 1 : -1)));
    };
    head.addEventListener("click", sort);
    head.addEventListener("keydown", (event) => { if (event.key === "Enter") sort(); });
    return head;
  });
  $("summary").replaceChildren(make("thead", "", make("tr", "", heads)), body);
  fill(methods);
}

/** Distances of the methods' distributions from those of the full cache, as `hayloft fidelity` measured them. */
function showFidelity() {
  if (!data.fidelity) return;
  $("fidelity").hidden = false;
  $("fidelity-source").textContent = data.fidelity.source;
  const spans = data.fidelity.methods[0].parts.map((part) => part.from + "–" + (part.to - 1));
  const titles = ["method", "perplexity", "KL mean", "KL 99 %", "KL 99.9 %", "same top", "Δp 5 % to 95 %", "first other top", "stored bytes", "ratio", ...spans.map((span) => "KL at " + span)];
  const under = (text, small) => make("td", "", [text, make("small", "under", small)]);
  const cells = (m) => [
    make("td", "method", [dot(m.method.split(":")[0]), m.method]),
    under(fixed(m.perplexity, 3), isNumber(m.perplexity_error) ? "± " + fixed(m.perplexity_error, 3) : ""),
    under(fixed(m.divergence.mean, 5), fixed(m.divergence.median, 5)),
    ...[m.divergence.percent99, m.divergence.percent999].map((value) => make("td", "", fixed(value, 4))),
    make("td", "", fixed(100 * m.same_top) + " %"),
    make("td", "", fixed(m.shift.percent5, 3) + " to " + fixed(m.shift.percent95, 3)),
    make("td", "", isNumber(m.first_disagreement) ? whole(m.first_disagreement) : "none"),
    make("td", "", whole(m.stored_bytes)),
    make("td", "", times(m.achieved_ratio)),
    ...m.parts.map((part) => make("td", "", fixed(part.divergence, 5))),
  ];
  const heads = titles.map((title) => make("th", "", title, { scope: "col" }));
  $("fidelity-table").replaceChildren(make("thead", "", make("tr", "", heads)), make("tbody", "", data.fidelity.methods.map((m) => make("tr", "", cells(m)))));
}

/** The tables of LongBench, LongBench-E and LongBench v2. */
function showLongBench() {
  $("longbench").hidden = data.long_bench.length === 0;
  for (const table of data.long_bench) {
    const heads = ["method", ...table.columns].map((title) => make("th", "", title, { scope: "col" }));
    const row = (m) => make("tr", "", [make("td", "method", [dot(m.method.split(":")[0]), m.method]), ...m.scores.map((score) => make("td", "", fixed(score)))]);
    $("longbench-tables").append(make("h3", "", table.title),
      make("div", "scroll", make("table", "", [make("thead", "", make("tr", "", heads)), make("tbody", "", table.rows.map(row))])));
  }
}

/** Task and sample, without saying the task twice. */
const nameOf = (sample) => (sample.sample.startsWith(sample.task) ? sample.sample : sample.task + " / " + sample.sample);

const RIGHT = .995;
const PAGE = 30;
let shown = PAGE;

const verdict = (score) => (score >= RIGHT ? "right" : score > 0 ? "part" : "wrong");
const mark = { right: "✓", part: "◐", wrong: "✗" };

/** Text with the searched words marked. */
function marked(text, words) {
  if (!words) return [text];
  const parts = [];
  const lower = text.toLowerCase();
  let at = 0;
  for (let hit = lower.indexOf(words); hit >= 0; hit = lower.indexOf(words, at)) {
    parts.push(text.slice(at, hit), make("mark", "", text.slice(hit, hit + words.length)));
    at = hit + words.length;
  }
  parts.push(text.slice(at));
  return parts;
}

/** An output as shown: long runs of line feeds take one line each. */
const compact = (text) => text.replace(/(\s*\n){2,}\s*$/, " ⏎").replace(/\n{3,}/g, "\n⏎\n");

/** Equal outputs are shown once, with all methods that wrote them. */
function answers(sample, words) {
  const groups = new Map();
  sample.outputs.forEach((output, index) => {
    if (!output) return;
    const key = JSON.stringify([output.text, output.score, output.stop]);
    if (!groups.has(key)) groups.set(key, { output, names: [] });
    groups.get(key).names.push(methods[index].name);
  });
  const rows = [...groups.values()].map(({ output, names }) => make("div", "answer", [
    make("div", "who", marked(names.join(", "), words)),
    make("div", verdict(output.score), mark[verdict(output.score)] + " " + fixed(output.score), { title: "ended by: " + output.stop }),
    make("pre", "", output.text === "" ? make("em", "quiet", "(empty)") : marked(compact(output.text), words)),
  ]));
  const references = sample.references.flatMap((text, i) => [i ? " or " : "", make("q", "", marked(text, words))]);
  const prompt = !sample.prompt ? [] : [make("details", "prompt", [make("summary", "", "Prompt"), make("pre", "", marked(sample.prompt, words))])];
  return make("div", "answers", [make("p", "reference", ["Right: ", ...references]), ...prompt, ...rows]);
}

function sampleElement(sample, words) {
  const strip = make("span", "strip", sample.outputs.map((output, index) => {
    const bar = make("i", output ? "" : "none", [], { title: methods[index].name + ": " + (output ? fixed(output.score) : "not run") });
    if (output) bar.style.background = heat(output.score);
    return bar;
  }));
  const meta = [sample.category, whole(sample.tokens) + " tokens"];
  if (isNumber(sample.facets.depth)) meta.push("depth " + Math.round(sample.facets.depth * 100) + " %");
  const element = make("details", "sample", make("summary", "", [
    make("span", "name", marked(nameOf(sample), words)), make("span", "meta", meta.join(" · ")), strip]));
  element.addEventListener("toggle", () => {
    if (element.open && element.childElementCount === 1) element.append(answers(sample, words));
  });
  return element;
}

function matches(sample, words, category, only) {
  if (category && sample.category !== category) return false;
  const ran = sample.outputs.filter(Boolean);
  if (only === "differ" && new Set(ran.map((o) => verdict(o.score))).size < 2) return false;
  if (only === "fullwrong") {
    const own = full && sample.outputs[methods.indexOf(full)];
    if (!own || own.score >= RIGHT) return false;
  }
  if (!words) return true;
  const texts = [nameOf(sample), ...sample.references, ...ran.map((o) => o.text)];
  return texts.some((text) => text.toLowerCase().includes(words));
}

function listSamples() {
  const words = $("search").value.trim().toLowerCase();
  const hits = data.samples.filter((s) => matches(s, words, $("category").value, $("only").value));
  $("samples").replaceChildren(...hits.slice(0, shown).map((s) => sampleElement(s, words)));
  $("found").textContent = whole(hits.length) + (hits.length === 1 ? " sample" : " samples");
  $("more").hidden = hits.length <= shown;
}

function showOutputs() {
  if (!data.samples.length) { $("outputs").hidden = true; return; }
  const all = data.samples_shown === data.samples_all;
  $("outputs-hint").textContent = "Open a sample to see every output side by side; equal outputs are shown once. The strip shows the score of each method in the order of the table, from lost (blue) to right (gold)."
    + (all ? "" : " These are the first " + whole(data.samples_shown) + " of " + whole(data.samples_all) + " samples; records.jsonl has all.");
  $("category").append(make("option", "", "all categories", { value: "" }), ...data.categories.map((name) => make("option", "", name, { value: name })));
  const restart = () => { shown = PAGE; listSamples(); };
  $("search").addEventListener("input", restart);
  $("category").addEventListener("change", restart);
  $("only").addEventListener("change", restart);
  $("more").addEventListener("click", () => { shown += PAGE * 3; listSamples(); });
  listSamples();
}

showHeader();
showTable();
showLongBench();
showFidelity();
showOutputs();
showSettings();
showPareto();
showNeedle();
showRadar();
