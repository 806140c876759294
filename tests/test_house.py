"""What holds for the repository as a whole."""

import builtins
import hashlib
import re
import subprocess
import sys
from importlib import util
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
SEEDS = {
    "000_55d3069d7519f606.txt": "cc4a5ae432bff16e",
    "001_792d328d63c8fd01.txt": "5867a8aed26ed49e",
    "002_019a319f6763018d.txt": "47f1a2a6cb98bb8f",
    "003_f3b73f1a942b9b28.txt": "0ac1818e9c4f4591",
    "004_16449013b92c0bfa.txt": "8a986c537e4315ec",
}


def sources() -> list[Path]:
    return [path for folder in ("index", "qa", "eval", "ui", "tests") for path in sorted((ROOT / folder).rglob("*.py"))]


def test_the_seeds_are_unchanged():
    found = {path.name: hashlib.sha256(path.read_bytes()).hexdigest()[:16] for path in (ROOT / "seeds").iterdir()}
    assert found == SEEDS


def test_nobody_hides_the_builtin_eval():
    assert [path for path in sources() if re.search(r"^\s*import eval\b", path.read_text("utf-8"), re.MULTILINE)] == []
    assert eval is builtins.eval


def test_only_settings_read_the_environment():
    reading = {str(path.relative_to(ROOT)) for path in sources() if "os.environ" in path.read_text("utf-8")}
    # the others tell libraries to be silent, where to put files and how to wait; they read nothing
    allowed = {"index/settings.py", "index/embed.py", "qa/llm/embedded.py", "ui/serve.py"}
    assert {name for name in reading if not name.startswith("tests")} == allowed


def test_the_python_example_of_the_readme_runs(tmp_path):
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    (example,) = re.findall(r"```python\n(.*?)```", readme, re.DOTALL)
    (tmp_path / "seeds").symlink_to(ROOT / "seeds")
    run = subprocess.run(
        [sys.executable, "-c", example], capture_output=True, text=True, cwd=tmp_path, timeout=120, check=False
    )
    assert run.returncode == 0, run.stderr
    assert run.stdout.startswith("Putin landed in Hanoi around 2am (7pm GMT Wednesday)")


@pytest.mark.parametrize(
    "document", ["README.md", "CONTRIBUTING.md", *(f"docs/{p.name}" for p in (ROOT / "docs").glob("*.md"))]
)
def test_links_lead_somewhere(document):
    text = (ROOT / document).read_text(encoding="utf-8")
    links = re.findall(r"\]\(([^)#]+)\)", text)
    missing = [link for link in links if not link.startswith("http") and not ((ROOT / document).parent / link).exists()]
    assert missing == []
    assert "@@" not in text


def test_measured_tables_are_put_into_a_document(tmp_path):
    specification = util.spec_from_file_location("fill", ROOT / "docs" / "fill.py")
    assert specification
    assert specification.loader
    module = util.module_from_spec(specification)
    specification.loader.exec_module(module)
    document = tmp_path / "d.md"
    document.write_text(
        "a\n<!-- BEGIN x/t.md -->\nold\n<!-- END x/t.md -->\nb\n<!-- BEGIN y -->\n<!-- END y -->\n", "utf-8"
    )
    (tmp_path / "x").mkdir()
    (tmp_path / "x" / "t.md").write_text("new\n", "utf-8")
    assert module.fill(document, tmp_path) == ["y"]
    expected = "a\n<!-- BEGIN x/t.md -->\nnew\n<!-- END x/t.md -->\nb\n<!-- BEGIN y -->\n<!-- END y -->\n"
    assert document.read_text("utf-8") == expected
