"""Which streams were certainly never written: asked before one is read."""

from collections.abc import Iterable, Iterator

BITS_EACH = 16
FEWEST = 1 << 20
PROBES = 4


class Names:
    """A Bloom filter: a no is certain, a yes is wrong once in some hundred times.

    Four probes of sixteen bits a name; beyond what it was made for it only says yes
    more often. One thread adds, any may ask.
    """

    def __init__(self, count: int) -> None:
        size = max(2 * count, FEWEST) * BITS_EACH
        self._mask = (1 << (size - 1).bit_length()) - 1
        self._bits = bytearray((self._mask + 1) // 8)

    def add(self, names: Iterable[str]) -> None:
        bits = self._bits
        for name in names:
            for probe in self._probes(name):
                bits[probe >> 3] |= 1 << (probe & 7)

    def __contains__(self, name: str) -> bool:
        bits = self._bits
        return all(bits[p >> 3] & 1 << (p & 7) for p in self._probes(name))

    def _probes(self, name: str) -> Iterator[int]:
        found = hash(name)
        step = (found >> 32) | 1
        for number in range(PROBES):
            yield (found + number * step) & self._mask
