"""The report of a run: one HTML file that can be read without a network, down to every question."""

from eval.report.page import write_report

__all__ = ["write_report"]
