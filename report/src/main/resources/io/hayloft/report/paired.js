/* What each method changes sample by sample, and the details that no table shows. */

function showPaired() {
  const { columns, rows } = data.paired;
  $("paired").hidden = rows.length === 0 && data.details.length === 0;
  $("paired-scroll").hidden = rows.length === 0;
  const cells = (row) => row.map((value, i) => {
    if (i > 0) return make("td", "", isNumber(value) ? whole(value) : value);
    const family = methods.find((m) => m.name === value).family;
    return make("th", "method", [dot(family), value], { scope: "row" });
  });
  $("paired-table").append(make("thead", "", make("tr", "", columns.map((name) => make("th", "", name, { scope: "col" })))),
    make("tbody", "", rows.map((row) => make("tr", "", cells(row)))));
  $("details").append(...data.details.map((line) => make("li", "", line)));
}
