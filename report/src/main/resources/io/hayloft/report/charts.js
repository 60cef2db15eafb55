/* The plots: quality against bytes, radar of categories, needle maps. */

// The chart library measures text with it, where "inherit" would be some other font.
const FONT = getComputedStyle(document.body).fontFamily;
const sizeOf = (chart) => ({ narrow: chart.getWidth() < 620 });

function chart(id, options) {
  const instance = echarts.init($(id), null, { renderer: "svg" });
  const draw = () => instance.setOption(options(sizeOf(instance)), true);
  draw();
  addEventListener("resize", () => { instance.resize(); draw(); });
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

function describe(m) {
  const lines = [m.name, "score " + fixed(m.mean.mean) + (isNumber(m.mean.low) ? " " + range(m.mean) : ""),
    times(m.achieved_ratio) + " smaller, " + bytes(m.bytes_per_token) + " stored a token"];
  if (m !== full) lines.push("against full " + signed(m.difference[0]) + " [" + signed(m.difference[1]) + ", " + signed(m.difference[2]) + "]");
  return lines.map((line) => echarts.format.encodeHTML(line)).join("<br>");
}

/** How many pixels the label of each family moves down so that no two of nearly equal place cover each other. */
function labelShifts(shown, pixelsOfOne) {
  const shifts = new Map();
  const placed = [];
  const ends = families.map((family) => shown.filter((m) => m.family === family).sort((a, b) => b.achieved_ratio - a.achieved_ratio)[0]);
  for (const end of ends.filter(Boolean).sort((a, b) => b.mean.mean - a.mean.mean)) {
    const x = Math.log2(end.achieved_ratio);
    let y = -end.mean.mean * pixelsOfOne;
    for (const other of placed) if (Math.abs(other.x - x) < .3 && y < other.y + 15) y = other.y + 15;
    placed.push({ x, y });
    shifts.set(end.family, y + end.mean.mean * pixelsOfOne);
  }
  return shifts;
}

function showPareto() {
  const shown = methods.filter((m) => isNumber(m.mean.mean) && isNumber(m.achieved_ratio) && m.achieved_ratio > 0);
  if (!shown.length) { $("pareto").hidden = true; return; }
  const byRatio = (a, b) => a.achieved_ratio - b.achieved_ratio;
  const ratios = shown.map((m) => m.achieved_ratio);
  const most = Math.pow(2, Math.max(1, Math.ceil(Math.log2(Math.max(...ratios)) * 4 + .6) / 4));
  const least = Math.min(...ratios, 1) / 1.09;
  const lowest = Math.min(...shown.map((m) => m.mean.low ?? m.mean.mean));
  const base = Math.max(0, Math.floor(lowest * 5 - .1) / 5);
  const highest = Math.max(...shown.map((m) => m.mean.high ?? m.mean.mean));
  const top = Math.min(1, Math.max(base + .2, Math.ceil(highest * 5 + .1) / 5));
  const fullBytes = full ? full.bytes_per_token : null;
  const front = shown.filter((m) => m.front).sort(byRatio);

  const shifts = labelShifts(shown, 430 / (top - base));

  const series = families.flatMap((family) => {
    const points = shown.filter((m) => m.family === family).sort(byRatio);
    return [{
      type: "line", name: family, z: 3, symbol: symbol(family), symbolSize: family === "full" ? 17 : 11,
      color: colour(family), lineStyle: { width: family === "random" ? 1.5 : 2, type: family === "random" ? "dashed" : "solid" },
      data: points.map((m) => ({ value: [m.achieved_ratio, m.mean.mean], method: m })),
      endLabel: { show: true, formatter: family, color: colour(family), fontWeight: 600, fontSize: 13, distance: 9, offset: [0, shifts.get(family)] },
      emphasis: { focus: "series" },
    }, errorBars(points, family)];
  });
  series.push({
    type: "line", name: "Pareto front", z: 1, silent: true, symbol: "none", data: front.map((m) => [m.achieved_ratio, m.mean.mean]),
    color: dark ? "#e3b04b" : "#d8a02a", lineStyle: { width: 15, opacity: dark ? .25 : .28, cap: "round", join: "round" }, tooltip: { show: false },
    markLine: !full ? undefined : { silent: true, symbol: "none", data: [{ yAxis: full.mean.mean }], lineStyle: { color: SOFT, type: [3, 5], opacity: .6 }, label: { show: false } },
  });
  chart("pareto-chart", ({ narrow }) => ({
    animation: false, textStyle: { fontFamily: FONT }, aria: { enabled: true },
    legend: { data: [...families, "Pareto front"], top: 6, textStyle: { color: INK }, itemGap: narrow ? 12 : 24, itemWidth: 20 },
    grid: { left: narrow ? 34 : 62, right: narrow ? 80 : 100, top: narrow ? 84 : 56, bottom: narrow ? 52 : 76 },
    tooltip: { ...tooltip(), formatter: (item) => (item.data.method ? describe(item.data.method) : "") },
    xAxis: {
      type: "log", logBase: 2, min: least, max: most, name: narrow ? "smaller cache →" : "times fewer bytes than the full cache, and stored bytes a token", nameLocation: "middle",
      nameGap: narrow ? 26 : 50, nameTextStyle: { color: SOFT, fontSize: 13 }, splitLine: { lineStyle: { color: LINE } }, axisLine: { onZero: false, lineStyle: { color: SOFT } },
      axisLabel: { color: INK, lineHeight: 17, showMinLabel: false, showMaxLabel: false, formatter: (value) => value + "×" + (fullBytes && !narrow ? "\n" + bytes(fullBytes / value) : "") },
    },
    yAxis: {
      type: "value", min: base, max: Math.max(top, highest), name: narrow ? "" : "mean score", nameLocation: "middle", nameGap: narrow ? 30 : 42, nameTextStyle: { color: SOFT, fontSize: 13 },
      axisLabel: { color: INK, formatter: (value) => (Number.isInteger(value * 10) ? value.toFixed(1) : value.toFixed(2)) }, splitLine: { lineStyle: { color: LINE } },
    },
    series,
  }));
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
  for (const m of methods) {
    const box = make("input", "", [], { type: "checkbox", checked: chosen.has(m.name) });
    box.addEventListener("change", () => { if (box.checked) chosen.add(m.name); else chosen.delete(m.name); draw(); });
    $("radar-chips").append(make("label", "", [box, dot(m.family), m.name]));
  }
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
    const rows = map.scores[index];
    const values = rows.flat().filter(isNumber);
    if (!values.length) return;
    const grid = make("div", "grid");
    grid.style.gridTemplateColumns = "auto repeat(" + map.lengths.length + ", 1fr)";
    map.depths.forEach((depth, row) => {
      grid.append(make("span", "axis", Math.round(depth * 100) + "%"));
      map.lengths.forEach((length, column) => {
        const score = rows[row][column];
        const cell = make("span", "", isNumber(score) ? brief(score) : "");
        if (isNumber(score)) {
          cell.style.background = heat(score);
          cell.style.color = score > .45 ? "#1e2623" : "#f3f0e6";
          cell.title = m.name + ": " + fixed(score) + " at depth " + Math.round(depth * 100) + " %, " + whole(length) + " tokens";
        }
        grid.append(cell);
      });
    });
    grid.append(make("span", "axis"), ...map.lengths.map((length) => make("span", "axis x", tokens(length))));
    const score = m.scores[data.categories.indexOf("needle")];
    $("needle-maps").append(make("div", "map", [make("h3", "", [m.name, make("span", "", score ? fixed(score.mean) : "")]), grid]));
  });
}
