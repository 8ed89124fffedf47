"""Which bucket of which object store keeps the documents, as the operator says it."""

from collections.abc import Mapping
from pathlib import Path
from typing import NamedTuple
from urllib.parse import urlsplit

PREFIX = "DOCUMENTS_S3_"


class Bucket(NamedTuple):
    """Where the store is and what opens it; what is printed of it keeps the secret."""

    url: str
    name: str
    key_id: str
    secret: str
    region: str = "us-east-1"

    def __repr__(self) -> str:
        return f"Bucket({self.url}/{self.name})"


def bucket_of(settings: Mapping[str, str]) -> Bucket:
    """From DOCUMENTS_S3_URL, _BUCKET, _KEY_ID, _SECRET_FILE and perhaps _REGION.

    Raises ValueError, which names what is wrong and never a secret.
    """
    missing = [
        PREFIX + name
        for name in ("URL", "BUCKET", "KEY_ID", "SECRET_FILE")
        if not settings.get(PREFIX + name)
    ]
    if missing:
        msg = f"{', '.join(missing)} must be set too, or no {PREFIX}…"
        raise ValueError(msg)
    url = urlsplit(settings[f"{PREFIX}URL"])
    if url.scheme not in {"http", "https"} or url.username or url.query:
        msg = f"{PREFIX}URL is http(s)://host:port, without a key in it"
        raise ValueError(msg)
    return Bucket(
        url.geturl().rstrip("/"),
        settings[f"{PREFIX}BUCKET"],
        settings[f"{PREFIX}KEY_ID"],
        _secret(Path(settings[f"{PREFIX}SECRET_FILE"])),
        settings.get(f"{PREFIX}REGION") or Bucket._field_defaults["region"],
    )


def _secret(path: Path) -> str:
    try:
        return path.read_text("utf-8").strip()
    except OSError as error:
        msg = f"{PREFIX}SECRET_FILE cannot be read: {error.strerror}"
        raise ValueError(msg) from None
