"""Errors that a user can do something about. Every message says what is wrong and what to do."""

from __future__ import annotations


class BylineError(Exception):
    """Something broke (exit status 1)."""


class InputError(BylineError):
    """The user's input, setting or path cannot be used (exit status 2)."""


class StoreError(BylineError):
    """The store is missing, damaged, in use, or was made for something else."""


class DamagedVectorsError(StoreError):
    """The vector index cannot be used; it has to be made again from the catalog."""


class UnreadableFile(Exception):  # noqa: N818 a reason for the report, not a failure
    """A file cannot be indexed. The message is the reason that the report gives; the build goes on."""
