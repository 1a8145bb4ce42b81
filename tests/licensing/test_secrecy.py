"""Sealed columns: what is hidden, what can be found, how keys rotate."""

import base64

import pytest

from licensing.secrecy import (
    Keyring,
    SecrecyFault,
    fingerprint,
    fingerprints,
    needs_resealing,
    new_secret,
    seal,
    unseal,
)

OLD = Keyring("k1", {"k1": b"1" * 32})
NEW = Keyring("k2", {"k1": b"1" * 32, "k2": b"2" * 32})
NIK = "1872010503900001"
PURPOSE = "applicant.nik"


class TestASealedText:
    def test_opens_again_and_shows_nothing(self):
        sealed = seal(OLD, NIK, purpose=PURPOSE)

        assert unseal(OLD, sealed, purpose=PURPOSE) == NIK
        assert NIK not in sealed
        assert sealed.startswith("k1.")

    def test_differs_each_time(self):
        assert seal(OLD, NIK, purpose=PURPOSE) != seal(OLD, NIK, purpose=PURPOSE)

    def test_keeps_any_text(self):
        for text in ("", "Ratna 🙂 العربية", "x" * 10_000):
            assert unseal(OLD, seal(OLD, text, purpose=PURPOSE), purpose=PURPOSE) == text

    def test_does_not_open_in_another_column(self):
        with pytest.raises(SecrecyFault) as fault:
            unseal(OLD, seal(OLD, NIK, purpose=PURPOSE), purpose="proxy.nik")

        assert fault.value.code == "secrecy.damaged"

    def test_does_not_open_after_any_byte_was_changed(self):
        sealed = seal(OLD, NIK, purpose=PURPOSE)
        raw = base64.urlsafe_b64decode(sealed.partition(".")[2])
        for place in range(len(raw)):
            changed = bytearray(raw)
            changed[place] ^= 1
            with pytest.raises(SecrecyFault):
                unseal(OLD, f"k1.{base64.urlsafe_b64encode(changed).decode()}", purpose=PURPOSE)

    @pytest.mark.parametrize("broken", ["", "k1", "k1.", "k1.!!", "k1.AAAA"])
    def test_that_is_none_is_refused(self, broken):
        with pytest.raises(SecrecyFault) as fault:
            unseal(OLD, broken, purpose=PURPOSE)

        assert fault.value.code == "secrecy.damaged"


class TestAFingerprint:
    def test_is_the_same_for_the_same_text_and_purpose_only(self):
        assert fingerprint(OLD, NIK, purpose=PURPOSE) == fingerprint(OLD, NIK, purpose=PURPOSE)
        assert fingerprint(OLD, NIK, purpose=PURPOSE) != fingerprint(OLD, NIK, purpose="proxy.nik")
        assert fingerprint(OLD, "a", purpose="bc") != fingerprint(OLD, "ca", purpose="b")

    def test_depends_on_the_key(self):
        other = Keyring("k1", {"k1": b"3" * 32})

        assert fingerprint(OLD, NIK, purpose=PURPOSE) != fingerprint(other, NIK, purpose=PURPOSE)


class TestRotation:
    def test_opens_old_texts_and_seals_new_ones_with_the_new_key(self):
        old = seal(OLD, NIK, purpose=PURPOSE)

        assert unseal(NEW, old, purpose=PURPOSE) == NIK
        assert needs_resealing(NEW, old)
        assert not needs_resealing(NEW, seal(NEW, NIK, purpose=PURPOSE))

    def test_finds_under_every_key_the_current_first(self):
        assert fingerprints(NEW, NIK, purpose=PURPOSE) == (
            fingerprint(NEW, NIK, purpose=PURPOSE),
            fingerprint(OLD, NIK, purpose=PURPOSE),
        )

    def test_a_key_that_is_gone_is_named(self):
        with pytest.raises(SecrecyFault, match="'k2'"):
            unseal(OLD, seal(NEW, NIK, purpose=PURPOSE), purpose=PURPOSE)


class TestAKeyring:
    def test_is_read_with_the_current_key_first(self):
        ring = Keyring.from_text(f"{new_secret('k2')}, {new_secret('k1')}")

        assert ring.current == "k2"
        assert set(ring.secrets) == {"k1", "k2"}

    def test_keeps_its_secrets_out_of_logs(self):
        assert "1111" not in repr(OLD)

    @pytest.mark.parametrize(
        ("text", "code"),
        [
            ("", "secrecy.key_text"),
            ("k1", "secrecy.key_text"),
            ("k1:not base64", "secrecy.key_text"),
            ("k1:AAAA", "secrecy.key_length"),
            (f"K-1:{new_secret().partition(':')[2]}", "secrecy.key_id"),
            (f"{new_secret()},{new_secret()}", "secrecy.key_twice"),
        ],
        ids=["nothing", "no key", "not base64", "too short", "a name of other letters", "twice"],
    )
    def test_is_refused_with_what_is_wrong(self, text, code):
        with pytest.raises(SecrecyFault) as fault:
            Keyring.from_text(text)

        assert fault.value.code == code
