"""Data that must not lie open in the database: ciphertext to read back, keyed hash to find by."""

from __future__ import annotations

import base64
import binascii
import hmac
import re
import secrets
from collections.abc import Mapping
from dataclasses import dataclass, field
from hashlib import sha256

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from licensing.errors import LicensingError

SECRET_BYTES = 32
_NONCE_BYTES = 12
_KEY_ID = re.compile(r"[a-z0-9]{1,16}")


class SecrecyFault(LicensingError):
    """A key or a sealed text that cannot be used; never carries either."""

    def __init__(self, code: str, message: str) -> None:
        self.code = f"secrecy.{code}"
        super().__init__(message)


@dataclass(frozen=True, slots=True)
class Keyring:
    """Secrets by key id; `current` seals, all of them open. A retired one stays until re-sealed."""

    current: str
    secrets: Mapping[str, bytes] = field(repr=False)
    finders: Mapping[str, bytes] = field(default_factory=dict, repr=False)
    """Secrets of keyed hashes, where an office keeps them apart; else made from `secrets`."""

    def __post_init__(self) -> None:
        if self.current not in self.secrets:
            raise SecrecyFault("key_unknown", f"the keyring has no key {self.current!r}")
        for key_id, secret in (*self.secrets.items(), *self.finders.items()):
            if not _KEY_ID.fullmatch(key_id):
                raise SecrecyFault(
                    "key_id", f"key id {key_id!r} is not 1 to 16 small letters or digits"
                )
            if len(secret) != SECRET_BYTES:
                raise SecrecyFault(
                    "key_length", f"key {key_id!r} has {len(secret)} bytes, {SECRET_BYTES} needed"
                )

    @classmethod
    def from_text(cls, text: str) -> Keyring:
        """Return the keyring written as `k2:BASE64,k1:BASE64`, the current key first.

        Raises:
            SecrecyFault: an entry is not of that form, or an id stands twice.
        """
        found: dict[str, bytes] = {}
        for place, entry in enumerate(text.split(","), start=1):
            key_id, colon, encoded = entry.strip().partition(":")
            try:
                secret = base64.b64decode(encoded, validate=True)
            except (binascii.Error, ValueError):
                colon = ""
            if not colon:
                raise SecrecyFault(
                    "key_text", f"key {place} is not of the form id:base64 of {SECRET_BYTES} bytes"
                )
            if key_id in found:
                raise SecrecyFault("key_twice", f"key id {key_id!r} stands twice")
            found[key_id] = secret
        return cls(next(iter(found)), found)


def new_secret(key_id: str = "k1") -> str:
    """Return a fresh random key as `Keyring.from_text` reads it."""
    return f"{key_id}:{base64.b64encode(secrets.token_bytes(SECRET_BYTES)).decode()}"


def seal(keyring: Keyring, text: str, *, purpose: str) -> str:
    """Return `text` as ciphertext `<key id>.<base64>`, other each time.

    `purpose` names the column ("applicant.nik") and is bound in: a ciphertext that is copied into
    another column does not open there.
    """
    nonce = secrets.token_bytes(_NONCE_BYTES)
    key_id = keyring.current
    cipher = AESGCM(_derive(keyring.secrets[key_id], "seal"))
    sealed = nonce + cipher.encrypt(nonce, text.encode(), _bound(key_id, purpose))
    return f"{key_id}.{base64.urlsafe_b64encode(sealed).decode()}"


def unseal(keyring: Keyring, sealed: str, *, purpose: str) -> str:
    """Return the text that `seal` hid.

    Raises:
        SecrecyFault: damaged, or sealed for another purpose, or its key is not in the keyring.
    """
    key_id, dot, encoded = sealed.partition(".")
    if not dot:
        raise SecrecyFault("damaged", "the sealed text names no key")
    if key_id not in keyring.secrets:
        raise SecrecyFault(
            "key_unknown", f"sealed with key {key_id!r}, which is not in the keyring"
        )
    cipher = AESGCM(_derive(keyring.secrets[key_id], "seal"))
    try:
        data = base64.b64decode(encoded, altchars=b"-_", validate=True)
        opened = cipher.decrypt(data[:_NONCE_BYTES], data[_NONCE_BYTES:], _bound(key_id, purpose))
    except (InvalidTag, ValueError) as refusal:
        raise SecrecyFault(
            "damaged", f"the sealed text was changed, or was not sealed for {purpose!r}"
        ) from refusal
    return opened.decode()


def needs_resealing(keyring: Keyring, sealed: str) -> bool:
    """Return whether `sealed`, ciphertext or fingerprint, was made with a retired key."""
    return sealed.partition(".")[0] != keyring.current


def fingerprint(keyring: Keyring, text: str, *, purpose: str) -> str:
    """Return the keyed hash `<key id>.<hex>` to store beside the ciphertext and to search by."""
    return _fingerprint(keyring, keyring.current, text, purpose)


def fingerprints(keyring: Keyring, text: str, *, purpose: str) -> tuple[str, ...]:
    """Return the hashes under every key, the current first: what to search while keys rotate."""
    ids = sorted(keyring.secrets, key=lambda key_id: (key_id != keyring.current, key_id))
    return tuple(_fingerprint(keyring, key_id, text, purpose) for key_id in ids)


def _fingerprint(keyring: Keyring, key_id: str, text: str, purpose: str) -> str:
    key = _derive(keyring.finders.get(key_id, keyring.secrets[key_id]), "find")
    message = len(purpose).to_bytes(2, "big") + purpose.encode() + text.encode()
    return f"{key_id}.{hmac.new(key, message, sha256).hexdigest()}"


def _derive(secret: bytes, use: str) -> bytes:
    # One secret to keep, two keys: whoever learns the one for searching cannot decrypt.
    info = f"satupintu/{use}".encode()
    return HKDF(algorithm=SHA256(), length=32, salt=None, info=info).derive(secret)


def _bound(key_id: str, purpose: str) -> bytes:
    return f"{key_id}|{purpose}".encode()
