"""A reader sees the file before or the file after, never a part of one."""

import os
from threading import Thread

import pytest

from infra import whole_file


def test_who_reads_while_it_is_written_anew_sees_one_of_the_two(tmp_path):
    path = tmp_path / "node.json"
    first, second = b"a" * 100_000, b"b" * 100_000
    whole_file.write(path, first)

    def again():
        for content in (second, first) * 20:
            whole_file.write(path, content)

    writing, seen = Thread(target=again), set()
    writing.start()
    while writing.is_alive():
        seen.add(path.read_bytes())
    writing.join()

    assert seen <= {first, second}


def test_a_full_disk_leaves_what_was_there_and_nothing_else(tmp_path, monkeypatch):
    path = tmp_path / "trust.list"
    whole_file.write(path, b"before")

    def full(_):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)

    with pytest.raises(OSError, match="No space left"):
        whole_file.write(path, b"after")
    assert path.read_bytes() == b"before"
    assert [*tmp_path.iterdir()] == [path]


def test_what_is_made_once_is_never_made_again(tmp_path):
    path = tmp_path / "operator"
    whole_file.create(path, b"first")

    with pytest.raises(FileExistsError):
        whole_file.create(path, b"second")
    assert path.read_bytes() == b"first"
    assert path.stat().st_mode & 0o777 == 0o600
    assert [*tmp_path.iterdir()] == [path]
