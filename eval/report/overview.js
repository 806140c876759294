// The run as a whole: what was run, how it came out, how sure that is.
const PARTS = { test: "held out for testing", tune: "for tuning", all: "all" };
const FEW = 3; // systems whose intervals have room beside the figures

// -- what was run
function runHead(data) {
  const { record, systems, questions } = data;
  const started = new Date(record.timings?.started);
  const date = started.toLocaleString("en-GB", { dateStyle: "long", timeStyle: "short", timeZone: "UTC" });
  const facts = [
    counted(questions.length, "question"),
    record.corpus?.files && counted(record.corpus.files, "article"),
    counted(systems.length, "system"),
    record.model?.name && `embeddings by ${record.model.name}`,
    isNaN(started) ? null : `${date} UTC`,
    record.timings?.seconds && `took ${fixed(record.timings.seconds, 0)} s`,
    record.timings?.peak_memory_mb && `${fixed(record.timings.peak_memory_mb, 0)} MB of memory at most`,
  ];
  return [
    h("h1", {}, "Evaluation report"),
    h("p", { class: "facts" }, facts.filter(Boolean).join(" · ")),
    h("p", { class: "facts names" }, systems.map((name, at) => h("span", { class: series(at) }, words("b", name)))),
    h("details", { class: "record" }, h("summary", {}, "Hashes, settings and versions"), recordList(record)),
  ];
}

function recordList(record) {
  const { config = {}, versions = {}, model, corpus, gold, code } = record;
  const skipped = corpus?.skipped ?? [];
  const rows = { Questions: gold?.sha256, Articles: corpus?.sha256, Model: model?.fingerprint, Code: code };
  rows.Configuration = config.sha256;
  const lines = Object.entries(rows).filter(([, hash]) => hash);
  const settings = { split: config.split, ...config.settings, ...versions };
  return h("dl", {},
    lines.map(([name, hash]) => [h("dt", {}, name), h("dd", { title: hash }, h("code", {}, String(hash).slice(0, 12)))]),
    Object.entries(settings).map(([name, value]) => [
      h("dt", {}, name),
      h("dd", {}, typeof value === "object" ? JSON.stringify(value) : value),
    ]),
    skipped.length ? [h("dt", {}, "Left out"), h("dd", {}, skipped.map(([file, reason]) => words("div", `${file}: ${reason}`)))] : null);
}

// -- how it came out
function outcomesSection(data, part, show) {
  const asked = inPart(data, part);
  const counts = data.systems.map((_, at) => countBy(asked, (question) => outcomeOf(question.answers[at])));
  const judged = data.systems.filter((_, at) => (counts[at]["not scored"] ?? 0) < asked.length);
  const used = Object.keys(OUTCOMES).filter((outcome) => judged.some((name) => counts[data.systems.indexOf(name)][outcome]));
  const others = data.systems.filter((name) => !judged.includes(name));
  const rows = judged.map((name) => {
    const at = data.systems.indexOf(name);
    const cells = used.filter((outcome) => counts[at][outcome]).map((outcome) => {
      const label = `${name}: ${counts[at][outcome]} of ${asked.length} ${outcome}; show them`;
      const attributes = { type: "button", class: slug(outcome), title: label, "aria-label": label };
      const click = () => show({ system: name, outcome, part });
      const cell = h("button", { ...attributes, click }, counts[at][outcome].toLocaleString("en"));
      cell.style.flexGrow = counts[at][outcome];
      return cell;
    });
    const right = headlineOf(data, part, name);
    return h("div", { class: "outcome-row" }, words("span", name, { class: "name" }), h("div", { class: "bar" }, cells),
      right === null ? null : h("b", { class: "headline" }, `${percent(right)} right`));
  });
  const legend = used.map((outcome) => h("li", {}, chip(outcome)));
  const unjudged = others.map((name, at) => [at ? ", " : "", words("b", name)]);
  return h("section", { id: "outcomes" }, h("h2", {}, "Outcomes"), h("ul", { class: "legend" }, legend), rows,
    others.length ? h("p", { class: "dim" }, "No answer is scored of ", unjudged, ".") : null);
}

function headlineOf(data, part, name) {
  return data.headline === null ? null : data.parts[part]?.[name]?.[data.metrics[data.headline].name]?.mean ?? null;
}

function inPart(data, part) {
  return part === "all" ? data.questions : data.questions.filter((question) => question.split === part);
}

function countBy(items, key) {
  const counts = {};
  for (const item of items) counts[key(item)] = (counts[key(item)] ?? 0) + 1;
  return counts;
}

// -- metrics
function summarySection(data, part, look) {
  const table = data.parts[part];
  const zoom = h("button", { type: "button", "aria-pressed": String(look.zoom), click: look.toggle }, "Zoom in");
  const legend = h("p", { class: "dim" },
    "Mean and 95% interval, drawn from 0 to 1 (or to the largest), then the number of values. Bold: the best mean of a ",
    "row; where intervals overlap it may be chance. Open a metric for its definition.");
  const body = table ? metricTable(data, part, look.zoom)
    : h("p", {}, "The run has no summary of these questions; choose all.");
  return h("section", { id: "summary" },
    h("div", { class: "title" }, h("h2", {}, "Summary"), table && zoom), legend, body, timesTable(data));
}

function metricTable(data, part, zoom) {
  const table = data.parts[part];
  const groups = [...new Set(data.metrics.map((metric) => metric.group))];
  const bodies = groups.map((group) => {
    const rows = data.metrics.filter((metric) => metric.group === group).map((metric) => metricRow(data, table, metric, zoom));
    if (!rows.some(Boolean)) return null;
    const head = h("th", { colspan: data.systems.length + 1, scope: "rowgroup" }, group);
    return h("tbody", {}, h("tr", { class: "group" }, head), rows);
  });
  return scrolling("Metrics by system", h("table", { class: data.systems.length > FEW ? "metrics" : "metrics few" }, systemsHead(data, "Metric"), bodies, errorsRow(data, part)));
}

function systemsHead(data, first) {
  const names = data.systems.map((name, at) => h("th", { scope: "col", class: series(at) }, words("span", name)));
  return h("thead", {}, h("tr", {}, h("th", { scope: "col" }, first), names));
}

const scrolling = (label, table) => h("div", { class: "wide", role: "region", tabindex: 0, "aria-label": label }, table);

function metricRow(data, table, metric, zoom) {
  const estimates = data.systems.map((name) => table[name]?.[metric.name] ?? null);
  const given = estimates.filter((estimate) => estimate?.mean !== null && estimate?.mean !== undefined);
  if (!given.length) return null;
  const axis = axisOf(given, zoom);
  const differ = given.some(({ mean }) => mean !== given[0].mean);
  const best = differ && metric.better ? bestOf(given, metric.better) : null;
  const scale = zoom ? h("small", {}, ` ${fixed(axis[0], metric.places)} to ${fixed(axis[1], metric.places)}`) : null;
  const cells = estimates.map((estimate, at) =>
    given.includes(estimate) ? estimateCell(estimate, metric, axis, estimate.mean === best, at) : h("td", { class: "none" }, "n/a"));
  return h("tr", {}, h("th", { scope: "row" }, defined(metric), scale), cells);
}

function defined(metric) {
  if (!metric.help) return words("span", metric.name);
  return h("details", {}, words("summary", metric.name, { title: metric.help }), words("p", metric.help));
}

function axisOf(estimates, zoom) {
  const ends = estimates.flatMap(({ mean, low, high }) => [mean, low ?? mean, high ?? mean]);
  const [low, high] = [Math.min(...ends), Math.max(...ends)];
  if (!zoom) return [Math.min(0, low), Math.max(1, high)];
  return high > low ? [low, high] : [low - 0.5, high + 0.5];
}

const bestOf = (estimates, better) => Math[better > 0 ? "max" : "min"](...estimates.map(({ mean }) => mean));

function estimateCell({ mean, low, high, n }, metric, axis, best, at) {
  const interval = low === null || high === null ? null : `${fixed(low, metric.places)}–${fixed(high, metric.places)}`;
  return h("td", { class: best ? "best" : null },
    h("span", { class: "mean" }, fixed(mean, metric.places)), " ",
    h("span", { class: "interval" }, interval ?? ""),
    h("div", {}, whisker(mean, low, high, axis, at), h("span", { class: "n" }, hidden("of "), n.toLocaleString("en"))));
}

function whisker(mean, low, high, [first, last], at) {
  const x = (value) => (3 + (94 * (value - first)) / (last - first)).toFixed(2);
  const line = low === null || high === null ? null : svg("line", { x1: x(low), x2: x(high), y1: 6, y2: 6 });
  return svg("svg", { class: `whisker ${series(at)}`, viewBox: "0 0 100 12", "aria-hidden": "true" },
    svg("line", { class: "axis", x1: 0, x2: 100, y1: 6, y2: 6 }), line, svg("circle", { cx: x(mean), cy: 6, r: 3 }));
}

function errorsRow(data, part) {
  const asked = inPart(data, part);
  const errors = data.systems.map((_, at) => asked.filter((question) => outcomeOf(question.answers[at]) === "error").length);
  const cells = errors.map((count) => h("td", { class: count ? "bad" : null }, `${count.toLocaleString("en")} of ${asked.length.toLocaleString("en")}`));
  return h("tbody", {}, h("tr", {}, h("th", { scope: "row" }, "Errors"), cells));
}

function timesTable(data) {
  const times = data.systems.map((name) => data.record.timings?.systems?.[name] ?? {});
  const stages = [...new Set(times.flatMap((time) => Object.keys(time.stages_ms ?? {})))];
  if (!stages.length) return null;
  const rows = stages.map((stage) => h("tr", {}, h("th", { scope: "row" }, stage),
    times.map(({ stages_ms: each }) => h("td", {}, each?.[stage] ? `${milliseconds(each[stage].p50)} / ${milliseconds(each[stage].p95)}` : "–"))));
  const index = times.map((time) => h("td", {}, time.index_seconds === undefined ? "–" : `${fixed(time.index_seconds, 1)} s`));
  return h("details", { class: "times", open: true },
    h("summary", {}, "Times: half of the questions took no longer than the first, 95% no longer than the second"),
    scrolling("Times by system", h("table", {}, systemsHead(data, "Stage"),
      h("tbody", {}, rows, h("tr", {}, h("th", { scope: "row" }, "reading the articles, once"), index)))));
}

// -- by tag
function tagsSection(data, part, look, show) {
  const asked = inPart(data, part);
  const tags = [...new Set(asked.flatMap((question) => question.tags ?? []))].sort();
  if (!tags.length || !data.scored.length) return null;
  const metric = look.tagMetric;
  const choose = h("select", { id: "tag-metric", change: (event) => look.chooseTagMetric(Number(event.target.value)) },
    data.scored.map((at) => option(at, data.metrics[at].name, metric)));
  const rows = [...tags, null].map((tag) => tagRow(data, asked, tag, metric, () => show({ tag, part })));
  return h("section", { id: "tags" },
    h("div", { class: "title" }, h("h2", {}, "By tag"), h("label", { for: "tag-metric" }, "Mean of ", choose)),
    scrolling("Means by tag", h("table", { class: "tags" }, systemsHead(data, "Tag"), h("tbody", {}, rows))));
}

function tagRow(data, asked, tag, metric, click) {
  const chosen = tag === null ? asked : asked.filter((question) => question.tags?.includes(tag));
  const cells = data.systems.map((_, at) => {
    const values = chosen.map((question) => question.answers[at]?.scores[metric] ?? null).filter((value) => value !== null);
    if (!values.length) return h("td", { class: "none" }, "n/a");
    const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
    return h("td", {}, h("span", { class: "mean" }, fixed(mean, data.metrics[metric].places)),
      h("span", { class: "n" }, hidden("of "), values.length.toLocaleString("en")));
  });
  const name = tag === null ? "all questions" : h("button", { type: "button", class: "link", click }, words("span", tag));
  return h("tr", {}, h("th", { scope: "row" }, name), cells);
}
