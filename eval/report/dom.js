// Elements made of our own names and of text. Nothing here or after makes HTML of a string.
const KEPT = new Set(["\n", "\t", "\u200c", "\u200d"]); // joiners, which some scripts need
const MOST_SERIES = 8; // colours that the style has

// Text without what would steer the screen: control characters, overrides of the writing direction.
function plain(text) {
  const lines = String(text).replace(/\r\n?/g, "\n").replace(/\u00ad/g, "");
  return lines.replace(/[\p{Cc}\p{Cf}]/gu, (sign) => (KEPT.has(sign) ? sign : "\ufffd"));
}

function put(element, attributes, children) {
  for (const [name, value] of Object.entries(attributes ?? {})) {
    if (typeof value === "function") element.addEventListener(name, value);
    else if (value === true) element.setAttribute(name, "");
    else if (value !== null && value !== undefined && value !== false) element.setAttribute(name, plain(value));
  }
  for (const child of children.flat(Infinity)) {
    if (child instanceof Node) element.append(child);
    else if (child !== null && child !== undefined && child !== false) element.append(plain(child));
  }
  return element;
}

const h = (name, attributes, ...children) => put(document.createElement(name), attributes, children);
const svg = (name, attributes, ...children) =>
  put(document.createElementNS("http://www.w3.org/2000/svg", name), attributes, children);

// Words of an article, a question or a system: they may be of any direction, and must not turn what is around them.
const words = (name, text, attributes) => h(name, { dir: "auto", ...attributes }, text);
const hidden = (text) => h("span", { class: "unseen" }, text);
const option = (value, label, chosen) => h("option", { value, selected: value === chosen }, label);

function fixed(value, places) {
  const options = { minimumFractionDigits: places, maximumFractionDigits: places };
  return value.toLocaleString("en", options);
}
const counted = (number, one, more = `${one}s`) => `${number.toLocaleString("en")} ${number === 1 ? one : more}`;
const percent = (share) => `${fixed(100 * share, 0)}%`;
const series = (at) => `s${at % MOST_SERIES}`;

function milliseconds(value) {
  if (value >= 10_000) return `${fixed(value / 1000, 1)} s`;
  return `${fixed(value, value < 10 ? 2 : value < 100 ? 1 : 0)} ms`;
}

// -- outcomes
const OUTCOMES = {
  right: { sign: "✓", short: "right", help: "Answered, and rightly." },
  "refused rightly": { sign: "✓", short: "refused", help: "Refused, as it should be: the articles do not say." },
  wrong: { sign: "✗", short: "wrong", help: "Answered, but not rightly." },
  "refused wrongly": { sign: "✗", short: "refused", help: "Refused, although gold says it is answerable." },
  error: { sign: "!", short: "error", help: "The system failed at this question." },
  "not scored": { sign: "–", short: "", help: "Nothing says whether it is right." },
};
const slug = (outcome) => outcome.replace(/ /g, "-");
const outcomeOf = (answer) => answer?.outcome ?? "not scored";

function chip(outcome, full = true) {
  const { sign, short, help } = OUTCOMES[outcome];
  const said = h("span", { "aria-hidden": "true" }, `${sign} ${full ? outcome : short}`.trim());
  return h("span", { class: `chip ${slug(outcome)}`, title: `${outcome}: ${help}` }, said, hidden(outcome));
}

// -- passages: numbers of files and offsets, which count code points
const ASTRAL = /[\u{10000}-\u{10ffff}]/u;
const characters = new WeakMap();

function cut(data, file, from, to) {
  const stretch = data.files[file].texts.findLast(([start]) => start <= from);
  if (!characters.has(stretch)) characters.set(stretch, ASTRAL.test(stretch[1]) ? Array.from(stretch[1]) : stretch[1]);
  const piece = characters.get(stretch).slice(from - stretch[0], to - stretch[0]);
  return typeof piece === "string" ? piece : piece.join("");
}

// What a passage shows, with each of `marks` ({start, end, kind}) marked. Marks may overlap.
function marked(data, passage, marks) {
  const inside = marks.filter((mark) => mark.start < passage.to && passage.from < mark.end);
  const edges = inside.flatMap((mark) => [Math.max(mark.start, passage.from), Math.min(mark.end, passage.to)]);
  const stops = [...new Set([passage.from, ...edges, passage.to])].sort((a, b) => a - b);
  const pieces = stops.slice(1).map((stop, at) => {
    const kinds = inside.filter((mark) => mark.start <= stops[at] && stop <= mark.end).map((mark) => mark.kind);
    const text = cut(data, passage.file, stops[at], stop);
    return kinds.length ? h("mark", { class: [...new Set(kinds)].join(" ") }, text) : text;
  });
  const before = passage.from > 0 ? "… " : "";
  const after = passage.to < data.files[passage.file].length ? " …" : "";
  return h("blockquote", { dir: "auto" }, before, pieces, after);
}
