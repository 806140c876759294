// Is the confidence of a system worth something? Two drawings.
const SIDE = 300;
const EDGE = 40; // for the figures beside the axes
const RIGHT = 18; // so that the last figure has room
const MOST_POINTS = 240;

function curvesSection(data) {
  const names = data.systems.filter((name) => data.curves[name]);
  if (!names.length) return null;
  const drawn = names.map((name) => ({ name, at: data.systems.indexOf(name), ...data.curves[name] }));
  const legend = drawn.map(({ name, at }) => h("li", { class: series(at) }, words("span", name)));
  return h("section", { id: "curves" }, h("h2", {}, "Confidence"),
    h("p", { class: "dim" }, `Of all ${counted(data.questions.length, "question")}, whichever part is chosen above.`), h("ul", { class: "legend" }, legend),
    h("div", { class: "curves" }, reliability(drawn), riskCoverage(drawn)));
}

function reliability(drawn) {
  const plot = axes("Confidence", "Share right", 1);
  plot.append(svg("line", { class: "ideal", x1: across(0), y1: up(0, 1), x2: across(1), y2: up(1, 1) }));
  for (const { name, at, reliability: bins } of drawn) {
    const most = Math.max(...bins.map((bin) => bin.n));
    const points = bins.map((bin) => [bin.confidence, bin.right]);
    plot.append(svg("path", { class: `curve ${series(at)}`, d: path(points, 1) }));
    for (const { confidence, right, n } of bins) {
      const said = `${name}: confidence ${fixed(confidence, 2)}, right ${fixed(right, 2)}, ${counted(n, "answer")}`;
      const place = { cx: across(confidence), cy: up(right, 1), r: (2.5 + 3.5 * Math.sqrt(n / most)).toFixed(2) };
      plot.append(svg("circle", { class: series(at), ...place }, svg("title", {}, said)));
    }
  }
  return figure("Reliability", plot, "On the dashed line, an answer given with 70% confidence is right 7 times of 10. Larger dots stand for more answers.");
}

function riskCoverage(drawn) {
  const risks = drawn.flatMap(({ risk_coverage: points }) => points.map(([, risk]) => risk));
  const top = Math.min(1, Math.ceil(10 * Math.max(0.1, ...risks)) / 10);
  const plot = axes("Coverage", "Risk", top);
  for (const { name, at, risk_coverage: points } of drawn) {
    const step = Math.ceil(points.length / MOST_POINTS);
    const some = points.filter((_, nth) => nth % step === 0 || nth === points.length - 1);
    plot.append(svg("path", { class: `curve ${series(at)}`, d: path(some, top) }, svg("title", {}, name)));
  }
  return figure("Risk and coverage", plot, "If only the surest share of the questions were answered (coverage), this share of those answers would be wrong (risk).");
}

const across = (value) => (EDGE + value * (SIDE - EDGE - RIGHT)).toFixed(2);
const up = (value, top) => (8 + (1 - value / top) * (SIDE - EDGE - 8)).toFixed(2);
const path = (points, top) => points.map(([x, y], nth) => `${nth ? "L" : "M"}${across(x)} ${up(y, top)}`).join("");

function axes(horizontal, vertical, top) {
  const plot = svg("svg", { viewBox: `0 0 ${SIDE} ${SIDE}`, class: "plot", role: "img", "aria-label": `${vertical} by ${horizontal}` });
  for (const share of [0, 0.25, 0.5, 0.75, 1]) {
    const [x, y] = [across(share), up(share * top, top)];
    plot.append(
      svg("line", { class: "grid", x1: across(0), x2: across(1), y1: y, y2: y }),
      svg("line", { class: "grid", x1: x, x2: x, y1: up(0, top), y2: up(top, top) }),
      svg("text", { x, y: SIDE - 18, "text-anchor": "middle" }, percent(share)),
      svg("text", { x: EDGE - 5, y: Number(y) + 4, "text-anchor": "end" }, `${Number((100 * share * top).toFixed(1))}%`));
  }
  plot.append(svg("text", { x: (EDGE + SIDE) / 2, y: SIDE - 3, "text-anchor": "middle", class: "axis-name" }, horizontal));
  return plot;
}

function figure(title, plot, caption) {
  return h("figure", {}, h("h3", {}, title), plot, h("figcaption", {}, caption));
}
