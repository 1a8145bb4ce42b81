"""Passwords: how long they must be, how they are kept, how one is made up."""

from __future__ import annotations

import secrets

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

from licensing.errors import InvalidInput

SHORTEST = 12
"""Source: OWASP ASVS 5.0, 6.2.1 (8 at least, 15 recommended)."""
LONGEST = 200

# Argon2id with 19 MiB and two passes: the least that OWASP names, so that a burst of sign-ins
# cannot take the machine's memory.
_HASHER = PasswordHasher(time_cost=2, memory_cost=19_456, parallelism=1)
_DUMMY = _HASHER.hash(secrets.token_urlsafe(16))
_LETTERS = "abcdefghjkmnpqrstuvwxyz23456789"
_FORBIDDEN = frozenset(
    {"password1234", "passwordpassword", "123456789012", "satupintu1234", "indonesia1945"}
)


def check_new(password: str, *, username: str) -> None:
    """Pass for a password that an account may be given.

    Raises:
        InvalidInput: `password`: too_short, too_long, is_username, too_common, control_character.
    """
    fault = None
    if len(password) < SHORTEST:
        fault = "too_short"
    elif len(password) > LONGEST:
        fault = "too_long"
    elif any(ord(letter) < 32 or ord(letter) == 127 for letter in password):
        fault = "control_character"
    elif username and (username in password.casefold() and len(password) < len(username) + 8):
        fault = "is_username"
    elif password.casefold() in _FORBIDDEN or len(set(password)) < 4:
        fault = "too_common"
    if fault is not None:
        raise InvalidInput({"password": fault})


def hash_password(password: str) -> str:
    """Return the argon2id hash to store."""
    return _HASHER.hash(password)


def matches(stored: str | None, password: str) -> bool:
    """Return whether `password` has this hash; without one, as slowly, that it has not."""
    try:
        return _HASHER.verify(stored or _DUMMY, password[: LONGEST + 1]) and stored is not None
    except (VerificationError, InvalidHashError):
        return False


def is_outdated(stored: str) -> bool:
    """Return whether a hash was made with weaker settings than today's."""
    return _HASHER.check_needs_rehash(stored)


def make_password() -> str:
    """Return a new password that can be read aloud: four groups of four, 79 bits."""
    groups = ("".join(secrets.choice(_LETTERS) for _ in range(4)) for _ in range(4))
    return "-".join(groups)
