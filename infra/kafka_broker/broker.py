"""One broker: a Java process that outlives who started it, known by its pid file."""

import os
import shutil
import signal
import socket
import subprocess
import time
from collections.abc import Callable, Mapping
from contextlib import suppress
from pathlib import Path

import msgspec

from infra import whole_file

HEAP = "256m"
START_SECONDS = 60.0
APPEAR_SECONDS = 5.0
STOP_SECONDS = 20.0
LOOK_SECONDS = 0.1
DYING = "[java]"
"""Killed: without its command line, but while a thread is left it holds its ports."""


class BrokerFailedError(RuntimeError):
    """It did not come up; its out.log says why."""


class Ports(msgspec.Struct, frozen=True, array_like=True):
    """Brokers talk to each other on `inner`: clients' links may be cut alone."""

    client: int
    inner: int
    controller: int


class Broker:
    def __init__(
        self,
        classpath: str,
        folder: Path,
        number: int,
        ports: Ports,
        settings: Mapping[str, str],
    ) -> None:
        self.number, self.ports = number, ports
        self.home = folder / f"broker-{number}"
        self.home.mkdir(exist_ok=True)
        self._settings = self.home / "server.properties"
        own = {"node.id": str(number), "log.dirs": f"{self.home}/data"} | dict(settings)
        self._settings.write_text("".join(f"{k}={v}\n" for k, v in own.items()))
        logging = f"-Dlog4j2.configurationFile={folder}/log4j2.properties"
        self._java = ["java", "-cp", classpath, logging, "-XX:+UseSerialGC"]

    def format(self, cluster_id: str) -> Callable[[], None]:
        """Prepare the data folder, if it is not; call the result to await it."""
        if (self.home / "data" / "meta.properties").exists():
            return lambda: None
        command = [*self._java, "kafka.tools.StorageTool", "format"]
        command += ["-t", cluster_id, "-c", str(self._settings)]
        with (self.home / "out.log").open("ab") as out:
            formatting = subprocess.Popen(  # noqa: S603 -- arguments of ours alone
                command, stdout=out, stderr=out
            )

        def done() -> None:
            if formatting.wait():
                msg = f"Broker {self.number} has no storage, see {self.home}/out.log"
                raise BrokerFailedError(msg)

        return done

    def start(self) -> None:
        if self.pid():
            return
        heap = [f"-Xmx{HEAP}", f"-Xms{HEAP}"]
        command = [*self._java, *heap, "kafka.Kafka", str(self._settings)]
        whole_file.write(self.home / "pid", str(self._spawn(command)).encode())
        self._appear()

    def wait(self) -> None:
        """Until clients can connect."""
        end = time.monotonic() + START_SECONDS
        while not _is_open(self.ports.client):
            if time.monotonic() > end or not self.pid():
                msg = f"Broker {self.number} did not start, see {self.home}/out.log"
                raise BrokerFailedError(msg)
            time.sleep(LOOK_SECONDS)

    def pid(self) -> int:
        """0 where it does not run. A number alone proves nothing: others get it too."""
        with suppress(FileNotFoundError, ValueError):
            pid = int((self.home / "pid").read_text())
            _bury(pid)
            state, _, command = _look_at(pid).partition(" ")
            is_gone = state.startswith("Z") and "l" not in state
            is_ours = str(self._settings) in command or DYING in command
            if is_ours and not is_gone:
                return pid
        return 0

    def signal(self, number: int) -> None:
        """SIGSTOP, SIGCONT, SIGKILL: whatever is to befall it."""
        if pid := self.pid():
            os.kill(pid, number)

    def kill(self) -> None:
        self.signal(signal.SIGKILL)
        self.wait_for_end()

    def ask_to_stop(self) -> None:
        self.signal(signal.SIGCONT)
        self.signal(signal.SIGTERM)

    def wait_for_end(self) -> None:
        end = time.monotonic() + STOP_SECONDS
        while self.pid():
            if time.monotonic() > end:
                self.signal(signal.SIGKILL)
            time.sleep(LOOK_SECONDS)
        (self.home / "pid").unlink(missing_ok=True)

    def _appear(self) -> None:
        """For a moment, on a busy machine a long one, it shows no command line."""
        end = time.monotonic() + APPEAR_SECONDS
        while not self.pid() and time.monotonic() < end:
            time.sleep(LOOK_SECONDS / 10)

    def _spawn(self, command: list[str]) -> int:
        """Not a Popen: nothing of ours waits for it, and it ends when it is told to."""
        with (
            (self.home / "out.log").open("ab") as out,
            Path(os.devnull).open() as empty,
        ):
            streams = [
                (os.POSIX_SPAWN_DUP2, empty.fileno(), 0),
                (os.POSIX_SPAWN_DUP2, out.fileno(), 1),
                (os.POSIX_SPAWN_DUP2, out.fileno(), 2),
            ]
            java = str(shutil.which(command[0]))
            return os.posix_spawn(
                java, command, os.environ, file_actions=streams, setsid=True
            )


def _is_open(port: int) -> bool:
    with suppress(OSError), socket.create_connection(("127.0.0.1", port), 1):
        return True
    return False


def _bury(pid: int) -> None:
    """A child of ours that ended stays until somebody asks."""
    with suppress(ChildProcessError):
        os.waitpid(pid, os.WNOHANG)


def _look_at(pid: int) -> str:
    """Its state and command line, as any Unix tells it."""
    command = ["ps", "-ww", "-o", "stat=,command=", "-p", str(pid)]
    return subprocess.run(  # noqa: S603 -- arguments of ours alone
        command, capture_output=True, text=True, check=False
    ).stdout
