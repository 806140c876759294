"""The report of a run, opened from disk in a real browser."""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from hostile import HOSTILE
from playwright.sync_api import Browser, Page, expect
from test_eval_report import cite, row, write_run

from eval.corpus import read_corpus
from eval.gold import Gold, GoldSpan, save_gold
from eval.report import write_report
from eval.run import run
from qa.models import Answer, Conflict, Hit, Side, Statement

SEEDS = Path(__file__).parents[1] / "seeds"
LANDED = "Putin landed in Hanoi around 2am"


def located(text: str) -> tuple[str, str]:
    """File of the seeds, and the sentence in it that begins so."""
    for path in sorted(SEEDS.glob("*.txt")):
        found = re.search(re.escape(text) + r"[^.]*\.", path.read_text("utf-8"))
        if found:
            return path.name, found[0]
    raise AssertionError(text)


@contextmanager
def opened(browser: Browser, address: str, **options: object) -> Iterator[Page]:
    """The report at `address`; leaves with a check that nothing went wrong and nobody was asked."""
    context = browser.new_context(**options)  # type: ignore[arg-type]
    page = context.new_page()
    problems: list[str] = []
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    page.on("pageerror", lambda error: problems.append(str(error)))
    page.on("console", lambda message: problems.append(message.text) if message.type == "error" else None)
    page.goto(address)
    expect(page.locator("#questions, article.question").first).to_be_visible()
    yield page
    narrow(page)
    context.close()
    assert problems == []
    assert [url for url in asked if not url.startswith(("file:", "data:"))] == []


def narrow(page: Page) -> None:
    width = page.evaluate("[document.documentElement.scrollWidth, document.documentElement.clientWidth]")
    assert width[0] <= width[1], "the page can be scrolled sideways"


@pytest.fixture(scope="module")
def address(tmp_path_factory: pytest.TempPathFactory, browser: Browser) -> str:
    """The report of a run of two systems over the seeds."""
    folder = tmp_path_factory.mktemp("seeds")
    file, quote = located(LANDED)
    span = ((GoldSpan(file, quote),),)
    gold = [
        Gold(
            "who-01", "When did Putin land in Hanoi?", answers=(("around 2am", "2am"),), evidence=span, tags=("time",)
        ),
        Gold("who-02", "When did Putin land in Hanoi, exactly?", answers=(("5pm",),), evidence=span, tags=("time",)),
        Gold(
            "who-03", "Who won the football cup in Peru in 1987?", answerable=False, tags=("no",), notes="Nobody says."
        ),
        Gold("who-04", "When?", answers=(("2am",),), history=(("Did Putin land in Hanoi?", "He did."),)),
        Gold("who-05", "Where did Putin land?", answers=(("Hanoi",), ("Vietnam",)), evidence=span, files=("*.txt",)),
        Gold("who-06", "What is it about?"),
    ]
    save_gold(folder / "gold.jsonl", gold)
    outcome = run(folder / "gold.jsonl", SEEDS, ["byline", "bm25"], folder / "runs" / "one")
    return write_report(outcome.folder, read_corpus(SEEDS).read).as_uri()


def test_the_run_is_summed_up(browser: Browser, address: str) -> None:
    with opened(browser, address) as page:
        expect(page.locator("#head")).to_contain_text("6 questions · 5 articles · 2 systems")
        right = page.locator(".metrics tr", has=page.get_by_text("Right", exact=True))
        expect(right.locator("td").first.locator("svg.whisker")).to_be_visible()
        expect(right.locator("td").nth(1)).to_have_text("n/a")
        help_text = right.locator("details p")
        expect(help_text).to_be_hidden()
        right.locator("summary").press("Enter")
        expect(help_text).to_be_visible()
        page.get_by_role("button", name="Zoom in").click()
        expect(page.get_by_role("button", name="Zoom in")).to_have_attribute("aria-pressed", "true")
        expect(page.locator(".times")).to_contain_text("total")
        expect(page.locator(".tags tbody tr")).to_have_count(3)


def test_a_question_is_opened_with_its_quotation_marked(browser: Browser, address: str) -> None:
    _, quote = located(LANDED)
    with opened(browser, address) as page:
        page.get_by_role("link", name="When did Putin land in Hanoi?", exact=True).click()
        expect(page).to_have_url(re.compile(r"#q=who-01$"))
        expect(page.locator("h2")).to_be_focused()
        expect(page.locator(".gold-side mark.gold")).to_have_text(quote)
        expect(page.locator(".gold-side .wanted")).to_have_text("around 2am or 2am")
        expect(page.locator(".system .card mark.quote").first).to_contain_text(LANDED)
        expect(page.locator(".system .card mark.quote.gold").first).to_contain_text(LANDED)
        expect(page.locator(".why .good").first).to_contain_text("“around 2am” stands in the answer.")
        page.locator(".answer .marker").first.click()
        expect(page.locator("#cite-0-1")).to_be_focused()
        page.get_by_text("All scores").click()
        expect(page.locator(".scores tr").first).to_contain_text("Right")
        page.keyboard.press("Escape")
        expect(page.locator("#questions")).to_be_visible()


def test_systems_are_tabs_or_side_by_side(browser: Browser, address: str) -> None:
    with opened(browser, address + "#q=who-01") as page:
        tabs = page.get_by_role("tab")
        expect(tabs).to_have_count(2)
        tabs.first.press("ArrowRight")
        expect(tabs.nth(1)).to_be_focused()
        expect(tabs.nth(1)).to_have_attribute("aria-selected", "true")
        expect(page.locator(".hits .chip").first).to_be_visible()
        expect(page.locator(".refusal")).to_have_count(0)  # it retrieves, and refuses nothing
        page.get_by_role("button", name="Side by side").click()
        expect(page.locator(".system")).to_have_count(2)
        expect(page).to_have_url(re.compile("beside=yes"))


def test_refusals_history_and_filters_are_shown(browser: Browser, address: str) -> None:
    with opened(browser, address + "#q=who-03") as page:
        expect(page.locator(".wanted")).to_have_text("A refusal. No article says it.")
        expect(page.locator(".note")).to_have_text("Nobody says.")
        expect(page.locator(".system .chip").first).to_contain_text("refused rightly")
        expect(page.locator(".refusal")).to_contain_text("The articles do not say.")
        page.keyboard.press("j")
        expect(page.locator(".history")).to_contain_text("Did Putin land in Hanoi?")
        page.keyboard.press("j")
        expect(page.locator(".about")).to_contain_text("*.txt")
        page.go_back()
        expect(page.locator(".history")).to_be_visible()


def test_the_list_is_searched_filtered_and_sorted(browser: Browser, address: str) -> None:
    with opened(browser, address) as page:
        rows = page.locator(".list tbody tr")
        expect(rows).to_have_count(6)
        page.get_by_label("Outcome").select_option("wrong")
        expect(rows.filter(has_text="who-02")).to_have_count(1)
        wrong = rows.count()
        assert 1 <= wrong < 6
        expect(rows.locator(".chip.wrong")).to_have_count(wrong)
        expect(page).to_have_url(re.compile("#outcome=wrong"))
        page.get_by_role("link", name="exactly").click()
        page.get_by_role("link", name="All questions").click()
        expect(rows).to_have_count(wrong)
        page.reload()
        expect(rows).to_have_count(wrong)
        page.get_by_label("Outcome").select_option("any")
        search = page.get_by_label("Search")
        search.press_sequentially("PERU cup")
        expect(rows).to_have_count(1)
        expect(search).to_be_focused()
        search.fill("")
        page.get_by_label("Sort by").select_option("Right")
        expect(rows.first).to_contain_text("who-02")
        page.locator("#tags .link", has_text="no").click()
        expect(rows).to_have_count(1)
        page.locator(".bar button.right").click()
        expect(rows.first).to_contain_text("who-01")


def test_a_link_to_no_question_says_so(browser: Browser, address: str) -> None:
    with opened(browser, address + "#q=%3Cb%3E") as page:
        expect(page.get_by_role("alert")).to_contain_text("no question <b>")
        expect(page.locator(".list tbody tr")).to_have_count(6)


def test_a_phone_and_the_dark(browser: Browser, address: str) -> None:
    phone = {"viewport": {"width": 390, "height": 844}, "color_scheme": "dark"}
    with opened(browser, address, **phone) as page:
        narrow(page)
        assert page.evaluate("getComputedStyle(document.body).backgroundColor") == "rgb(16, 21, 28)"
        page.get_by_role("link", name="Where did Putin land?").click()
        expect(page.locator(".gold-side")).to_be_visible()


BAD = (
    "<script>window.hacked=1</script><img src=http://198.51.100.7/x.png onerror='window.hacked=2'></script>\u2028\u202e"
)
LONG = "x" * 20_000


@pytest.fixture(scope="module")
def hostile(tmp_path_factory: pytest.TempPathFactory, browser: Browser) -> str:
    """A report whose every string wants to be something else."""
    texts = {**HOSTILE, BAD: BAD + LONG, "astral.txt": "😀" * 300 + "The cat sat." + "😀" * 300}
    gold = [
        Gold(BAD, BAD, answers=((BAD,), (LONG,)), evidence=((GoldSpan(file, text, 0),),), tags=(BAD,), notes=BAD,
             history=((BAD, LONG),), files=(BAD,), injected=(BAD,))
        if file == BAD
        else Gold(f"q {file}", f"{LONG} {file}", evidence=((GoldSpan(file, text[300:312], 300),),), tags=(file,))
        for file, text in texts.items()
        if file in (BAD, "astral.txt") or len(text) > 312
    ]  # fmt: skip
    systems = [f"{BAD} {n}" for n in range(5)] + [LONG]
    rows = [row(each, system, strange(each, texts), 0.0) for each in gold for system in systems[:-1]]
    rows += [row(each, LONG, None, None, error=BAD + LONG) for each in gold]
    folder = write_run(tmp_path_factory.mktemp("hostile") / "run", gold, systems, rows)
    return write_report(folder, texts.__getitem__).as_uri()


def strange(gold: Gold, texts: dict[str, str]) -> Answer:
    (span,) = gold.evidence[0]
    good = cite(span.file, span.start or 0, span.quote)
    broken = cite(BAD, 2, "not " + BAD, marker=2)
    said = (Statement(good.quote, (1,), "quoted"), Statement(BAD, (2, 9), "supported"))
    text = " ".join(f"{each.text} {each.markers}" for each in said)
    hit = Hit(span.file, 0, len(texts[span.file]), texts[span.file], 1.0, title=BAD)
    return Answer(
        gold.question, text, True, short=BAD, statements=said, citations=(good, broken), confidence=0.5,
        conflicts=(Conflict("name", BAD, (Side(BAD, (1,)), Side(LONG, (2,)))),), hits=(hit, hit), llm=BAD,
        notes=(BAD, LONG),
    )  # fmt: skip


def harmless(page: Page) -> None:
    assert page.evaluate("window.hacked") is None
    assert page.locator("main img, main script, main iframe, main style, header img, header script").count() == 0
    assert not set(page.locator("body").inner_text()) & set("\u202e\u2066\x1b\x07")
    narrow(page)


@pytest.mark.parametrize("width", [390, 1280])
def test_whatever_they_hold_is_text(browser: Browser, hostile: str, width: int) -> None:
    with opened(browser, hostile, viewport={"width": width, "height": 800}) as page:
        expect(page.locator("#head")).to_contain_text("<script>window.hacked=1</script>")
        harmless(page)
        page.locator(".list a").filter(has_text="<script>").first.click()
        expect(page.locator("article.question > h2")).to_contain_text("onerror='window.hacked=2'></script>")
        expect(page.locator(".card .broken").first).to_contain_text("This does not stand there:not <script>")
        expect(page.locator(".marker.broken")).to_have_text("[9]")
        harmless(page)
        page.get_by_role("button", name="Side by side").click()
        expect(page.locator(".system")).to_have_count(6)
        expect(page.locator(".system .problem")).to_contain_text("<img src=")
        harmless(page)


def test_offsets_count_characters_not_halves_of_them(browser: Browser, hostile: str) -> None:
    with opened(browser, hostile + "#q=q+astral.txt") as page:
        expect(page.locator(".gold-side mark")).to_have_text("The cat sat.")
        expect(page.locator(".system .card mark.quote.gold")).to_have_text("The cat sat.")


def test_the_page_could_not_call_out_if_it_tried(browser: Browser, hostile: str) -> None:
    context = browser.new_context()
    page = context.new_page()
    page.goto(hostile)
    blocked = page.evaluate(
        """() => new Promise(resolve => {
            document.addEventListener("securitypolicyviolation", (event) => resolve(event.blockedURI), { once: true });
            const image = new Image(); image.src = "http://198.51.100.7/x.png";
        })"""
    )
    assert blocked.startswith("http://198.51.100.7")
    context.close()
