// Unpacks the data, keeps what is looked at in the address, and draws it.
async function unpacked() {
  const packed = atob(document.getElementById("data").textContent);
  const bytes = Uint8Array.from(packed, (sign) => sign.charCodeAt(0));
  const stream = new Blob([bytes]).stream().pipeThrough(new DecompressionStream("gzip"));
  return new Response(stream).json();
}

// The hash of the address that leads to a state. What is as it is without one is left out.
function link(state) {
  const given = Object.entries(state).filter(([name, value]) => value && value !== state.defaults[name] && name !== "defaults");
  return `#${new URLSearchParams(given)}`;
}

// The metrics that single questions have; others are of whole sets.
function scoredMetrics(data) {
  const has = (at) => data.questions.some(({ answers }) => answers.some((answer) => (answer?.scores[at] ?? null) !== null));
  return data.metrics.map((_, at) => at).filter(has);
}

class Report {
  constructor(data) {
    this.data = data;
    data.judged = judgedSystems(data);
    data.scored = scoredMetrics(data);
    this.main = document.getElementById("main");
    const part = this.parts().find((each) => data.parts[each]) ?? "all";
    this.defaults = { ...CHOICES, part, q: "", tab: "", beside: "" };
    this.zoom = false;
    this.tagMetric = data.headline ?? data.scored[0] ?? 0;
    this.scrolled = 0;
    document.getElementById("head").replaceChildren(...runHead(data));
    window.addEventListener("hashchange", () => this.route());
    document.addEventListener("keydown", (event) => this.key(event));
    this.route();
  }

  route() {
    const before = this.state;
    const given = Object.fromEntries(new URLSearchParams(location.hash.slice(1)));
    this.state = { defaults: this.defaults, ...this.defaults, ...given };
    if (!this.parts().includes(this.state.part)) this.state.part = this.defaults.part;
    this.unknown = this.asked() ? "" : this.state.q;
    if (this.unknown) this.state.q = "";
    if (before && !before.q) this.scrolled = window.scrollY;
    this.draw();
    if (this.state.q) this.arrive(before);
    else if (before?.q) window.scrollTo(0, this.scrolled);
  }

  draw() {
    const question = this.asked();
    document.body.classList.toggle("reading", Boolean(question));
    document.title = plain(question ? `${question.question} – evaluation report` : "Evaluation report");
    this.main.replaceChildren(...(question ? [this.question(question)] : this.overview()));
  }

  asked() {
    return this.data.questions.find(({ id }) => id === this.state.q);
  }

  // A question that was just come to is read from its top; a tab of it is not.
  arrive(before) {
    if (before?.q === this.state.q) return;
    window.scrollTo(0, 0);
    document.getElementById("question")?.focus({ preventScroll: true });
  }

  parts() {
    const { data } = this;
    const some = ["test", "tune"].filter((part) => ![0, data.questions.length].includes(inPart(data, part).length));
    return some.length ? [...some, "all"] : [data.parts.all ? "all" : "test"];
  }

  overview() {
    const { data, state } = this;
    const show = (choice) => this.show(choice);
    const look = {
      zoom: this.zoom, toggle: () => { this.zoom = !this.zoom; this.draw(); document.querySelector("#summary .title button").focus(); },
      tagMetric: this.tagMetric, chooseTagMetric: (metric) => { this.tagMetric = metric; this.draw(); document.getElementById("tag-metric").focus(); },
    };
    const sections = [
      outcomesSection(data, state.part, show), summarySection(data, state.part, look), curvesSection(data),
      tagsSection(data, state.part, look, show), listSection(data, state, (choice) => this.change(choice)),
    ].filter(Boolean);
    return [this.missing(), this.bar(sections), ...sections].filter(Boolean);
  }

  missing() {
    if (!this.unknown) return null;
    return h("p", { class: "problem", role: "alert" }, "This run has no question ", words("q", this.unknown), ".");
  }

  // Where one is: which questions count, and the way to each section.
  bar(sections) {
    const go = (section) => h("button", { type: "button", class: "link", click: () => section.scrollIntoView() }, section.querySelector("h2").textContent);
    const parts = this.parts().map((part) => h("button", {
      type: "button", "aria-pressed": String(part === this.state.part),
      click: () => { this.change({ part, page: "1" }); this.draw(); this.main.querySelector(".parts [aria-pressed=true]").focus(); },
    }, `${PARTS[part]} ${inPart(this.data, part).length.toLocaleString("en")}`));
    return h("nav", { class: "sections", "aria-label": "Sections" },
      parts.length > 1 ? h("div", { class: "parts", role: "group", "aria-label": "Questions that count" }, parts) : null,
      h("div", { class: "ways" }, sections.map(go)));
  }

  question(question) {
    const { state } = this;
    const listed = chosenQuestions(this.data, state);
    const at = listed.indexOf(question);
    const to = (other) => (other ? link({ ...state, q: other.id }) : null);
    return questionView(this.data, question, {
      back: link({ ...state, q: "", tab: "", beside: "" }), earlier: at > 0 ? to(listed[at - 1]) : null,
      later: at >= 0 ? to(listed[at + 1]) : null, place: at < 0 ? "" : `${(at + 1).toLocaleString("en")} of ${listed.length.toLocaleString("en")} in the list`,
      system: state.tab || state.system, beside: state.beside === "yes",
      choose: (choice) => { this.change(choice); this.draw(); },
    });
  }

  // Another look at the same place: no step of the browser's history.
  change(choice) {
    Object.assign(this.state, choice);
    history.replaceState(null, "", link(this.state));
  }

  show(choice) {
    this.change({ ...CHOICES, ...choice });
    this.draw();
    document.getElementById("questions").scrollIntoView();
    document.querySelector("#questions h2").focus({ preventScroll: true });
  }

  key(event) {
    if (!this.state.q || event.ctrlKey || event.metaKey || event.altKey || event.target.matches?.("input, select, textarea")) return;
    const way = { Escape: ".neighbours a", j: ".neighbours [rel=next]", k: ".neighbours [rel=prev]" }[event.key];
    if (way) this.main.querySelector(way)?.click();
  }
}

try {
  new Report(await unpacked());
} catch (problem) {
  document.getElementById("opening")?.replaceChildren(`The report cannot be opened in this browser: ${problem.message}`);
  throw problem;
}
