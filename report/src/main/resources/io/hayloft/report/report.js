"use strict";
/* Fills the page from the data element. Texts of models and tasks only ever become text nodes. */
const data = JSON.parse(document.getElementById("data").textContent);
const methods = data.methods;
const settings = data.info.settings;
const full = methods.find((m) => m.name === "full");
const dark = matchMedia("(prefers-color-scheme: dark)").matches;

const $ = (id) => document.getElementById(id);

/** A new element with a class, children and properties. */
function make(tag, className, children = [], properties = {}) {
  const element = Object.assign(document.createElement(tag), properties);
  if (className) element.className = className;
  element.append(...[children].flat());
  return element;
}

const isNumber = (value) => typeof value === "number";
const fixed = (value, digits = 2) => (isNumber(value) ? value.toFixed(digits) : "–");
const sign = (value) => (Math.abs(value) < .005 ? "" : value < 0 ? "−" : "+");
const signed = (value) => (isNumber(value) ? sign(value) + Math.abs(value).toFixed(2) : "–");
const range = (score) => "[" + fixed(score.low) + ", " + fixed(score.high) + "]";
const times = (value) => (isNumber(value) ? value.toFixed(value < 9.95 ? 1 : 0) + "×" : "–");
const whole = (value) => (isNumber(value) ? Math.round(value).toLocaleString("en-US") : "–");

/** A number of bytes with three digits. */
function bytes(value) {
  if (!isNumber(value)) return "–";
  const units = ["B", "KB", "MB", "GB", "TB"];
  let unit = 0;
  while (value >= 999.5 && unit < units.length - 1) { value /= 1000; unit++; }
  return value.toFixed(unit === 0 || value >= 99.95 ? 0 : value >= 9.995 ? 1 : 2) + " " + units[unit];
}

const tokens = (count) => (count >= 1024 && count % 1024 === 0 ? count / 1024 + "k" : whole(count));

function duration(seconds) {
  if (seconds < 60) return Math.round(seconds) + " s";
  if (seconds < 3600) return Math.floor(seconds / 60) + " min " + Math.round(seconds % 60) + " s";
  return Math.floor(seconds / 3600) + " h " + Math.round((seconds % 3600) / 60) + " min";
}

/* A colour and a symbol for each family, the same in every report, different without colour vision too. */
const PALETTE = dark
  ? ["#6db3f2", "#f29e5c", "#5cc78f", "#e08fc4", "#e8d25c", "#9fd8e8", "#b8a1f0", "#e57373"]
  : ["#0b6fb8", "#c04f08", "#128055", "#b8488f", "#8a6d00", "#1f7d95", "#6c4bb8", "#b03030"];
const CROSS = "path://M3 0H7V3H10V7H7V10H3V7H0V3H3Z";
const SYMBOLS = ["circle", "rect", "triangle", "diamond", CROSS, "pin", "arrow"];
const LOOKS = ["kivi", "h2o", "snapkv", "streaming", "infllm", "flexgen", "llmlingua2", "tova", "knorm", "observed", "selective", "tova-prompt"];
const INK = dark ? "#e8e6df" : "#1e2623";
const SOFT = dark ? "#9aa6a0" : "#5d6863";
const LINE = dark ? "#2d3733" : "#e3ded2";
const CARD = dark ? "#1b2220" : "#ffffff";
const families = [...new Set(methods.map((m) => m.family))];
const CONTROLS = { random: dark ? "#8f9a95" : "#6b7571", truncation: dark ? "#b5a58a" : "#7a6a4f" };

/** As many places as colours and symbols have pairs; families that are not known have those behind the known ones. */
const PLACES = PALETTE.length * SYMBOLS.length;
const placeOf = new Map();

/** The place of a family among the looks: fixed if it is known, else made of its name, the next free one if taken. */
function lookOf(family) {
  const name = family.replace(/-paper$/, "");
  if (LOOKS.includes(name)) return LOOKS.indexOf(name);
  if (!placeOf.has(name)) {
    const more = PLACES - LOOKS.length;
    const taken = new Set(placeOf.values());
    let at = [...name].reduce((sum, character) => (31 * sum + character.codePointAt(0)) % 9973, 7);
    for (let tries = 0; tries < more && taken.has(LOOKS.length + at % more); tries++) at++;
    placeOf.set(name, LOOKS.length + at % more);
  }
  return placeOf.get(name);
}

function colour(family) {
  return family === "full" ? INK : (CONTROLS[family] ?? PALETTE[lookOf(family) % PALETTE.length]);
}

/** Settings of a paper are hollow, as they have the colour of the method that they are of. */
const hollow = (family) => family.endsWith("-paper");

function symbol(family) {
  if (family === "full") return "diamond";
  if (CONTROLS[family]) return "emptyCircle";
  const filled = SYMBOLS[lookOf(family) % SYMBOLS.length];
  return hollow(family) ? "empty" + filled[0].toUpperCase() + filled.slice(1) : filled;
}

function dot(family) {
  const element = make("span", hollow(family) ? "dot hollow" : "dot");
  element.style.color = colour(family);
  return element;
}

/** Colour of a score between lost (night blue) and found (hay), as red, green and blue. */
function heatOf(score) {
  const stops = [[43, 48, 92], [133, 118, 120], [244, 200, 84]];
  const at = Math.max(0, Math.min(1, score)) * 2;
  const low = stops[Math.min(1, Math.floor(at))];
  const high = stops[Math.min(1, Math.floor(at)) + 1];
  const share = at - Math.min(1, Math.floor(at));
  return low.map((value, i) => Math.round(value + (high[i] - value) * share));
}

const heat = (score) => "rgb(" + heatOf(score).join(",") + ")";

/** Black or white, whichever is easier to read on a score's colour: one of them always has a contrast of 4.5. */
function inkOn(score) {
  const linear = heatOf(score).map((value) => value / 255).map((value) => (value <= .03928 ? value / 12.92 : ((value + .055) / 1.055) ** 2.4));
  return .2126 * linear[0] + .7152 * linear[1] + .0722 * linear[2] > .179 ? "#000" : "#fff";
}

function showHeader() {
  const info = data.info;
  const tasks = Object.keys(info.task_versions);
  const mini = tasks.length > 1 && tasks.every((name) => name.startsWith("mini-"));
  const suite = mini ? "mini suite" : tasks.length <= 4 ? tasks.join(", ") : tasks.length + " tasks";
  $("title").textContent = [info.model.name, suite, whole(data.samples_all) + " samples",
    methods.length + " methods", data.protocols ? "question in " + data.protocols.names.length + " places" : settings.protocol].join(" · ");
  const joined = (text) => text.replace(/(\d) %/g, "$1\u00a0%"); // no line break before the sign
  $("headline").textContent = joined(data.headline[0]);
  $("more-findings").textContent = joined(data.headline.slice(1).join(" "));
  const tiles = [];
  if (full) tiles.push([fixed(full.mean.mean), "score of the full cache" + (isNumber(full.mean.low) ? ", 95 % interval " + range(full.mean) : "")]);
  if (full) tiles.push([bytes(full.bytes_per_token), "full cache for each token (" + settings.cache_type + ")"]);
  const settingsRun = methods.filter((m) => m.verdict);
  const count = (verdict) => settingsRun.filter((m) => m.verdict === verdict).length;
  if (settingsRun.length) tiles.push([count("keeps") + " of " + settingsRun.length, "settings keep the full score; " + count("loses") + " lose more than 1 point, " + count("open") + " are open"]);
  tiles.push([whole(data.samples_all) + " × " + methods.length, "samples × methods" + (info.seconds > 0 ? " in " + duration(info.seconds) : "")]);
  for (const [value, label] of tiles) $("tiles").append(make("div", "tile", [make("b", "", value), make("span", "", label)]));
  $("embedded").hidden = !info.model.embedded;
  if (data.warnings.length) {
    $("warnings").hidden = false;
    $("warnings-title").textContent =
      data.warnings.length + (data.warnings.length === 1 ? " warning" : " warnings") + ": look twice before you use these numbers";
    $("warnings").querySelector("ul").append(...data.warnings.map((line) => make("li", "", line)));
  }
}

function showSettings() {
  const { machine, model } = data.info;
  const facts = [
    ["Model", model.name + (model.weight_bytes ? " (" + model.architecture + ", context " + whole(model.context_length) + " tokens, weights " + bytes(model.weight_bytes) + ")" : " (its tokenizer alone)")],
    ["Model hash", model.hash],
    ["Methods", methods.map((m) => m.name).join(", ")],
    ...(settings.endpoints ? [["Servers", Object.entries(settings.endpoints).map(([label, name]) => label + ": " + name).join(", ")]] : []),
    ["Tasks", Object.entries(data.info.task_versions).map(([name, version]) => name + " (" + version + ")").join(", ")],
    ["Lengths", settings.lengths.filter((n) => n > 0).map(tokens).join(", ") || "as the data has them"],
    ["Samples", settings.samples + " of each task and length, seed " + settings.seed],
    ["Protocol", data.protocols ? settings.protocol + " (" + data.protocols.names.join(", ") + ")" : settings.protocol],
    ["Cache type", settings.cache_type],
    ["Prefill by", (settings.backend ?? "java") === "java" ? "Hayloft's own kernels" : settings.backend],
    ["Machine", machine.cpu + ", " + machine.cores + " cores, " + bytes(machine.memory_bytes) + ", " + machine.vector_bits + "-bit vectors, " + machine.threads + " threads"],
    ["System", machine.system + ", " + machine.jvm],
    ["Command", make("code", "", data.command)],
    ["Run", data.info.started + (data.info.finished ? " to " + data.info.finished : ", not finished") + (data.info.starts > 1 ? ", started " + data.info.starts + " times" : "")],
    ["Program", "Hayloft " + data.info.version + ", commit " + data.info.commit + ", code " + data.info.code],
    ["Identity", data.info.identity],
  ];
  for (const [name, value] of facts) $("facts").append(make("dt", "", name), make("dd", "", value));
  $("notes").append(...data.info.notes.map((line) => make("li", "", line)));
  showProtocols();
}

/** What each protocol means; of a run by several, also the scores by each. */
const PROTOCOLS = {
  "question-aware": ["Question-aware", " means that caches are compressed after the whole prompt, question included. That flatters methods that look at the last queries; --protocol question-agnostic is the harder test."],
  "question-agnostic": ["Question-agnostic", " means that caches are compressed after the context, before the question is known, as when one context serves many questions."],
  "other-question": ["Other question", " means that caches are compressed after the context and another question about it; then comes the one that is scored. A method that goes by the last queries looks for the wrong thing."],
};

function showProtocols() {
  if (!data.protocols) {
    const known = PROTOCOLS[settings.protocol];
    if (known) $("protocol-text").append(make("strong", "", known[0]), known[1]);
    return;
  }
  const names = data.protocols.names;
  const heads = ["method", ...names.map((name) => PROTOCOLS[name]?.[0] ?? name)].map((title) => make("th", "", title, { scope: "col" }));
  const row = (scores, index) => make("tr", "", [make("td", "method", [dot(methods[index].family), methods[index].name]), ...scores.map((score) => scoreCell(score))]);
  $("protocols-table").append(make("thead", "", make("tr", "", heads)), make("tbody", "", data.protocols.scores.map(row)));
  const known = names.filter((name) => PROTOCOLS[name]);
  $("protocols-text").append(...known.flatMap((name) => [make("dt", "", PROTOCOLS[name][0]), make("dd", "", PROTOCOLS[name][1].replace(" means that caches", "Caches"))]));
  $("protocols").hidden = false;
}
