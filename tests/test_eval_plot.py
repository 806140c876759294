from pathlib import Path

import pytest

from eval.plot import plot_share_against_words
from index.errors import InputError

CURVES = {"ranked sentences": [(26.0, 0.77), (52.0, 0.89)], "another": [(20.0, 0.6), (60.0, 0.9)]}


@pytest.mark.parametrize(("suffix", "starts"), [(".svg", b"<?xml"), (".png", b"\x89PNG")])
def test_a_plot_is_the_same_bytes_each_time(tmp_path: Path, suffix: str, starts: bytes) -> None:
    pytest.importorskip("matplotlib", reason="plots are an extra")
    first, second = tmp_path / f"1{suffix}", tmp_path / f"2{suffix}"
    plot_share_against_words(CURVES, (40.0, 0.8), first)
    plot_share_against_words(CURVES, (40.0, 0.8), second)
    assert first.read_bytes() == second.read_bytes()
    assert first.read_bytes().startswith(starts)
    plot_share_against_words(CURVES, (40.0, 0.7), second)
    assert first.read_bytes() != second.read_bytes()


def test_another_format_is_refused(tmp_path: Path) -> None:
    with pytest.raises(InputError, match=r"give a name that ends in \.svg or \.png"):
        plot_share_against_words(CURVES, (40.0, 0.8), tmp_path / "plot.gif")
