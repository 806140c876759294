"""The library in a real browser: adding, indexing while the chat goes on, removing, reading."""

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from browsing import Tab, serving, tab
from playwright.sync_api import Browser, expect

from index import Settings, build
from index.embed import Embedder

SEEDS = Path(__file__).resolve().parents[1] / "seeds"
ARTICLE = "Mayor Ilona Vass of Karsk resigned on Tuesday. She named the failed tram project as the reason.\n"


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    articles = tmp_path_factory.mktemp("library") / "articles"
    shutil.copytree(SEEDS, articles)
    (articles / "scan.pdf").write_bytes(b"%PDF-1.4 not really")
    (articles / "copy.txt").write_bytes((SEEDS / "000_55d3069d7519f606.txt").read_bytes())
    return articles


@pytest.fixture(scope="module")
def settings(folder: Path, embedder: Embedder) -> Settings:
    made = Settings(llm="none", store=str(folder.parent / "store"))
    build(folder, made, embedder=embedder)
    return made


@pytest.fixture(scope="module")
def address(settings: Settings, browser: Browser) -> Iterator[str]:
    with serving(settings) as found:
        yield found


@pytest.fixture
def chat(browser: Browser, address: str) -> Iterator[Tab]:
    with tab(browser, address) as opened:
        opened.open_library()
        yield opened


def upload(chat: Tab, *files: Path) -> None:
    chat.page.locator("#upload input[type=file]").set_input_files([str(file) for file in files])


def row(chat: Tab, file: str):
    return chat.page.locator(".articles tbody tr").filter(has_text=file)


def test_articles_are_listed_with_what_was_skipped_and_why(chat: Tab) -> None:
    expect(chat.page.locator(".articles caption")).to_contain_text("articles")
    expect(row(chat, "002_019a319f6763018d.txt")).to_contain_text("Russia’s Putin arrives in Vietnam")
    expect(row(chat, "copy.txt")).to_contain_text("the same text in 2 files")
    expect(chat.page.locator(".noted")).to_contain_text("scan.pdf")
    chat.page.locator("#find textarea, #find input").fill("kim pledges")
    expect(chat.page.locator(".articles tbody tr")).to_have_count(1)
    chat.page.locator("#find textarea, #find input").fill("nothing like it")
    expect(chat.page.locator(".shelf .empty")).to_have_text("No article matches.")


def test_an_article_is_read_from_the_list(chat: Tab) -> None:
    chat.page.get_by_role("button", name="Read Kim Jong Un Pledges Support").click()
    expect(chat.panel.locator(".reader .text")).to_contain_text("Kim")
    expect(chat.panel.locator(".reader")).to_contain_text("003_f3b73f1a942b9b28.txt")


def test_upload_ask_about_it_and_remove_it(chat: Tab, folder: Path, settings: Settings, tmp_path: Path) -> None:
    (tmp_path / "karsk.txt").write_text(ARTICLE, encoding="utf-8")
    upload(chat, tmp_path / "karsk.txt")
    expect(row(chat, "karsk.txt")).to_be_visible(timeout=30_000)
    expect(chat.page.locator(".shelf [role=status]")).to_contain_text("1 added")
    assert (folder / "karsk.txt").read_text(encoding="utf-8") == ARTICLE
    chat.page.get_by_role("tab", name="Ask").click()
    turn = chat.ask("Why did Mayor Vass resign?")
    expect(turn.locator(".said").first).to_contain_text("Mayor Ilona Vass of Karsk resigned")
    chat.open_library()
    expect(row(chat, "002_019a319f6763018d.txt").get_by_role("button", name="Remove")).to_have_count(0)
    remove = row(chat, "karsk.txt").get_by_role("button", name="Remove")
    chat.page.once("dialog", lambda dialog: dialog.dismiss())
    remove.click()
    chat.page.wait_for_timeout(500)
    assert (folder / "karsk.txt").exists()
    chat.page.once("dialog", lambda dialog: dialog.accept())
    remove.click()
    expect(row(chat, "karsk.txt")).to_have_count(0, timeout=30_000)
    assert not (folder / "karsk.txt").exists()
    (kept,) = (Path(settings.store) / "trash").glob("*-karsk.txt")
    assert kept.read_text(encoding="utf-8") == ARTICLE
    chat.page.get_by_role("tab", name="Ask").click()
    turn.locator(".marker").first.click()
    chat.panel.get_by_role("button", name="Open the article").first.click()
    expect(chat.panel.locator(".stale")).to_contain_text("karsk.txt is not in the index")
    expect(chat.ask("Who is Ilona Vass?").locator(".refusal")).to_be_visible()


def test_what_cannot_be_taken_is_said_and_the_rest_is_taken(chat: Tab, folder: Path, tmp_path: Path) -> None:
    before = (folder / "000_55d3069d7519f606.txt").read_bytes()
    (tmp_path / "000_55d3069d7519f606.txt").write_text("Another text.", encoding="utf-8")
    (tmp_path / "fresh.txt").write_text("A fresh article about nothing at all.", encoding="utf-8")
    upload(chat, tmp_path / "000_55d3069d7519f606.txt", tmp_path / "fresh.txt")
    expect(chat.page.get_by_test_id("toast-body")).to_contain_text("a file of that name is in the folder")
    expect(row(chat, "fresh.txt")).to_be_visible(timeout=30_000)
    assert (folder / "000_55d3069d7519f606.txt").read_bytes() == before


def test_a_file_that_changed_since_it_was_indexed_is_marked(chat: Tab, folder: Path) -> None:
    chat.page.get_by_role("tab", name="Ask").click()
    path = folder / "002_019a319f6763018d.txt"
    before = path.read_bytes()
    try:
        path.write_bytes(before + b"\nAn addition.")
        turn = chat.ask("When did Putin land in Hanoi?")
        expect(turn.locator(".notes")).to_contain_text("has changed since it was indexed")
        expect(chat.panel.locator(".card .stale")).to_contain_text("has changed since it was indexed")
        chat.panel.get_by_role("button", name="Open the article").click()
        expect(chat.panel.locator(".reader .stale")).to_contain_text("has changed since it was indexed")
    finally:
        path.write_bytes(before)


def test_the_chat_goes_on_while_many_articles_are_indexed(chat: Tab, folder: Path) -> None:
    seeds = " ".join(path.read_text(encoding="utf-8") for path in sorted(SEEDS.iterdir())).split()
    for n in range(60):
        words = seeds[n : n + 2_000]
        sentences = [" ".join(words[at : at + 15]) + f" ({n})." for at in range(0, len(words), 15)]
        (folder / f"many-{n:03d}.txt").write_text(" ".join(sentences), encoding="utf-8")
    chat.page.get_by_role("button", name="Update the index").click()
    bar = chat.page.locator(".shelf progress")
    expect(bar).to_be_visible()
    expect(chat.page.locator(".shelf [role=status]")).to_contain_text("files")
    chat.page.get_by_role("tab", name="Ask").click()
    turn = chat.ask("When did Putin land in Hanoi?")
    expect(turn.locator(".said").first).to_contain_text("Putin landed in Hanoi around 2am")
    chat.page.get_by_role("tab", name="Library").click()
    expect(bar).to_be_visible()  # it is still going on
    expect(chat.page.locator(".shelf [role=status]")).to_contain_text("60 added", timeout=120_000)
    expect(chat.page.locator(".articles caption")).to_contain_text("page 1 of")
    chat.page.get_by_role("button", name="Next").click()
    expect(chat.page.locator(".articles caption")).to_contain_text("page 2 of")
