/* What holds the page together: downloads, table of contents, the order in which sections are filled. */

function download(name, href) {
  const link = make("a", "", [], { download: name, href });
  document.body.append(link);
  link.click();
  link.remove();
}

/** A cell as CSV has it. */
const csvCell = (value) => (/[",\n]/.test(String(value ?? "")) ? '"' + String(value).replaceAll('"', '""') + '"' : String(value ?? ""));

function saveCsv(name, rows) {
  const url = URL.createObjectURL(new Blob([rows.map((row) => row.map(csvCell).join(",")).join("\n") + "\n"], { type: "text/csv" }));
  download(name, url);
  setTimeout(() => URL.revokeObjectURL(url), 10000);
}

/** Everything of the table of methods, unrounded. */
function methodRows() {
  const numbers = ["requested_ratio", "achieved_ratio", "bytes_per_token", "read_bytes_per_token", "compress_seconds", "prefill_rate", "decode_rate"];
  const head = ["method", "family", "score", "score_low", "score_high", "difference", "difference_low", "difference_high", "verdict", ...numbers, ...data.categories, ...data.tasks];
  const score = (list) => list.map((one) => one.mean);
  return [head, ...methods.map((m) => [m.name, m.family, m.mean.mean, m.mean.low, m.mean.high, ...m.difference, m.verdict, ...numbers.map((name) => m[name]),
    ...score(m.scores), ...score(m.task_scores)])];
}

/** Draws a chart's SVG on a canvas of twice its size. */
function savePng(name, instance) {
  const image = new Image();
  image.addEventListener("load", () => {
    const canvas = make("canvas", "", [], { width: 2 * instance.getWidth(), height: 2 * instance.getHeight() });
    const context = canvas.getContext("2d");
    context.fillStyle = CARD;
    context.fillRect(0, 0, canvas.width, canvas.height);
    context.drawImage(image, 0, 0, canvas.width, canvas.height);
    download(name, canvas.toDataURL("image/png"));
  });
  image.src = instance.getSvgDataURL();
}

function showDownloads() {
  $("save-csv").addEventListener("click", () => saveCsv("methods.csv", methodRows()));
  for (const [id, instance] of charts) {
    const button = make("button", "save", "Save as PNG", { type: "button" });
    button.addEventListener("click", () => savePng(id.replace("-chart", "") + ".png", instance));
    ($(id).closest(".split") ?? $(id)).after(button);
  }
}

/** Links to the sections that this run has. */
function showContents() {
  const sections = [...document.querySelectorAll("main section")].filter((section) => !section.hidden);
  $("contents").append(...sections.map((section) => make("a", "", section.querySelector("h2").textContent, { href: "#" + section.id })));
}

showHeader();
showTable();
showCosts();
showLongBench();
showPublished();
showFidelity();
showOutputs();
showSettings();
showPareto();
showLengths();
showNeedle();
showRadar();
showKept();
showPaired();
showDownloads();
showContents();
