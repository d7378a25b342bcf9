"""Keys under the engine's autonaming configuration (`pulumi:autonaming`), as Check receives it.

The engine proposes a name, or says that there is none, in which case the program has to give the key. It draws
new random parts of a pattern in each run. A killed create would not be found again under such a name, so the
random parts are recognised by the seed that they are drawn from, and drawn from the hash of derived keys instead.
"""

from __future__ import annotations

import hashlib
import re
import string
import struct
import uuid
from dataclasses import dataclass
from typing import Final

from commercetools_connect.core.results import CheckFailure
from commercetools_connect.core.urns import Urn
from commercetools_connect.core.values import UNKNOWN, PropertyValue, Unknown
from commercetools_connect.frontends.plugin.config import KeySource
from commercetools_connect.frontends.protocol import provider_pb2
from commercetools_connect.resources.keys import KEY_PATTERN

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


Autonaming = provider_pb2.CheckRequest.AutonamingOptions

KEY_REQUIRED: Final = (
    "is required: the autonaming configuration of this stack (`pulumi:autonaming`) is `disabled` for this resource"
)

SHORTEST: Final = 4
"""Characters. A shorter random part cannot be distinguished from a part of the pattern."""

CERTAIN: Final = 6
"""Characters from which a random part is recognised also beside letters and digits."""

HEX: Final = "0123456789abcdef"
ALPHANUM: Final = string.ascii_lowercase + string.digits


def default_key(autonaming: Autonaming | None, seed: bytes, urn: Urn, keys: KeySource) -> str | Unknown:
    """Return the key of a resource whose program names none; `seed` is the `randomSeed` of the check.

    `UNKNOWN` where the provider resource is still unknown and the key depends on it, and where the configuration
    is `disabled`; `require_key` tells these two apart.
    """
    if autonaming is None:
        return keys.derive(urn)
    if autonaming.mode == Autonaming.Mode.DISABLE:
        return UNKNOWN
    return stable_name(autonaming.proposed_name, seed, urn, keys)


def require_key(
    autonaming: Autonaming, key: PropertyValue, failures: tuple[CheckFailure, ...]
) -> tuple[CheckFailure, ...]:
    """Return the failures of a check without a key, with that of a key which the configuration leaves open."""
    if autonaming.mode == Autonaming.Mode.DISABLE:
        missing = (CheckFailure(("key",), KEY_REQUIRED),) if key is UNKNOWN else ()
        return (*failures, *missing)
    if isinstance(key, str) and not KEY_PATTERN.fullmatch(key):
        reason = (
            "the name by the autonaming configuration of this stack (`pulumi:autonaming`) cannot be a key, which "
            "has 2 to 256 characters out of A-Z, a-z, 0-9, _ and -; give the resource a key, or change the "
            "configuration"
        )
        others = tuple(each for each in failures if each.path != ("key",))
        return (*others, CheckFailure(("key",), reason))
    return failures


def stable_name(proposed: str, seed: bytes, urn: Urn, keys: KeySource) -> str | Unknown:
    """Return the proposed name with its random parts drawn from the hash of derived keys: the same in each run."""
    if proposed == urn.name or not seed:
        return proposed
    parts = sorted(random_parts(proposed, seed))
    if not parts:
        return proposed
    derived = keys.derive(urn)
    if not isinstance(derived, str):
        return UNKNOWN
    # of everything that a derived key is of: its own hash has too few digits
    names = (derived, keys.provider_id, urn.project, urn.stack, urn.parents, urn.type, urn.name)
    source = ChaCha8(hashlib.sha256("\0".join(names).encode()).digest())
    name, end = "", 0
    for part in parts:
        name += proposed[end : part.start] + part.draw(source)
        end = part.end
    return name + proposed[end:]


@dataclass(frozen=True, order=True)
class RandomPart:
    """Part of a proposed name that the engine has drawn; `alphabet` is empty for a UUID."""

    start: int
    end: int
    alphabet: str

    def draw(self, source: ChaCha8) -> str:
        """Return other characters of the same alphabet and number."""
        if not self.alphabet:
            return str(uuid.UUID(bytes=source.read(16)))
        return "".join(self.alphabet[source.below(len(self.alphabet))] for _ in range(self.end - self.start))


def random_parts(proposed: str, seed: bytes) -> list[RandomPart]:
    """Return the random parts of a name, in the order in which the engine drew them.

    The engine replaces `${hex(n)}`, `${alphanum(n)}`, `${string(n)}`, `${num(n)}` and `${uuid}` of a pattern, one
    kind after the other, each from the left, with what it reads from one generator.
    """
    source = ChaCha8(hashlib.sha256(seed).digest())
    found: list[RandomPart] = []
    for alphabet in (HEX, ALPHANUM, string.ascii_lowercase, string.digits):
        start = 0
        # a UUID begins like a hexadecimal part
        while _uuid(source) not in proposed and (part := _next_part(proposed, start, alphabet, source, found)):
            found.append(part)
            _skip(source, part)
            start = part.end
    uuids = re.finditer(re.escape(_uuid(source)), proposed)
    return [*found, *(RandomPart(each.start(), each.end(), "") for each in uuids)]


def _uuid(source: ChaCha8) -> str:
    return str(uuid.UUID(bytes=source.peek(16)))


def _next_part(
    proposed: str, start: int, alphabet: str, source: ChaCha8, found: list[RandomPart]
) -> RandomPart | None:
    """Return the longest part from `start` on that consists of the next characters of the generator."""
    drawn = _upcoming(source, alphabet)
    best: RandomPart | None = None
    for begin in range(start, len(proposed)):
        end = begin
        while end < len(proposed) and end - begin < len(drawn) and proposed[end] == drawn[end - begin]:
            end += 1
        if any(begin < each.end and each.start < end for each in found):
            continue
        alone = not proposed[begin - 1 : begin].isalnum() and not proposed[end : end + 1].isalnum()
        if end - begin >= (SHORTEST if alone else CERTAIN) and (not best or end - begin > best.end - best.start):
            best = RandomPart(begin, end, alphabet)
    return best


def _upcoming(source: ChaCha8, alphabet: str) -> str:
    """Return the next characters of the generator, as many as it has, without drawing them."""
    ahead = source.copy()
    if alphabet == HEX:
        return ahead.peek(8 * ahead.remaining).hex()
    return "".join(alphabet[ahead.below(len(alphabet))] for _ in range(ahead.remaining))


def _skip(source: ChaCha8, part: RandomPart) -> None:
    length = part.end - part.start
    if part.alphabet == HEX:
        source.read(length // 2 + 1)
    else:
        for _ in range(length):
            source.below(len(part.alphabet))
