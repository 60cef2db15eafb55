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
  if (m.label) cell.append(make("small", "under", m.label));
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

/** A cell with a bar as long as a number's share of the greatest of its column. */
function barCell(value, most, text) {
  const cell = make("td", "score", text);
  cell.style.setProperty("--share", isNumber(value) && most > 0 ? 100 * value / most + "%" : "0%");
  return cell;
}

/** Bytes and times of each method, beside what was predicted where that is known. */
function showCosts() {
  const shown = methods.filter((m) => isNumber(m.bytes_per_token));
  $("costs").hidden = shown.length === 0;
  if (data.predicted) {
    $("costs-hint").textContent = "Predicted is what was expected of this machine before the run began, for prompts of its mean length; × is predicted over measured.";
  }
  const predicted = new Map((data.predicted ?? []).map((one) => [one.method, one]));
  const step = (m) => (isNumber(m.decode_rate) && m.decode_rate > 0 ? 1000 / m.decode_rate : null);
  const small = (value, digits) => (isNumber(value) ? value.toFixed(digits) : "–");
  const columns = [
    ["stored bytes a token", (m) => m.bytes_per_token, whole, (one) => one.bytes_per_token],
    ["read bytes a token", (m) => m.read_bytes_per_token, whole, null],
    ["compress s", (m) => m.compress_seconds, (value) => small(value, 3), null],
    ["prefill tok/s", (m) => m.prefill_rate, whole, (one) => one.prefill_rate],
    ["decode ms/token", step, (value) => small(value, 2), (one) => one.decode_ms_per_token],
  ];
  const heads = ["method", ...columns.flatMap(([title, , , guess]) => (guess && predicted.size ? [title, "predicted"] : [title]))];
  const ratio = (guess, value) => (isNumber(value) && value > 0 ? " (×" + (guess / value).toFixed(2) + ")" : "");
  const guessed = (one, value, text, guess) => make("td", "", one ? text(guess(one)) + ratio(guess(one), value) : "–");
  const cells = (m) => columns.flatMap(([, value, text, guess]) => {
    const cell = barCell(value(m), Math.max(...shown.map((other) => value(other) ?? 0)), text(value(m)));
    return guess && predicted.size ? [cell, guessed(predicted.get(m.name), value(m), text, guess)] : [cell];
  });
  $("costs-table").append(...headTable(heads, shown.map((m) => make("tr", "", [make("th", "method", [dot(m.family), m.name], { scope: "row" }), ...cells(m)]))));
}

/** Figures that others have published of the same methods, with what keeps them from being the same. */
function showPublished() {
  $("published").hidden = data.published.length === 0;
  const cells = (one) => [
    make("th", "method", [dot(methods.find((m) => m.name === one.method)?.family ?? one.method), one.method], { scope: "row" }),
    make("td", "", one.benchmark), make("td", "", fixed(one.published, 1)), make("td", "", fixed(one.measured, 1)),
    make("td", "words", one.model + ", " + one.setting), make("td", "words", one.source), make("td", "words", one.reasons.join("; ")),
  ];
  $("published-table").append(...headTable(["method", "benchmark", "published", "here", "published of", "source", "why they differ"],
    data.published.map((one) => make("tr", "", cells(one)))));
}
