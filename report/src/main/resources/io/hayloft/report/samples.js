/* Every sample with the outputs of all methods, what differs from the full cache marked. */

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

/** Longest texts, in words, that are compared word by word. */
const COMPARED = 400;

/** The words of a text, and for each whether the other text has it in its place: the longest common sequence. */
function wordsAgainst(text, other) {
  const own = text.match(/\s*\S+\s*/g) ?? [];
  const theirs = other.match(/\s*\S+\s*/g) ?? [];
  if (own.length > COMPARED || theirs.length > COMPARED) return null;
  const width = theirs.length + 1;
  const same = (i, j) => own[i].trim() === theirs[j].trim();
  const best = new Uint16Array((own.length + 1) * width);
  for (let i = own.length - 1; i >= 0; i--)
    for (let j = theirs.length - 1; j >= 0; j--)
      best[i * width + j] = same(i, j) ? best[(i + 1) * width + j + 1] + 1 : Math.max(best[(i + 1) * width + j], best[i * width + j + 1]);
  const pieces = [];
  const add = (kind, word) => { if (pieces.at(-1)?.kind === kind) pieces.at(-1).text += word; else pieces.push({ kind, text: word }); };
  for (let i = 0, j = 0; i < own.length || j < theirs.length;) {
    if (i < own.length && j < theirs.length && same(i, j)) { add("same", own[i++]); j++; }
    else if (i < own.length && (j === theirs.length || best[(i + 1) * width + j] >= best[i * width + j + 1])) add("new", own[i++]);
    else add("gone", theirs[j++]);
  }
  return pieces;
}

/** A text with what the full cache wrote instead struck through. */
function difference(text, fullText) {
  const pieces = wordsAgainst(compact(text), compact(fullText));
  if (!pieces) return null;
  const tags = { same: "span", new: "ins", gone: "del" };
  return pieces.map(({ kind, text: words }) => make(tags[kind], "", words));
}

/** Equal outputs are shown once, with all methods that wrote them. */
function answers(sample, words) {
  const groups = new Map();
  sample.outputs.forEach((output, index) => {
    if (!output) return;
    const key = JSON.stringify([output.text, output.score, output.stop]);
    if (!groups.has(key)) groups.set(key, { output, names: [] });
    groups.get(key).names.push(methods[index].name);
  });
  const own = full && sample.outputs[methods.indexOf(full)];
  const text = (output) => {
    if (output.text === "") return make("em", "quiet", "(empty)");
    const changes = !words && own && own.text !== output.text ? difference(output.text, own.text) : null;
    return changes ?? marked(compact(output.text), words);
  };
  const rows = [...groups.values()].map(({ output, names }) => make("div", "answer", [
    make("div", "who", marked(names.join(", "), words)),
    make("div", verdict(output.score), mark[verdict(output.score)] + " " + fixed(output.score), { title: "ended by: " + output.stop }),
    make("pre", "", text(output), { tabIndex: 0 }),
  ]));
  const references = sample.references.flatMap((text, i) => [i ? " or " : "", make("q", "", marked(text, words))]);
  const prompt = !sample.prompt ? [] : [make("details", "prompt", [make("summary", "", "Prompt"), make("pre", "", marked(sample.prompt, words))])];
  return make("div", "answers", [make("p", "reference", ["Right: ", ...references]), ...prompt, ...rows]);
}

/** How many methods are right where the full cache is wrong, or the other way round. */
function flips(sample) {
  const own = full && sample.outputs[methods.indexOf(full)];
  return own ? sample.outputs.filter((output) => output && (output.score >= RIGHT) !== (own.score >= RIGHT)).length : 0;
}

function sampleElement(sample, words) {
  const strip = make("span", "strip", sample.outputs.map((output, index) => {
    const bar = make("i", output ? "" : "none", [], { title: methods[index].name + ": " + (output ? fixed(output.score) : "not run") });
    if (output) bar.style.background = heat(output.score);
    return bar;
  }));
  const meta = [sample.category, whole(sample.tokens) + " tokens"];
  if (isNumber(sample.facets.depth)) meta.push("depth " + Math.round(sample.facets.depth * 100) + " %");
  if (flips(sample)) meta.push(flips(sample) + (flips(sample) === 1 ? " flip" : " flips"));
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
  if ($("order").value === "flips") hits.sort((a, b) => flips(b) - flips(a)); // stable: else as they ran
  $("samples").replaceChildren(...hits.slice(0, shown).map((s) => sampleElement(s, words)));
  $("found").textContent = whole(hits.length) + (hits.length === 1 ? " sample" : " samples");
  $("more").hidden = hits.length <= shown;
}

function showOutputs() {
  if (!data.samples.length) { $("outputs").hidden = true; return; }
  const all = data.samples_shown === data.samples_all;
  $("outputs-hint").textContent = "Open a sample to see every output side by side; equal outputs are shown once, and what differs from the full cache's is marked: added underlined, missing struck through. A flip is an answer that is right where the full cache's is wrong, or the other way round. The strip shows the score of each method in the order of the table, from lost (blue) to right (gold)."
    + (all ? "" : " These are the first " + whole(data.samples_shown) + " of " + whole(data.samples_all) + " samples; records.jsonl has all.");
  $("category").append(make("option", "", "all categories", { value: "" }), ...data.categories.map((name) => make("option", "", name, { value: name })));
  const restart = () => { shown = PAGE; listSamples(); };
  $("search").addEventListener("input", restart);
  $("category").addEventListener("change", restart);
  $("only").addEventListener("change", restart);
  $("order").addEventListener("change", restart);
  $("more").addEventListener("click", () => { shown += PAGE * 3; listSamples(); });
  listSamples();
}
