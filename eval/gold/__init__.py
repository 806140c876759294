"""Gold questions: what a question should be answered with, and where that stands. Read, checked and written here."""

from eval.gold.files import drawn, load_gold, read_gold, save_gold, to_dict
from eval.gold.locating import locate, problems
from eval.gold.models import REASONS, SPLITS, Gold, GoldConflict, GoldSide, GoldSpan

__all__ = [
    "REASONS",
    "SPLITS",
    "Gold",
    "GoldConflict",
    "GoldSide",
    "GoldSpan",
    "drawn",
    "load_gold",
    "locate",
    "problems",
    "read_gold",
    "save_gold",
    "to_dict",
]
