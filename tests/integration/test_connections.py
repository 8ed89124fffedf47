import sqlite3
from multiprocessing import get_context
from threading import Barrier, Thread

import pytest

from infra.connections import Connections

ROUNDS = 40
READERS = 8
ROWS = 5000

pytestmark = pytest.mark.integration


def make(path):
    db = sqlite3.connect(path)
    db.execute("CREATE TABLE number (n INTEGER)")
    db.executemany("INSERT INTO number VALUES (?)", ((n,) for n in range(ROWS)))
    db.commit()
    db.close()


def connections(path):
    return Connections(lambda: sqlite3.connect(path, check_same_thread=False))


def close_under_readers(path):
    """In a process of its own: what goes wrong here ends the process."""
    for _ in range(ROUNDS):
        found = connections(path)
        started = Barrier(READERS + 1)

        def read(found=found, started=started):
            found.fetch("SELECT 1")
            started.wait()
            try:
                while True:
                    found.fetch("SELECT n FROM number ORDER BY n % 7")
                    sum(n for (n,) in found.iterate("SELECT n FROM number"))
            except sqlite3.ProgrammingError:
                return

        threads = [Thread(target=read) for _ in range(READERS)]
        for thread in threads:
            thread.start()
        started.wait()
        found.close()
        for thread in threads:
            thread.join()


def test_a_file_may_be_closed_while_it_is_read(tmp_path):
    make(tmp_path / "numbers.db")
    reader = get_context("spawn").Process(
        target=close_under_readers, args=(tmp_path / "numbers.db",)
    )

    reader.start()
    reader.join(60)

    assert reader.exitcode == 0


def test_the_connection_of_a_thread_that_ended_is_closed(tmp_path):
    make(tmp_path / "numbers.db")
    opened = []

    def connect():
        opened.append(sqlite3.connect(tmp_path / "numbers.db", check_same_thread=False))
        return opened[-1]

    found = Connections(connect)
    for _ in range(3):
        thread = Thread(target=found.fetch, args=("SELECT 1",))
        thread.start()
        thread.join()

    found.fetch("SELECT 1")

    for ended in opened[:3]:
        with pytest.raises(sqlite3.ProgrammingError, match="closed"):
            ended.execute("SELECT 1")
    found.close()


def test_rows_come_one_by_one_while_the_same_thread_asks_something_else(tmp_path):
    make(tmp_path / "numbers.db")
    found = connections(tmp_path / "numbers.db")

    numbers = [
        (n, found.fetch("SELECT ? + 1", (n,))[0][0])
        for (n,) in found.iterate("SELECT n FROM number ORDER BY n")
    ]

    assert numbers == [(n, n + 1) for n in range(ROWS)]
    found.close()
