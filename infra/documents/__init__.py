"""Photographs and forms of applications: sealed, kept by the hash of what is kept."""

from infra.documents.documents import Documents
from infra.documents.shelf import FolderShelf, Shelf

__all__ = ["Documents", "FolderShelf", "Shelf"]
