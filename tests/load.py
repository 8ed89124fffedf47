"""`python -m tests.load DATA [SECONDS] [CLIENTS]`: pickups into the node of a folder.

Bounded, on loopback, and stops by itself; prints the rate and how long answers took.
"""

import asyncio
import sys
import time
from pathlib import Path
from urllib.parse import urlsplit

import msgspec

from tests.benchmarks.bench_pickups import pickup


async def client(port, key, name, until, spent):
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    number = 0
    while time.perf_counter() < until:
        body = msgspec.json.encode(pickup(f"{name}-{number}"))
        head = (
            f"POST /v1/pickups HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer {key}\r\n"
            f"Content-Type: application/json\r\nContent-Length: {len(body)}\r\n\r\n"
        )
        begun = time.perf_counter()
        writer.write(head.encode() + body)
        answer = await reader.readuntil(b"\r\n\r\n")
        length = int(answer.lower().split(b"content-length:")[1].split(b"\r\n")[0])
        await reader.readexactly(length)
        spent.append((answer[9:12], time.perf_counter() - begun))
        number += 1
    writer.close()


async def run(port, key, seconds, clients):
    until, spent = time.perf_counter() + seconds, []
    name = f"load-{time.monotonic_ns()}"
    work = (client(port, key, f"{name}-{n}", until, spent) for n in range(clients))
    await asyncio.gather(*work)
    return spent


def main(data, seconds="60", clients="64"):
    running = msgspec.json.decode((Path(data) / "node.json").read_bytes())
    key = (Path(data) / "secrets" / "operator").read_text()
    port = urlsplit(running["url"]).port
    spent = asyncio.run(run(port, key, float(seconds), int(clients)))
    times = sorted(1000 * took for _, took in spent)
    statuses = sorted({status.decode() for status, _ in spent})
    middle, most = times[len(times) // 2], times[len(times) * 99 // 100]
    print(f"{len(times)} answers {statuses}, {len(times) / float(seconds):.0f}/s")
    print(
        f"median {middle:.0f} ms, 99 % within {most:.0f} ms, longest {times[-1]:.0f} ms"
    )


if __name__ == "__main__":
    main(*sys.argv[1:])
