/* The plots: quality against bytes and length, radar of categories, needle maps. */

// The chart library measures text with it, where "inherit" would be some other font.
const FONT = getComputedStyle(document.body).fontFamily;
const sizeOf = (chart) => ({ narrow: chart.getWidth() < 620, wide: chart.getWidth() > 760, width: chart.getWidth(), height: chart.getHeight() });

/** The charts that are drawn, by the id of their element. */
const charts = new Map();

function chart(id, options) {
  const instance = echarts.init($(id), null, { renderer: "svg" });
  const draw = () => instance.setOption(options(sizeOf(instance)), true);
  charts.set(id, instance);
  draw();
  addEventListener("resize", () => { instance.resize(); draw(); });
  addEventListener("beforeprint", () => { instance.resize({ width: 690, height: 360 }); draw(); }); // what fits between the margins of A4
  addEventListener("afterprint", () => { instance.resize({ width: "auto", height: "auto" }); draw(); });
  return draw;
}

const tooltip = () => ({ backgroundColor: CARD, borderColor: LINE, textStyle: { color: INK, fontSize: 13 }, confine: true });

/** Vertical bars of the 95 % interval of each point. */
function errorBars(points, family) {
  return {
    type: "custom", name: family, silent: true, z: 2, tooltip: { show: false },
    data: points.filter((m) => isNumber(m.mean.low)).map((m) => [m.achieved_ratio, m.mean.low, m.mean.high]),
    renderItem: (params, api) => {
      const low = api.coord([api.value(0), api.value(1)]);
      const high = api.coord([api.value(0), api.value(2)]);
      const style = { stroke: colour(family), lineWidth: 1.4, opacity: .65 };
      const line = (x1, y1, x2, y2) => ({ type: "line", shape: { x1, y1, x2, y2 }, style });
      return { type: "group", children: [line(low[0], low[1], high[0], high[1]),
        line(low[0] - 4, low[1], low[0] + 4, low[1]), line(high[0] - 4, high[1], high[0] + 4, high[1])] };
    },
  };
}

/** The band that holds the 95 % intervals of a family's points, for those with several. */
function band(points, family) {
  const known = points.filter((m) => isNumber(m.mean.low));
  return {
    type: "custom", name: family, silent: true, z: 1, tooltip: { show: false }, data: known.length > 1 ? [0] : [],
    renderItem: (params, api) => {
      const edge = (m, value) => api.coord([m.achieved_ratio, value]);
      const corners = [...known.map((m) => edge(m, m.mean.high)), ...[...known].reverse().map((m) => edge(m, m.mean.low))];
      return { type: "polygon", shape: { points: corners }, style: { fill: colour(family), opacity: .16 } };
    },
  };
}

function describe(m) {
  const lines = [m.name, "score " + fixed(m.mean.mean) + (isNumber(m.mean.low) ? " " + range(m.mean) : ""),
    times(m.achieved_ratio) + " smaller, " + bytes(m.bytes_per_token) + " stored a token"];
  if (m !== full) lines.push("against full " + signed(m.difference[0]) + " [" + signed(m.difference[1]) + ", " + signed(m.difference[2]) + "]");
  return lines.map((line) => echarts.format.encodeHTML(line)).join("<br>");
}

/** Pixels that a label needs above and below its middle, and about so many for a character of it. */
const LABEL = { half: 8, character: 7.4 };

/**
 * How many pixels the label of each family moves down: to the nearest place where it covers no other and no line strikes it
 * through, the axis at the bottom or the dashed one of the full cache's score.
 *
 * @param place pixels of a method's point, x to the right and y down
 * @param lines y of these lines, the axis first
 */
function labelShifts(shown, place, lines) {
  const shifts = new Map();
  const placed = [];
  const ends = families.map((family) => shown.filter((m) => m.family === family).sort((a, b) => b.achieved_ratio - a.achieved_ratio)[0]);
  for (const end of ends.filter(Boolean).sort((a, b) => b.mean.mean - a.mean.mean)) {
    const { x, y } = place(end);
    const right = x + LABEL.character * end.family.length + 10;
    const beside = placed.filter((other) => other.x < right && x < other.right);
    const free = (at) => at + LABEL.half < lines[0] && lines.every((line) => Math.abs(line - at) > LABEL.half)
      && beside.every((other) => Math.abs(other.at - at) >= 2 * LABEL.half - 1);
    let shift = 0;
    while (!free(y + shift) && Math.abs(shift) < 200) shift = shift < 0 ? -shift : -shift - 1; // 0, -1, 1, -2, 2 ...
    placed.push({ x, right, at: y + shift });
    shifts.set(end.family, shift);
  }
  return shifts;
}

/** The least and greatest score of the axis: 0 to 1, so that two reports compare; the range of the scores if asked for. */
function scoreAxis(shown) {
  if (!$("pareto-zoom").checked) return [0, 1];
  const lowest = Math.min(...shown.map((m) => m.mean.low ?? m.mean.mean));
  const highest = Math.max(...shown.map((m) => m.mean.high ?? m.mean.mean));
  const base = Math.max(0, Math.floor(lowest * 20 - .1) / 20);
  return [base, Math.min(1, Math.max(base + .1, Math.ceil(highest * 20 + .1) / 20))];
}

function showPareto() {
  const shown = methods.filter((m) => isNumber(m.mean.mean) && isNumber(m.achieved_ratio) && m.achieved_ratio > 0);
  if (!shown.length) { $("pareto").hidden = true; return; }
  const byRatio = (a, b) => a.achieved_ratio - b.achieved_ratio;
  const ratios = shown.map((m) => m.achieved_ratio);
  const most = Math.pow(2, Math.max(1, Math.ceil(Math.log2(Math.max(...ratios)) * 4 + .6) / 4));
  const least = Math.min(...ratios, 1) / 1.09;
  const fullBytes = full ? full.bytes_per_token : null;
  const front = shown.filter((m) => m.front).sort(byRatio);

  const series = (shifts) => families.flatMap((family) => {
    const points = shown.filter((m) => m.family === family).sort(byRatio);
    return [{
      type: "line", name: family, z: 3, symbol: symbol(family), symbolSize: family === "full" ? 17 : 11,
      color: colour(family), lineStyle: { width: family === "random" ? 1.5 : 2, type: family === "random" ? "dashed" : "solid" },
      data: points.map((m) => ({ value: [m.achieved_ratio, m.mean.mean], method: m })),
      endLabel: { show: true, formatter: family, color: colour(family), fontWeight: 600, fontSize: 13, distance: 9, offset: [0, shifts.get(family)] },
      emphasis: { focus: "series" },
    }, ($("pareto-intervals").value === "bands" ? band : errorBars)(points, family)];
  });
  const frontSeries = {
    type: "line", name: "Pareto front", z: 1, silent: true, symbol: "none", data: front.map((m) => [m.achieved_ratio, m.mean.mean]),
    color: dark ? "#e3b04b" : "#d8a02a", lineStyle: { width: 15, opacity: dark ? .25 : .28, cap: "round", join: "round" }, tooltip: { show: false },
    markLine: !full ? undefined : { silent: true, symbol: "none", data: [{ yAxis: full.mean.mean }], lineStyle: { color: SOFT, type: [3, 5], opacity: .6 }, label: { show: false } },
  };
  const draw = chart("pareto-chart", ({ narrow, wide, width, height }) => {
    const [base, top] = scoreAxis(shown);
    const grid = { left: narrow ? 34 : 62, right: narrow ? 92 : 128, top: wide ? 56 : 20, bottom: narrow ? 52 : 76 };
    const x = (ratio) => grid.left + (width - grid.left - grid.right) * Math.log(ratio / least) / Math.log(most / least);
    const y = (score) => grid.top + (height - grid.top - grid.bottom) * (top - score) / (top - base);
    const lines = [y(base), ...(full ? [y(full.mean.mean)] : [])];
    const shifts = labelShifts(shown, (m) => ({ x: x(m.achieved_ratio), y: y(m.mean.mean) }), lines);
    return {
    animation: false, textStyle: { fontFamily: FONT }, aria: { enabled: true },
    legend: { show: wide, type: "scroll", data: [...families, "Pareto front"], top: 6, left: 12, right: 12, textStyle: { color: INK }, itemGap: narrow ? 12 : 22, itemWidth: 20, pageTextStyle: { color: INK }, pageIconColor: INK },
    grid,
    tooltip: { ...tooltip(), formatter: (item) => (item.data.method ? describe(item.data.method) : "") },
    xAxis: {
      type: "log", logBase: 2, min: least, max: most, name: narrow ? "smaller cache →" : "times fewer bytes than the full cache, and stored bytes a token", nameLocation: "middle",
      nameGap: narrow ? 26 : 50, nameTextStyle: { color: SOFT, fontSize: 13 }, splitLine: { lineStyle: { color: LINE } }, axisLine: { onZero: false, lineStyle: { color: SOFT } },
      axisLabel: { color: INK, lineHeight: 17, showMinLabel: false, showMaxLabel: false, formatter: (value) => value + "×" + (fullBytes && !narrow ? "\n" + bytes(fullBytes / value) : "") },
    },
    yAxis: {
      type: "value", min: base, max: top, name: narrow ? "" : "mean score", nameLocation: "middle", nameGap: narrow ? 30 : 42, nameTextStyle: { color: SOFT, fontSize: 13 },
      axisLabel: { color: INK, formatter: (value) => (Number.isInteger(value * 10) ? value.toFixed(1) : value.toFixed(2)) }, splitLine: { lineStyle: { color: LINE } },
    },
    series: [...series(shifts), frontSeries],
    };
  });
  for (const id of ["pareto-intervals", "pareto-zoom"]) $(id).addEventListener("change", draw);
}

/** Checkboxes that choose the methods of a chart. */
function methodChips(id, chosen, draw) {
  for (const m of methods) {
    const box = make("input", "", [], { type: "checkbox", checked: chosen.has(m.name) });
    box.addEventListener("change", () => { if (box.checked) chosen.add(m.name); else chosen.delete(m.name); draw(); });
    $(id).append(make("label", "", [box, dot(m.family), m.name]));
  }
}

function showLengths() {
  const { lengths, scores, bounds } = data.lengths;
  if (lengths.length < 2) return;
  const named = (length) => (bounds ? "≤ " : "") + tokens(length);
  $("lengths").hidden = false;
  const chosen = new Set(usualChoice().map((m) => m.name));
  const draw = chart("lengths-chart", ({ narrow }) => ({
    animation: false, textStyle: { fontFamily: FONT }, grid: { left: narrow ? 34 : 62, right: 24, top: 24, bottom: 56 },
    tooltip: { ...tooltip(), trigger: "item", formatter: (item) => echarts.format.encodeHTML(item.seriesName + ": " + fixed(item.data.value) + " at " + item.name + " tokens " + range(item.data.score)) },
    xAxis: { type: "category", data: lengths.map(named), name: "tokens of the prompt", nameLocation: "middle", nameGap: 30, nameTextStyle: { color: SOFT, fontSize: 13 }, axisLabel: { color: INK }, axisLine: { lineStyle: { color: SOFT } } },
    yAxis: { type: "value", min: 0, max: 1, name: narrow ? "" : "mean score", nameLocation: "middle", nameGap: 42, nameTextStyle: { color: SOFT, fontSize: 13 }, axisLabel: { color: INK }, splitLine: { lineStyle: { color: LINE } } },
    series: methods.flatMap((m, index) => (chosen.has(m.name) ? [{
      type: "line", name: m.name, color: colour(m.family), symbol: symbol(m.family), symbolSize: 10, lineStyle: { width: m === full ? 3 : 2, type: m.family === "random" ? "dashed" : "solid" },
      data: scores[index].map((score) => ({ value: score.mean, score })),
    }] : [])),
  }));
  methodChips("lengths-chips", chosen, draw);
  const rows = methods.map((m, index) => make("tr", "", [make("th", "method", [dot(m.family), m.name], { scope: "row" }), ...scores[index].map((score) => scoreCell(score))]));
  $("lengths-table").append(...headTable(["method", ...lengths.map((length) => named(length) + " tokens")], rows));
}

/** The method of each family that is nearest to four times fewer bytes. */
function usualChoice() {
  const distance = (m) => Math.abs(Math.log2((m.achieved_ratio || 1) / 4));
  return families.map((family) => methods.filter((m) => m.family === family).sort((a, b) => distance(a) - distance(b))[0]);
}

function showRadar() {
  if (data.categories.length < 3) return;
  $("radar").hidden = false;
  const chosen = new Set(usualChoice().map((m) => m.name));
  const label = (text) => text.replace("-document", "-doc").replace("summarisation", "summary").replace(" ", "\n");
  const draw = chart("radar-chart", ({ narrow }) => ({
    animation: false, textStyle: { fontFamily: FONT }, tooltip: { ...tooltip(), formatter: (item) => describeScores(item.data.method) },
    radar: {
      indicator: data.categories.map((name) => ({ name: narrow ? label(name) : name, max: 1, min: 0 })), radius: narrow ? "62%" : "74%", center: ["50%", "52%"],
      axisName: { color: INK, fontSize: narrow ? 11 : 13, lineHeight: 14 }, splitArea: { show: false }, splitLine: { lineStyle: { color: LINE } }, axisLine: { lineStyle: { color: LINE } },
    },
    series: [{
      type: "radar",
      data: methods.filter((m) => chosen.has(m.name)).map((m) => ({
        name: m.name, method: m, value: m.scores.map((s) => s.mean ?? 0), symbol: symbol(m.family), symbolSize: 7, itemStyle: { color: colour(m.family) },
        lineStyle: { color: colour(m.family), width: m === full ? 3 : 2, type: m.family === "random" ? "dashed" : "solid" },
        areaStyle: m === full ? { color: colour(m.family), opacity: .05 } : undefined,
      })),
    }],
  }));
  methodChips("radar-chips", chosen, draw);
}

function describeScores(m) {
  const lines = [m.name, ...data.categories.map((name, i) => name + " " + fixed(m.scores[i].mean))];
  return lines.map((line) => echarts.format.encodeHTML(line)).join("<br>");
}

/** A score in one or two characters; only a whole one reads 1. */
const brief = (score) => (score >= 1 ? "1" : score <= 0 ? "0" : "." + Math.min(9, Math.max(1, Math.round(score * 10))));

function showNeedle() {
  const map = data.needle;
  if (!map) return;
  $("needle").hidden = false;
  methods.forEach((m, index) => {
    const values = map.scores[index].flat().filter(isNumber);
    if (!values.length) return;
    const cellAt = (row, column) => {
      const score = map.scores[index][row][column];
      if (!isNumber(score)) return make("td");
      const count = map.counts[index][row][column];
      const cell = make("td", "", [brief(score), make("small", "", count)]);
      cell.style.background = heat(score);
      cell.style.color = inkOn(score);
      cell.title = m.name + ": " + fixed(score) + " at depth " + map.depths[row] + ", " + whole(map.lengths[column]) + " tokens, " + count + (count === 1 ? " sample" : " samples");
      return cell;
    };
    const rows = map.depths.map((depth, row) => make("tr", "", [make("th", "", depth, { scope: "row" }), ...map.lengths.map((_, column) => cellAt(row, column))]));
    const score = m.scores[data.categories.indexOf("needle")];
    $("needle-maps").append(make("div", "map", [make("h3", "", [m.name, make("span", "", score ? fixed(score.mean) : "")]),
      make("table", "", headTable(["depth", ...map.lengths.map(tokens)], rows))]));
  });
}
