"""Who may reach the chat, and how programs do. Real servers on loopback."""

import json
import os
import re
import socket
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest
from browsing import BYLINE, ROOT, serving
from gradio_client import Client
from gradio_client.exceptions import AppError, AuthenticationError

from index import Settings
from index.errors import InputError
from qa import Answer, query
from ui.serve import check_access, is_loopback, login

LANDED = "When did Putin land in Hanoi?"


@pytest.fixture(scope="module")
def address(seeds_settings: Settings) -> Iterator[str]:
    with serving(seeds_settings) as found:
        yield found


@pytest.fixture(scope="module")
def client(address: str) -> Client:
    return Client(address, verbose=False)


@pytest.mark.parametrize(
    ("host", "local"),
    [("127.0.0.1", True), ("127.8.8.8", True), ("::1", True), ("[::1]", True), ("localhost", True),
     ("0.0.0.0", False), ("192.168.1.5", False), ("::", False), ("example.org", False)],
)  # fmt: skip
def test_loopback(host: str, local: bool) -> None:
    assert is_loopback(host) is local


def test_others_are_let_in_only_when_it_is_said_twice() -> None:
    check_access("127.0.0.1", None, False)
    check_access("0.0.0.0", ("ann", "secret"), False)
    check_access("0.0.0.0", None, True)
    with pytest.raises(InputError, match="--auth user:password"):
        check_access("0.0.0.0", None, False)


def test_a_login_is_a_user_and_a_password() -> None:
    assert login("") is None
    assert login("ann:se:cret") == ("ann", "se:cret")
    for wrong in ("ann", "ann:", ":secret", ":"):
        with pytest.raises(InputError, match="user and a password"):
            login(wrong)


def byline(*arguments: str, store: str, **more: str) -> subprocess.CompletedProcess[str]:
    environment = {name: value for name, value in os.environ.items() if not name.startswith("BYLINE_")}
    environment |= {"BYLINE_STORE": store, **more}
    return subprocess.run(
        [BYLINE, *arguments], capture_output=True, text=True, env=environment, timeout=120, check=False
    )


def test_bad_usage_is_told_before_anything_is_loaded(seeds_settings: Settings, tmp_path: Path) -> None:
    for arguments, message in (
        (("--host", "0.0.0.0"), "Whoever reaches 0.0.0.0 could read and add articles."),
        (("--auth", "ann"), "a user and a password with a colon"),
    ):
        run = byline("chat", *arguments, store=seeds_settings.store)
        assert (run.returncode, run.stdout) == (2, "")
        assert message in run.stderr
    run = byline("chat", store=str(tmp_path / "none"))
    assert run.returncode == 1
    assert "There is no index in" in run.stderr
    assert "Traceback" not in run.stderr


def test_a_port_that_is_taken_is_told(seeds_settings: Settings) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        run = byline("chat", "--port", str(port), store=seeds_settings.store)
    assert run.returncode == 2
    assert f"Port {port} of 127.0.0.1 cannot be had; choose another" in run.stderr
    assert "Traceback" not in run.stderr


def test_ask_gives_the_answer_of_query(
    client: Client, seeds_settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("BYLINE_STORE", seeds_settings.store)
    for asked in (
        {"question": LANDED},
        {"question": LANDED, "files": ["000*", "004*"]},
        {"question": "When did he leave?", "history": [[LANDED, "Around 2am."]]},
        {"question": LANDED, "since": "2024-01-01"},
        {"question": "What is the boiling point of nitrogen?"},
    ):
        given = client.predict(**asked, api_name="/ask")
        expected = query(**asked)  # type: ignore[arg-type]
        assert Answer.from_dict(given) == expected


def test_ask_tells_what_cannot_be_asked(client: Client) -> None:
    for asked, message in (
        ({"question": " "}, "The question is empty."),
        ({"question": LANDED, "since": "soon"}, "since must be a date such as 2024-06-20"),
        ({"question": LANDED, "history": [["alone"]]}, "history is a list of"),
        ({"question": LANDED, "history": [[1, "a"]]}, "The question before it must be a string"),
        ({"question": 5}, "The question must be a string"),
        ({"question": LANDED, "files": "2024/*.txt"}, "files is a list of patterns"),
        ({"question": LANDED, "files": [5]}, "files is a list of patterns"),
    ):
        with pytest.raises(AppError, match=re.escape(message)):
            client.predict(**asked, api_name="/ask")


def test_only_ask_is_offered_to_programs(client: Client) -> None:
    offered = client.view_api(return_format="dict", print_info=False)
    assert list(offered["named_endpoints"]) == ["/ask"]
    assert offered["unnamed_endpoints"] == {}


def test_the_example_of_the_documentation_runs(address: str) -> None:
    document = (ROOT / "docs" / "deployment.md").read_text(encoding="utf-8")
    (example,) = re.findall(r"```python\n(.*?gradio_client.*?)```", document, re.DOTALL)
    assert "http://127.0.0.1:7860" in example
    run = subprocess.run(
        [sys.executable, "-c", example.replace("http://127.0.0.1:7860", address)],
        capture_output=True, text=True, timeout=120, check=False,
    )  # fmt: skip
    assert run.returncode == 0, run.stderr
    assert "Putin landed in Hanoi around 2am" in run.stdout


def test_headers_keep_the_page_at_home_and_other_names_are_refused(address: str) -> None:
    answer = httpx.get(address)
    assert answer.status_code == 200
    policy = answer.headers["content-security-policy"]
    assert "default-src 'self'" in policy
    assert "http" not in policy
    assert answer.headers["referrer-policy"] == "no-referrer"
    # A web page elsewhere that gives its own name our address sends its name along.
    assert httpx.get(address, headers={"Host": "evil.example"}).status_code == 400


@pytest.mark.parametrize(
    "headers",
    [
        {"Origin": "https://evil.example"},
        {"Origin": "null"},
        {"Origin": "http://localhost:1"},
        {"Sec-Fetch-Site": "cross-site", "Sec-Fetch-Mode": "no-cors"},
        {"Sec-Fetch-Site": "same-site", "Sec-Fetch-Mode": "cors"},
    ],
)
def test_pages_of_other_sites_are_refused(address: str, headers: dict[str, str]) -> None:
    for answer in (
        httpx.get(address + "/config", headers=headers),
        httpx.post(address + "/gradio_api/upload", headers=headers, files={"files": ("a.txt", b"x")}),
        httpx.post(address + "/gradio_api/call/ask", headers=headers, json={"data": [LANDED]}),
    ):
        assert (answer.status_code, answer.text) == (403, "Requests from pages of other sites are refused.")


def test_a_link_from_elsewhere_and_the_own_page_are_fine(address: str) -> None:
    link = {"Sec-Fetch-Site": "cross-site", "Sec-Fetch-Mode": "navigate"}
    assert httpx.get(address, headers=link).status_code == 200
    assert httpx.post(address + "/gradio_api/upload", headers=link).status_code == 403
    own = {"Origin": address, "Sec-Fetch-Site": "same-origin", "Sec-Fetch-Mode": "cors"}
    assert httpx.get(address + "/config", headers=own).status_code == 200


@pytest.mark.parametrize("host", ["127.0.0.2", "::1"])
def test_other_loopback_addresses(seeds_settings: Settings, host: str) -> None:
    with serving(seeds_settings, "--host", host) as address:
        assert httpx.get(address).status_code == 200


def test_no_file_of_the_machine_is_served(address: str, seeds_settings: Settings) -> None:
    catalog = f"{seeds_settings.store}/catalog.sqlite"
    for path in (catalog, "/etc/passwd", f"{ROOT}/pyproject.toml", f"{ROOT}/seeds/../pyproject.toml"):
        for route in ("/gradio_api/file=", "/file=", "/gradio_api/file/"):
            assert httpx.get(f"{address}{route}{path}").status_code in (403, 404), (route, path)


def test_nothing_is_shown_without_the_password(seeds_settings: Settings) -> None:
    with serving(seeds_settings, "--host", "127.0.0.1", "--auth", "ann:secret") as address:
        for route in ("/config", "/gradio_api/info", "/gradio_api/queue/data?session_hash=x"):
            assert httpx.get(address + route).status_code == 401, route
        assert "002_019a319f6763018d" not in httpx.get(address).text
        refused = httpx.post(address + "/gradio_api/upload", files={"files": ("a.txt", b"x")})
        assert refused.status_code == 401
        with pytest.raises((AuthenticationError, ValueError)):
            Client(address, verbose=False).predict(LANDED, api_name="/ask")
        with pytest.raises((AuthenticationError, ValueError)):
            Client(address, auth=("ann", "wrong"), verbose=False)
        known = Client(address, auth=("ann", "secret"), verbose=False)
        assert known.predict(LANDED, api_name="/ask")["answered"]


def test_the_password_is_in_no_process_list_and_no_record(seeds_settings: Settings) -> None:
    settings = Settings.load(environ={"BYLINE_AUTH": "ann:secret"})
    assert settings.auth == "ann:secret"
    assert "secret" not in repr(settings)
    from eval.record import settings_record

    assert "secret" not in json.dumps(settings_record(settings))
