// One question: what was wanted, what every system made of it, and why.
const UNANSWERABLE = {
  absent: "No article says it.",
  false_premise: "Its premise is false.",
  underspecified: "It does not say enough to be answered.",
  future: "It asks for what had not happened yet.",
};

function questionView(data, question, choices) {
  return h("article", { class: "question" },
    neighbours(choices),
    words("h2", question.question, { tabindex: -1, id: "question" }),
    about(question),
    h("div", { class: choices.beside ? null : "columns" },
      wanted(data, question), h("div", {}, systemsView(data, question, choices))));
}

function neighbours({ back, earlier, later, place }) {
  return h("nav", { class: "neighbours", "aria-label": "Between questions" },
    h("a", { href: back, title: "Escape" }, "← All questions"), h("span", { class: "dim" }, place),
    earlier && h("a", { href: earlier, title: "k", rel: "prev" }, "← Previous"), later && h("a", { href: later, title: "j", rel: "next" }, "Next →"));
}

// -- what was asked and wanted
function about(question) {
  const facts = [["id", question.id], ["part", question.split], ["tags", question.tags?.join(", ")],
    ["since", question.since], ["until", question.until], ["files", question.files?.join(", ")], ["cluster", question.cluster]];
  return [
    h("dl", { class: "about" }, facts.filter(([, value]) => value).map(([name, value]) => [h("dt", {}, name), words("dd", value)])),
    question.history ? h("details", { class: "history", open: true }, h("summary", {}, "Asked after"),
      h("ol", {}, question.history.map(([asked, said]) => h("li", {}, words("p", asked), words("p", said, { class: "dim" }))))) : null,
    question.notes ? words("p", question.notes, { class: "note" }) : null,
  ];
}

function wanted(data, question) {
  const evidence = question.evidence.map((group, at) => [
    at ? h("p", { class: "or" }, "or") : null,
    group.map((span) => card(data, question, span, null, "")),
  ]);
  return h("section", { class: "gold-side", "aria-label": "Gold" }, h("h3", {}, "Wanted"),
    goldAnswers(question), goldConflict(question),
    question.injected ? h("p", {}, "A poisoned article tells it to say ", quotedList(question.injected, ", "), ".") : null,
    question.evidence.length ? [h("h4", {}, "Gold evidence"), evidence] : h("p", { class: "dim" }, "No gold evidence."));
}

const quotedList = (texts, between) => texts.map((text, at) => [at ? between : "", words("q", text)]);

function goldAnswers(question) {
  if (question.answerable === false) {
    return h("p", { class: "wanted" }, "A refusal. ", UNANSWERABLE[question.unanswerable_reason] ?? UNANSWERABLE.absent);
  }
  if (!question.wanted.length) return h("p", { class: "dim" }, "No gold answer is given.");
  return h("p", { class: "wanted" }, question.wanted.map((group, at) => [at ? " and " : "", quotedList(group, " or ")]));
}

function goldConflict({ conflict }) {
  if (!conflict) return null;
  return h("p", {}, `The articles differ (${conflict.kind}): `,
    conflict.sides.map((side, at) => [at ? "; " : "", quotedList(side.answers, " or "), " in ", words("code", side.files.join(", "))]));
}

// -- the systems, one at a time or beside each other
function systemsView(data, question, { system, beside, choose }) {
  const at = Math.max(0, data.systems.indexOf(system));
  if (data.systems.length === 1) return answerView(data, question, 0);
  const tabs = data.systems.map((name, nth) => h("button", {
    type: "button", role: "tab", id: `tab-${nth}`, "aria-controls": beside ? null : "answer",
    "aria-selected": String(!beside && nth === at), tabindex: nth === at ? 0 : -1,
    click: () => choose({ tab: name, beside: "" }),
  }, words("span", name, { class: series(nth) }), " ", chip(outcomeOf(question.answers[nth]), false)));
  const strip = h("div", { class: "tabs", role: "tablist", "aria-label": "Systems", keydown: (event) => moveTab(event, tabs) }, tabs);
  const both = h("button", { type: "button", "aria-pressed": String(beside), click: () => choose({ beside: beside ? "" : "yes" }) }, "Side by side");
  const body = beside
    ? h("div", { class: "beside", role: "region", tabindex: 0, "aria-label": "All systems" }, data.systems.map((_, nth) => answerView(data, question, nth)))
    : h("div", { role: "tabpanel", id: "answer", "aria-labelledby": `tab-${at}` }, answerView(data, question, at));
  return [h("div", { class: "strip" }, strip, both), body];
}

function moveTab(event, tabs) {
  const step = { ArrowRight: 1, ArrowLeft: -1 }[event.key];
  if (!step) return;
  const next = tabs[(tabs.indexOf(event.target.closest("[role=tab]")) + step + tabs.length) % tabs.length];
  const { id } = next;
  next.click();
  document.getElementById(id)?.focus();
}

function answerView(data, question, at) {
  const answer = question.answers[at];
  const head = h("div", { class: "title" }, words("h3", data.systems[at], { class: series(at) }), chip(outcomeOf(answer)));
  if (!answer) return h("section", { class: "system" }, head, h("p", {}, "It was not asked."));
  return h("section", { class: "system", "aria-label": data.systems[at] }, head,
    answer.error === undefined ? null : h("pre", { class: "problem" }, answer.error),
    why(answer), said(data, answer, at), citations(data, question, answer, at), hits(data, question, answer), scores(data, answer));
}

function why({ why: findings }) {
  if (!findings?.length) return null;
  return h("ul", { class: "why", "aria-label": "Why" }, findings.map(([good, text]) =>
    h("li", { class: good ? "good" : "bad" }, h("span", { class: "sign", "aria-hidden": "true" }, good ? "✓" : "✗"),
      hidden(good ? "For it: " : "Against it: "), words("span", text))));
}

// -- the answer
function said(data, answer, at) {
  if (!answer.said) return null;
  const cited = new Map((answer.citations ?? []).map((citation) => [citation.marker, citation]));
  const pieces = answer.said.map(([before, text, markers, support]) => [
    before, words("span", text ?? quotation(data, cited.get(markers[0])), { class: "said" }), " ",
    markers.map((marker) => markerLink(marker, at, cited)), support ? h("span", { class: `support ${support}` }, support === "quoted" ? "quoted" : "checked") : null, " ",
  ]);
  const body = h("div", { class: "answer" }, answer.short ? words("p", answer.short, { class: "short" }) : null, h("p", {}, pieces));
  return [answer.answered ? body : refusal(data, answer, body), trust(answer), (answer.conflicts ?? []).map((conflict) => conflictView(conflict, at, cited))];
}

function quotation(data, citation) {
  if (citation.words !== undefined) return citation.words;
  const end = Math.min(citation.end, citation.to);
  return cut(data, citation.file, citation.start, end) + (end < citation.end ? " …" : "");
}

function markerLink(marker, at, cited) {
  if (!cited.has(marker)) return h("span", { class: "marker broken", title: "It has no such citation" }, `[${marker}]`);
  const show = () => {
    const target = document.getElementById(`cite-${at}-${marker}`);
    target.scrollIntoView({ block: "nearest" });
    target.focus();
  };
  return h("button", { type: "button", class: "marker", click: show, "aria-label": `Citation ${marker}` }, `[${marker}]`);
}

function refusal(data, answer, body) {
  const nearest = (answer.nearest ?? []).map((hit) => h("li", {}, source(data, hit), passageView(data, hit, [])));
  return h("div", { class: "refusal" }, body, answer.reason ? words("p", answer.reason, { class: "dim" }) : null,
    nearest.length ? h("details", {}, h("summary", {}, "The nearest passages, which do not answer it"), h("ol", {}, nearest)) : null);
}

function trust({ confidence, dropped, unknown, llm, notes }) {
  const parts = [
    confidence !== undefined && h("span", { class: "confidence" }, h("meter", { min: 0, max: 1, low: 0.4, high: 0.7, optimum: 1, value: confidence, "aria-hidden": "true" }), `Confidence ${percent(confidence)}`),
    llm && words("span", `Written by ${llm}`), dropped && `${counted(dropped, "sentence")} without support left out`,
    unknown && `${counted(unknown, "marker")} that named no source`, ...(notes ?? []).map((note) => words("span", note)),
  ].filter(Boolean);
  return parts.length ? h("ul", { class: "trust" }, parts.map((part) => h("li", {}, part))) : null;
}

function conflictView({ kind, summary, sides }, at, cited) {
  return h("section", { class: "conflict", "aria-label": "Conflict" },
    h("h4", {}, kind === "ambiguous" ? "These may be different things" : "The sources differ"), words("p", summary),
    h("ul", {}, sides.map(([value, markers]) => h("li", {}, words("b", value), " ", markers.map((marker) => markerLink(marker, at, cited))))));
}

// -- where it stands
const goldMarks = (question, file) => question.evidence.flat().filter((span) => span.file === file && span.words === undefined)
  .map(({ start, end }) => ({ start, end, kind: "gold" }));

function citations(data, question, answer, at) {
  if (!answer.citations) return null;
  const cards = answer.citations.map((citation) => card(data, question, citation, `cite-${at}-${citation.marker}`, `[${citation.marker}] `));
  return [h("h4", {}, "Citations"), legend(), cards];
}

const legend = () => h("p", { class: "legend-marks dim" }, h("mark", { class: "quote" }, "the quotation"), " ", h("mark", { class: "gold" }, "gold evidence"), " ", h("mark", { class: "quote gold" }, "both"));

function card(data, question, passage, id, marker) {
  const cites = passage.marker !== undefined;
  const marks = [...(cites ? [{ start: passage.start, end: passage.end, kind: "quote" }] : []), ...goldMarks(question, passage.file)];
  const name = cites ? words("span", passage.about) : source(data, passage);
  return h("div", { class: "card", id, tabindex: id ? -1 : null },
    h("p", { class: "where" }, marker ? h("b", {}, marker) : null, name), passageView(data, passage, marks));
}

function source(data, { file, start, end }) {
  return h("span", { class: "source" }, words("code", data.files[file].name), start < 0 ? "" : ` · ${start.toLocaleString("en")}–${end.toLocaleString("en")}`);
}

function passageView(data, passage, marks) {
  if (passage.words === undefined) return marked(data, passage, marks);
  const there = passage.instead === null ? h("p", {}, "There is no such place in the articles.")
    : [h("p", {}, "What stands there:"), words("blockquote", passage.instead)];
  return h("div", { class: "broken" }, h("p", {}, "This does not stand there:"), words("blockquote", passage.words), there);
}

const HOLDS = { whole: "holds gold evidence", part: "holds a part of it", file: "a gold file, other words" };

function hits(data, question, answer) {
  if (!answer.hits) return null;
  let read = 0;
  const items = answer.hits.map((hit) => {
    read += hit.end - hit.start;
    return h("li", {}, h("p", { class: "where" }, source(data, hit), ` · score ${hit.score} `,
      hit.holds ? h("span", { class: `chip holds-${hit.holds}` }, HOLDS[hit.holds]) : null,
      h("span", { class: "dim" }, ` · ${counted(read, "character")} so far`)),
      passageView(data, hit, goldMarks(question, hit.file)));
  });
  return h("details", { class: "hits", open: !answer.said }, h("summary", {}, `The first ${items.length} of ${counted(answer.found, "hit")}`), h("ol", {}, items));
}

function scores(data, answer) {
  const rows = data.scored.map((at) => {
    const [metric, score] = [data.metrics[at], answer.scores[at]];
    return h("tr", { class: score === null ? "none" : null }, words("th", metric.name, { scope: "row" }),
      h("td", {}, score === null ? "n/a" : fixed(score, metric.places)), words("td", metric.help));
  });
  return h("details", { class: "scores" }, h("summary", {}, "All scores"), h("table", {}, h("tbody", {}, rows)));
}
