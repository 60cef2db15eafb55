/* What each method kept of a prompt: its text, shaded by how many heads keep a token, and shares by part and layer. */

/** JSON from gzip in base64; the browser unpacks it. */
async function unpack(text) {
  const bytes = Uint8Array.from(atob(text), (character) => character.charCodeAt(0));
  const stream = new Blob([bytes]).stream().pipeThrough(new DecompressionStream("gzip"));
  return JSON.parse(await new Response(stream).text());
}

/** Ranges such as "0-3 40" as a 1 for each token in them. */
function bitsOf(ranges, count) {
  const bits = new Uint8Array(count);
  for (const range of ranges.split(" ").filter(Boolean)) {
    const [from, to] = range.split("-").map(Number);
    bits.fill(1, from, (to ?? from) + 1);
  }
  return bits;
}

/** Share of the chosen heads that keep each token; all of them where the method keeps everything. */
function keptShares(prompt, one, layer, head) {
  const count = one.source === "TEXT" ? prompt.tokens.length : prompt.compress_after;
  if (!one.layers) return new Float32Array(count).fill(1);
  const heads = one.layers.flatMap((own, i) => (layer === "" || i === Number(layer) ? own.filter((_, j) => head === "" || j === Number(head)) : []));
  const shares = new Float32Array(count);
  for (const ranges of heads) bitsOf(ranges, count).forEach((bit, i) => { shares[i] += bit; });
  return shares.map((sum) => sum / heads.length);
}

/** Mean of the shares over a part's tokens that were there to be compressed; null if there are none. */
function shareOf(shares, parts) {
  let sum = 0;
  let count = 0;
  for (const part of parts) for (let i = part.from; i < Math.min(part.to, shares.length); i++) { sum += shares[i]; count++; }
  return count ? sum / count : null;
}

const percent = (share) => (share === null ? "later" : (share > .995 && share < 1 ? ">99" : Math.round(share * 100)) + " %");

function shareCell(share) {
  const cell = make("td", "score", percent(share));
  cell.style.setProperty("--share", (share ?? 0) * 100 + "%");
  if (share === null) cell.title = "read after the cache was compressed";
  return cell;
}

/** Parts by name; those of the same name count as one. */
function namedParts(prompt) {
  const named = new Map([["all", [{ from: 0, to: prompt.tokens.length }]]]);
  for (const part of prompt.parts) named.set(part.name, [...(named.get(part.name) ?? []), part]);
  return named;
}

/** The prompt's text: tokens of the same share and part are one element. */
function keptText(prompt, shares) {
  const partAt = (i) => prompt.parts.find((part) => i >= part.from && i < part.to)?.name ?? "";
  const elements = [];
  for (let from = 0; from < prompt.tokens.length;) {
    const share = shares[from];
    const part = partAt(from);
    let to = from + 1;
    while (to < prompt.tokens.length && shares[to] === share && partAt(to) === part) to++;
    const element = make("span", share === undefined ? "later" : share === 0 ? "gone" : "", prompt.tokens.slice(from, to).join(""));
    if (share > 0) element.style.setProperty("--kept", Math.round(share * 100) + "%");
    const range = to === from + 1 ? "token " + from : "tokens " + from + " to " + (to - 1);
    element.title = [part, range, share === undefined ? "read after compression" : "kept by " + percent(share) + " of the heads"].filter(Boolean).join(", ");
    elements.push(element);
    from = to;
  }
  return elements;
}

function fillChoice(select, entries) {
  const before = select.value;
  select.replaceChildren(...entries.map(([value, text]) => make("option", "", text, { value })));
  if (entries.some(([value]) => value === before)) select.value = before;
  select.disabled = entries.length < 2;
}

function headTable(titles, rows) {
  return [make("thead", "", make("tr", "", titles.map((title) => make("th", "", title, { scope: "col" })))), make("tbody", "", rows)];
}

function drawKept(prompt) {
  const one = prompt.methods.find((m) => m.method === $("kept-method").value) ?? prompt.methods[0];
  const layers = one.layers ?? [];
  fillChoice($("kept-layer"), [["", "all layers"], ...layers.flatMap((heads, i) => (heads.length && layers.length > 1 ? [[String(i), "layer " + i]] : []))]);
  const most = Math.max(0, ...layers.map((heads) => heads.length));
  fillChoice($("kept-head"), [["", "all heads"], ...(most > 1 ? [...Array(most).keys()].map((i) => [String(i), "head " + i]) : [])]);
  const [layer, head] = [$("kept-layer").value, $("kept-head").value];
  const named = namedParts(prompt);
  const known = one.source !== "NONE";
  const shares = known ? keptShares(prompt, one, layer, head) : [];
  $("kept-text").replaceChildren(...(known ? keptText(prompt, shares) : [prompt.tokens.join("")]));
  const how = !known ? "Not known: " + one.reason + "."
    : one.source === "TEXT" ? "This method shortens the text: what is struck through never reached the model."
      : !one.layers ? "Every head keeps every token" + (methods.find((m) => m.name === one.method)?.achieved_ratio > 1.05 ? ", with fewer bits or outside the window." : ".")
        : "";
  $("kept-note").textContent = (known ? one.method + " keeps " + percent(shareOf(shares, named.get("all"))) + " of " + whole(shares.length) + " tokens. " : one.method + ". ") + how;
  const cells = (values) => [...named.values()].map((parts) => shareCell(shareOf(values, parts)));
  const ofMethods = prompt.methods.filter((m) => m.source !== "NONE").map((m) => make("tr", m === one ? "chosen" : "", [
    make("th", "method", [dot(methods.find((row) => row.name === m.method)?.family ?? m.method), m.method], { scope: "row" }),
    ...cells(keptShares(prompt, m, m.layers?.length > 1 ? layer : "", m.layers?.length > 1 ? head : "")),
  ]));
  $("kept-parts").replaceChildren(...headTable(["method", ...named.keys()], ofMethods));
  const ofLayers = layers.flatMap((heads, i) => (heads.length && layers.length > 1 ? [make("tr", String(i) === layer ? "chosen" : "", [
    make("th", "", "layer " + i, { scope: "row" }), ...cells(keptShares(prompt, one, String(i), ""))])] : []));
  $("kept-layers").hidden = ofLayers.length === 0;
  $("kept-layers").querySelector("summary").textContent = one.method + " by layer";
  $("kept-layers").querySelector("table").replaceChildren(...headTable(["layer", ...named.keys()], ofLayers));
}

function showKept() {
  if (!data.kept.length || typeof DecompressionStream === "undefined") return;
  $("kept").hidden = false;
  const unpacked = new Map();
  const choose = async () => {
    const index = Number($("kept-sample").value);
    if (!unpacked.has(index)) unpacked.set(index, await unpack(data.kept[index].data));
    const prompt = unpacked.get(index);
    fillChoice($("kept-method"), prompt.methods.map((m) => [m.method, m.method]));
    drawKept(prompt);
  };
  fillChoice($("kept-sample"), data.kept.map((one, i) => [String(i), [nameOf(one), one.length ? tokens(one.length) : "", data.several_protocols ? one.protocol : ""].filter(Boolean).join(", ")]));
  fillChoice($("kept-method"), []);
  const first = methods.find((m) => m.achieved_ratio > 1.05 && !["full", "random", "truncation", "kivi", "flexgen"].includes(m.family));
  if (first) fillChoice($("kept-method"), [[first.name, first.name]]);
  for (const id of ["kept-sample", "kept-method", "kept-layer", "kept-head"]) $(id).addEventListener("change", choose);
  choose();
}
