"""Files in, searchable sentences out."""

from index.builder import Progress, build
from index.models import Article, BuildReport
from index.settings import Settings

__all__ = ["Article", "BuildReport", "Progress", "Settings", "build"]
