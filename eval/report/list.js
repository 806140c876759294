// The questions: searched, filtered, sorted, a page at a time.
const PAGE = 50;
const DIFFER = "systems differ";

// What of the list can be chosen, and what stands in the address when nothing is.
const CHOICES = { find: "", system: "", tag: "", outcome: "", sort: "", order: "worst", page: "1" };

function chosenQuestions(data, state) {
  const wanted = state.find.trim().toLowerCase().split(/\s+/).filter(Boolean);
  const at = data.systems.indexOf(state.system);
  const chosen = inPart(data, state.part).filter((question) =>
    wanted.every((word) => searchText(question).includes(word))
    && (!state.tag || question.tags?.includes(state.tag))
    && (!state.outcome || hasOutcome(question, state.outcome, at)));
  return sorted(data, chosen, state, at);
}

const searched = new WeakMap();
function searchText(question) {
  if (!searched.has(question)) {
    const parts = [question.id, question.question, question.notes, ...question.wanted.flat()];
    searched.set(question, parts.filter(Boolean).join("\n").toLowerCase());
  }
  return searched.get(question);
}

function hasOutcome(question, outcome, at) {
  const outcomes = (at < 0 ? question.answers : [question.answers[at]]).map(outcomeOf);
  if (outcome === DIFFER) return new Set(question.answers.map(outcomeOf).filter((each) => each !== "not scored")).size > 1;
  return outcomes.includes(outcome);
}

function sorted(data, questions, state, at) {
  const metric = data.metrics.findIndex(({ name }) => name === state.sort);
  if (metric < 0) return questions;
  const sign = (data.metrics[metric].better || 1) * (state.order === "best" ? -1 : 1);
  const valued = questions.map((question) => ({ question, value: sortValue(question, metric, at) }));
  valued.sort((a, b) => (a.value === null) - (b.value === null) || sign * (a.value - b.value)); // stable
  return valued.map(({ question }) => question);
}

// The score of one system, or the mean of those that have one.
function sortValue(question, metric, at) {
  const answers = at < 0 ? question.answers : [question.answers[at]];
  const values = answers.map((answer) => answer?.scores[metric] ?? null).filter((value) => value !== null);
  return values.length ? values.reduce((sum, value) => sum + value, 0) / values.length : null;
}

function listSection(data, state, change) {
  const results = h("div", { id: "results" });
  const refresh = () => results.replaceChildren(...resultsOf(data, state, (choice) => { change(choice); refresh(); }));
  const choose = (choice) => { change({ page: CHOICES.page, ...choice }); refresh(); };
  refresh();
  return h("section", { id: "questions" }, h("h2", { tabindex: -1 }, "Questions"), filters(data, state, choose), results);
}

function filters(data, state, choose) {
  const tags = [...new Set(data.questions.flatMap((question) => question.tags ?? []))].sort();
  const metrics = data.scored.map((at) => data.metrics[at].name);
  const outcomes = [...Object.keys(OUTCOMES), ...(data.systems.length > 1 ? [DIFFER] : [])];
  const search = h("input", {
    type: "search", name: "find", value: state.find, placeholder: "Words, an answer or an id",
    input: (event) => choose({ find: event.target.value }),
  });
  const select = (name, label, values, none) => h("label", {}, label,
    h("select", { name, change: (event) => choose({ [name]: event.target.value }) },
      option("", none, state[name]), values.map((value) => option(value, value, state[name]))));
  const order = h("label", {}, "Order", h("select", { name: "order", change: (event) => choose({ order: event.target.value }) },
    ["worst", "best"].map((value) => option(value, `${value} first`, state.order))));
  return h("form", { class: "filters", role: "search", submit: (event) => event.preventDefault() },
    h("label", { class: "search" }, "Search", search),
    select("outcome", "Outcome", outcomes, "any"), select("system", "Of system", data.systems, "any"),
    tags.length ? select("tag", "Tag", tags, "any") : null,
    select("sort", "Sort by", metrics, "as asked"), order);
}

function resultsOf(data, state, turn) {
  const questions = chosenQuestions(data, state);
  const pages = Math.max(1, Math.ceil(questions.length / PAGE));
  const page = Math.min(Math.max(1, Number(state.page) || 1), pages);
  const first = (page - 1) * PAGE;
  const count = questions.length ? `${counted(questions.length, "question")}` : "No question is like that.";
  const range = pages > 1 ? `, ${first + 1}–${Math.min(first + PAGE, questions.length)} shown` : "";
  const rows = questions.slice(first, first + PAGE).map((question) => listRow(data, state, question));
  return [
    h("p", { class: "dim", role: "status" }, count, range),
    rows.length ? h("table", { class: "list" }, listHead(data, state), h("tbody", {}, rows)) : "",
    pages > 1 ? pager(page, pages, turn) : "",
  ];
}

const pager = (page, pages, turn) => h("nav", { class: "pager", "aria-label": "Pages of questions" },
  h("button", { type: "button", disabled: page === 1, click: () => turn({ page: String(page - 1) }) }, "← Previous"),
  h("span", {}, `Page ${page} of ${pages}`),
  h("button", { type: "button", disabled: page === pages, click: () => turn({ page: String(page + 1) }) }, "Next →"));

// The systems that have an outcome at all: one that only retrieves has none.
function judgedSystems(data) {
  const judged = (at) => data.questions.some((question) => outcomeOf(question.answers[at]) !== "not scored");
  return data.systems.map((_, at) => at).filter(judged);
}

function listHead(data, state) {
  const value = state.sort ? h("th", { scope: "col" }, words("span", state.sort)) : null;
  const names = data.judged.map((at) => h("th", { scope: "col" }, words("span", data.systems[at])));
  return h("thead", {}, h("tr", {}, h("th", { scope: "col" }, "Question"), value, names));
}

function listRow(data, state, question) {
  const metric = data.metrics.findIndex(({ name }) => name === state.sort);
  const value = metric < 0 ? null : sortValue(question, metric, data.systems.indexOf(state.system));
  const shown = value === null ? "n/a" : fixed(value, data.metrics[metric].places);
  const chips = data.judged.map((at) =>
    h("td", { "data-system": data.systems[at] }, chip(outcomeOf(question.answers[at]), false)));
  return h("tr", {},
    h("th", { scope: "row" },
      h("a", { href: link({ ...state, q: question.id }) }, words("span", question.question || question.id)),
      words("code", question.id)),
    metric < 0 ? null : h("td", { "data-system": state.sort }, shown), chips);
}
