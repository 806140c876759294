// What the browser does by itself: sending clicks to Python, copying, downloading, scrolling to what is looked at.
// Nothing here makes HTML of a string.
window.byline = (() => {
  const still = window.matchMedia("(prefers-reduced-motion: reduce)");
  const behavior = () => (still.matches ? "auto" : "smooth");

  async function copy(button) {
    const words = button.dataset.copy;
    try {
      await navigator.clipboard.writeText(words);
    } catch {
      // Not a secure context (a plain-http address of another machine), or not allowed: the older way.
      const field = Object.assign(document.createElement("textarea"), { value: words });
      document.body.append(field);
      field.select();
      document.execCommand("copy");
      field.remove();
    }
    const label = button.dataset.label ?? (button.dataset.label = button.textContent);
    button.textContent = "Copied";
    setTimeout(() => (button.textContent = label), 2000);
  }

  function send(target, trigger) {
    const { event, confirm: question, ...data } = target.dataset;
    if (question && !window.confirm(question)) return;
    const note = target.closest(".feedback")?.querySelector("textarea");
    if (note) data.note = note.value;
    if (["source", "article", "read"].includes(event)) showPanel(true);
    trigger(event, data);
  }

  // On a narrow screen the side panel lies over the page while something in it is read.
  const narrow = window.matchMedia("(max-width: 900px)");
  function showPanel(open) {
    document.body.classList.toggle("side-open", open && narrow.matches);
  }

  function onKey(event) {
    if (event.key !== "Escape" || event.isComposing || event.target.matches?.("input, textarea, select")) return;
    const back = document.querySelector(".side-panel .reader [data-event=source]");
    if (back?.checkVisibility?.()) back.click();
    else showPanel(false);
  }
  document.addEventListener("keydown", onKey);

  // Have the clicks on an element's own buttons and links arrive in Python as events of that name.
  function attach(element, trigger) {
    element.addEventListener("click", (click) => {
      const target = click.target.closest("[data-event], [data-copy], [data-close]");
      if (!target || !element.contains(target)) return;
      click.preventDefault();
      if (target.dataset.copy !== undefined) copy(target);
      else if (target.dataset.close !== undefined) showPanel(false);
      else send(target, trigger);
    });
  }

  // A panel scrolls by itself: show what it is opened at, and let the keyboard go on from there.
  function panel(element, trigger, watch) {
    attach(element, trigger);
    watch("value", () => {
      const scroller = element.closest(".side-panel");
      const focus = element.querySelector("[data-focus]");
      if (!scroller) return;
      if (!focus) {
        scroller.scrollTop = 0;
        return;
      }
      const place = focus.getBoundingClientRect();
      const above = Math.max(16, (scroller.clientHeight - place.height) / 3);
      scroller.scrollBy({ top: place.top - scroller.getBoundingClientRect().top - above });
      focus.focus({ preventScroll: true });
    });
  }

  // Python sends the turn that changes, so that a step of an answer costs the same after a day of questions. The turns that
  // came before stay where they are, in a log of ours beside the element that Gradio fills.
  function conversation(element, trigger, watch) {
    const log = document.createElement("div");
    log.className = "conversation";
    for (const [name, value] of Object.entries({ role: "log", "aria-live": "polite", "aria-label": "Conversation" })) {
      log.setAttribute(name, value);
    }
    element.hidden = true;
    element.before(log);
    attach(log, trigger);
    watch("value", () => [...element.children].forEach((sent) => place(log, sent)));
  }

  function place(log, sent) {
    const former = sent.id && log.querySelector(`#${CSS.escape(sent.id)}`);
    if (sent.classList.contains("welcome")) {
      // When the page opens it may come after a quick first question.
      if ("clear" in sent.dataset || !log.querySelector(".turn")) log.replaceChildren(sent);
      else sent.remove();
    } else if (former) replace(former, sent);
    else {
      log.querySelector(".welcome")?.remove();
      log.append(sent);
      sent.scrollIntoView({ block: "start", behavior: behavior() });
    }
  }

  // What has the keyboard keeps it, and a note that is being written is not lost.
  function replace(former, turn) {
    const focused = former.contains(document.activeElement) ? document.activeElement.dataset : null;
    const written = former.querySelector("textarea")?.value;
    // A verdict changes what is below an answer; the answer is not read out again.
    const below = former.querySelector(".below");
    const changed = turn.querySelector(".below");
    if (below && changed && below.dataset.attempt === changed.dataset.attempt) below.replaceWith(changed);
    else former.replaceWith(turn);
    const note = changed?.querySelector("textarea");
    if (note && written && !note.value) note.value = written;
    if (!focused) return;
    const same = [...(changed ?? turn).querySelectorAll("[data-event]")].find(
      (other) => other.dataset.event === focused.event && other.dataset.good === focused.good,
    );
    same?.focus({ preventScroll: true });
  }

  function download(file) {
    if (!file) return;
    const url = URL.createObjectURL(new Blob([file.text], { type: file.type }));
    Object.assign(document.createElement("a"), { href: url, download: file.name }).click();
    setTimeout(() => URL.revokeObjectURL(url), 1000);
  }

  return { attach, panel, conversation, download };
})();
