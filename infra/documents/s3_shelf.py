"""Sealed bytes in a bucket of an S3-compatible object store, shared by all nodes.

Objects are named by their hash at the top of the bucket; anything else in it is left
alone. Writing one twice writes the same bytes, so every request may be sent again.
"""

import re
from collections.abc import Iterator
from threading import local
from typing import Any
from xml.etree import ElementTree as ET

import requests
from eventsourcing.persistence import OperationalError
from requests.adapters import HTTPAdapter
from requests_aws4auth import AWS4Auth

from infra.documents.bucket import Bucket

CONNECT_SECONDS, ANSWER_SECONDS = 3.0, 20.0
TRIES = 2
OURS = re.compile(r"[0-9a-f]{64}")
S3 = "{http://s3.amazonaws.com/doc/2006-03-01/}"
NOT_FOUND, EMPTY_RANGE = 404, 416
SERVER_ERROR = 500


class DocumentsUnavailableError(OperationalError):
    """The object store did not do it, now; what was to be kept is with the sender."""

    code = "documents-unavailable"
    retry_after_seconds = 10
    told = "The store of documents did not take it; try again"


class S3Shelf:
    """A session per thread: none of them waits for another's upload."""

    def __init__(self, bucket: Bucket) -> None:
        self._bucket, self._mine = bucket, local()

    def check(self) -> None:
        """Raises ValueError where the store refuses us, and as any request does."""
        answer = self._send("GET", "", params={"list-type": "2", "max-keys": "1"})
        if not answer.ok:
            msg = f"{self._bucket} answers {_told(answer)}"
            raise ValueError(msg)

    def put(self, name: str, content: bytes) -> None:
        self._ask("PUT", name, data=content)

    def get(self, name: str, limit: int = -1) -> bytes | None:
        headers = {} if limit < 0 else {"Range": f"bytes=0-{limit - 1}"}
        answer = self._ask("GET", name, NOT_FOUND, EMPTY_RANGE, headers=headers)
        if answer.status_code == NOT_FOUND:
            return None
        return b"" if answer.status_code == EMPTY_RANGE else answer.content

    def delete(self, name: str) -> None:
        self._ask("DELETE", name, NOT_FOUND)

    def names(self) -> Iterator[str]:
        asked = {"list-type": "2"}
        while True:
            answer = self._ask("GET", "", params=asked)
            page = ET.fromstring(answer.content)  # noqa: S314 -- our own store
            keys = (found.text or "" for found in page.iter(f"{S3}Key"))
            yield from filter(OURS.fullmatch, keys)
            more = page.findtext(f"{S3}NextContinuationToken")
            if not more:
                return
            asked["continuation-token"] = more

    def _ask(self, method: str, name: str, *allowed: int, **more: Any) -> Any:
        """The answer; raises DocumentsUnavailableError for one not allowed."""
        answer = self._send(method, name, **more)
        if answer.ok or (answer.status_code in allowed and not _no_bucket(answer)):
            return answer
        msg = f"{self._bucket} answers {_told(answer)} to {method}"
        raise DocumentsUnavailableError(msg)

    def _send(self, method: str, name: str, **more: Any) -> Any:
        url = f"{self._bucket.url}/{self._bucket.name}/{name}".rstrip("/")
        times = CONNECT_SECONDS, ANSWER_SECONDS
        for left in reversed(range(TRIES)):
            try:
                answer = self._session().request(method, url, timeout=times, **more)
            except requests.RequestException as error:
                if not left:
                    msg = f"{self._bucket} does not answer: {type(error).__name__}"
                    raise DocumentsUnavailableError(msg) from None
            else:
                if answer.status_code < SERVER_ERROR or not left:
                    return answer
        raise AssertionError

    def _session(self) -> requests.Session:
        found = getattr(self._mine, "session", None)
        if found is None:
            _, _, key_id, secret, region = self._bucket
            found = self._mine.session = requests.Session()
            found.auth = AWS4Auth(key_id, secret, region, "s3")
            found.mount(self._bucket.url, HTTPAdapter(pool_maxsize=1))
        return found


def _no_bucket(answer: Any) -> bool:
    return b"NoSuchBucket" in answer.content


def _told(answer: Any) -> str:
    """Its status and S3's own word for the trouble."""
    found = re.search(rb"<Code>(\w+)</Code>", answer.content)
    return f"{answer.status_code} {found[1].decode() if found else ''}".strip()
