"""Random generator of the names that the engine draws: ChaCha8 of Go's `math/rand/v2`, up to its first reseed."""

from __future__ import annotations

import struct
from typing import Final

_CHUNKS: Final = 4
_RESEED: Final = 4
"""Words at the end that seed the generator again; no name is that long."""

_MASK: Final = 0xFFFFFFFF
_CONSTANTS: Final = struct.unpack("<4I", b"expand 32-byte k")
_QUARTERS: Final = (
    (0, 4, 8, 12),
    (1, 5, 9, 13),
    (2, 6, 10, 14),
    (3, 7, 11, 15),
    (0, 5, 10, 15),
    (1, 6, 11, 12),
    (2, 7, 8, 13),
    (3, 4, 9, 14),
)


class ChaCha8:
    """A generator of 64-bit words from a seed of 32 bytes. After its last word it gives zeros."""

    def __init__(self, seed: bytes) -> None:
        self._words = [word for chunk in range(_CHUNKS) for word in _chunk(seed, _CHUNKS * chunk)][:-_RESEED]
        self._position = 0
        self._rest = b""

    @property
    def remaining(self) -> int:
        """Number of words up to the reseed."""
        return len(self._words) - self._position

    def copy(self) -> ChaCha8:
        """Return an independent generator that continues at this position."""
        other = object.__new__(ChaCha8)
        other._words, other._position, other._rest = self._words, self._position, self._rest
        return other

    def peek(self, count: int) -> bytes:
        """Return the next bytes without drawing them."""
        return self.copy().read(count)

    def read(self, count: int) -> bytes:
        """Draw bytes; the rest of a word is left for the next read."""
        found, self._rest = self._rest[:count], self._rest[count:]
        while len(found) < count:
            word = self._word().to_bytes(8, "little")
            needed = count - len(found)
            found, self._rest = found + word[:needed], word[needed:]
        return found

    def below(self, limit: int) -> int:
        """Draw a number from 0 to `limit` - 1 out of the next word.

        Go draws again in less than one of 10^17 cases; this does not.
        """
        return self._word() % limit

    def _word(self) -> int:
        if not self.remaining:
            return 0
        self._position += 1
        return self._words[self._position - 1]


def _chunk(seed: bytes, counter: int) -> list[int]:
    """Return the words of four blocks, side by side as Go computes them."""
    blocks = [_block(seed, counter + index) for index in range(_CHUNKS)]
    halves = [block[row] for row in range(16) for block in blocks]
    return [low | high << 32 for low, high in zip(halves[::2], halves[1::2], strict=True)]


def _block(seed: bytes, counter: int) -> list[int]:
    key = struct.unpack("<8I", seed)
    words = [*_CONSTANTS, *key, counter, 0, 0, 0]
    for _ in range(4):
        for a, b, c, d in _QUARTERS:
            for target, other, changed, bits in ((a, b, d, 16), (c, d, b, 12), (a, b, d, 8), (c, d, b, 7)):
                words[target] = (words[target] + words[other]) & _MASK
                mixed = words[changed] ^ words[target]
                words[changed] = (mixed << bits | mixed >> (32 - bits)) & _MASK
    # Go adds the seed only
    return [*words[:4], *((word + own) & _MASK for word, own in zip(words[4:12], key, strict=True)), *words[12:]]
