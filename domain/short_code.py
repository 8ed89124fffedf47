"""The short code of a pass: for paper, for people who type, for WeChat's scanner.

Seven random characters and one that checks them: a wrong character, or two that were
swapped, never pass. No character looks like another.
"""

import unicodedata
from hashlib import blake2b

ALPHABET = "23456789ABCDEFGHJKMNPQRSTVWXY"
"""29 characters: a prime, so that every weight can be undone."""
LENGTH = 8
_VALUES = {character: value for value, character in enumerate(ALPHABET)}


def short_code(seed: str, attempt: int) -> str:
    digest = blake2b(f"{seed}:{attempt}".encode(), digest_size=16).digest()
    rest, characters = int.from_bytes(digest, "big"), ""
    for _ in range(LENGTH - 1):
        rest, value = divmod(rest, len(ALPHABET))
        characters += ALPHABET[value]
    return characters + check_character(characters)


def check_character(characters: str) -> str:
    total = sum(
        weight * _VALUES[character]
        for weight, character in enumerate(characters, start=1)
    )
    return ALPHABET[total % len(ALPHABET)]


def normalise_code(text: str) -> str:
    """As people type it: lower case, full width, blanks and dashes between."""
    plain = unicodedata.normalize("NFKC", text).upper()
    return "".join(c for c in plain if not c.isspace() and c != "-")


def is_short_code(code: str) -> bool:
    is_ours = len(code) == LENGTH and set(code) <= set(ALPHABET)
    return is_ours and check_character(code[:-1]) == code[-1]
