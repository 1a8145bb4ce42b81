"""An office's own words for its letters: whatever it writes, the letter leaves with its link."""

from __future__ import annotations

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from licensing import letters
from licensing.errors import InvalidInput, NotAllowed
from licensing.letters import PLACEHOLDERS, OwnWords, OwnWordsFault, check_own, render_own
from licensing.letters.own import LONGEST_BODY, LONGEST_SUBJECT
from licensing.letters.placeholders import SAMPLE, SAMPLE_RUNG
from licensing.ports.sending import TemporaryFault
from licensing.services.deliver import deliver
from licensing.services.own_words import UnknownPlaceholder, save_words, tidied
from tests.factories import House, SentLetters, make_applicant

URL = "https://izin.contoh.example/lacak"
ABOUT = {"office": "Dinas Contoh", "phone": "(021) 000000", "zone": "Asia/Jakarta", "url": URL}
EVENTS = sorted(PLACEHOLDERS)


def notice_event(event: str) -> str:
    return f"alert.{SAMPLE_RUNG}" if event == letters.ALERT else event


def write(event: str, subject: str, body: str, locale: str = "id") -> letters.Letter:
    return render_own(OwnWords(subject, body), notice_event(event), {**SAMPLE, **ABOUT}, locale)


class TestPlaceholders:
    @pytest.mark.parametrize("locale", ["id", "en"])
    @pytest.mark.parametrize("event", EVENTS)
    def test_of_every_event_stand_for_something(self, event: str, locale: str) -> None:
        names = [name for name in PLACEHOLDERS[event] if name != "note"]
        body = "\n".join(f"{name}={{{name}}}" for name in names)
        assert check_own(event, OwnWords("{number}", body)) == {}

        written = write(event, "{number}", body, locale)

        for name in names:
            assert any(
                line.startswith(f"{name}=") and len(line) > len(name) + 1
                for line in written.body.splitlines()
            ), name

    def test_exist_for_every_letter_to_an_applicant_or_it_is_named_here(self) -> None:
        """A new letter is either offered to offices, or left to the built-in words on purpose."""
        built_in_alone = {"lapsed"}
        assert letters.EVENTS - PLACEHOLDERS.keys() == built_in_alone

    def test_are_replaced_once(self) -> None:
        """What somebody typed into a form is never read as a placeholder."""
        own = OwnWords("{subject}", "{subject} {number}")
        params = {**ABOUT, "subject": "{url} {number.__class__}", "number": "7"}
        assert render_own(own, "granted", params, "id").body.startswith(
            "{url} {number.__class__} 7"
        )

    @pytest.mark.parametrize(
        "text",
        [
            "{nama}", "{number.__class__}", "{number!r}", "{number:>10}", "{0}", "{}", "{ number }",
            "{url[0]}", "{amount}", "{NUMBER}",
        ],
    )  # fmt: skip
    def test_that_are_not_of_the_event_are_refused_when_saved(self, text: str) -> None:
        found = check_own("granted", OwnWords(f"Izin {text}", f"Isi {text}"))
        assert {field: fault.code for field, fault in found.items()} == {
            "subject": "unknown_placeholder",
            "body": "unknown_placeholder",
        }
        assert found["body"].names == (text[1:-1],)

    def test_without_a_value_take_their_line_with_them(self) -> None:
        own = OwnWords("{number}", "Baris satu\nJawab sebelum {answer_by}\nBaris tiga")
        body = render_own(own, "returned", {**ABOUT, "number": "7"}, "id").body
        assert body.startswith("Baris satu\nBaris tiga\n")


class TestWhatIsRefused:
    @pytest.mark.parametrize(
        ("field", "subject", "body", "code"),
        [
            ("subject", " ", "Isi", "required"),
            ("body", "Judul", " \n ", "required"),
            ("subject", "x" * (LONGEST_SUBJECT + 1), "Isi", "too_long"),
            ("body", "Judul", "x" * (LONGEST_BODY + 1), "too_long"),
            ("subject", "Judul\nBcc: a@b.example", "Isi", "control_character"),
            ("subject", "Judul\x00", "Isi", "control_character"),
            ("body", "Judul", "Isi\x00", "control_character"),
            ("body", "Judul", "Isi\x1b[31m", "control_character"),
            ("body", "Judul", "Isi \u202egnilaer", "control_character"),
            ("body", "Judul", "Isi \ud800", "control_character"),
        ],
    )
    def test_when_saved(self, field: str, subject: str, body: str, code: str) -> None:
        found = check_own("granted", OwnWords(subject, body))
        assert {name: fault.code for name, fault in found.items()} == {field: code}

    @pytest.mark.parametrize("event", ["bank_admin_created", "alert.escalated", "lapsed"])
    def test_an_event_without_templates(self, event: str) -> None:
        assert check_own(event, OwnWords("a", "b"))["body"].code == "no_words_for_this_event"

    def test_line_breaks_and_tabs_are_tidied_first(self) -> None:
        assert tidied(" Judul\tdua \n baris ", "a\tb  \r\nc\rd\n\n") == OwnWords(
            "Judul dua baris", "a b\nc\nd"
        )


ANY_TEXT = st.text(st.characters(codec=None), max_size=200) | st.lists(
    st.sampled_from(
        ["{number}", "{url}", "{faults}", "{x}", "{", "}", "{{", "}}", "%s", "%(n)s", "{0.a}", "\n",
         "\r", "\x00", "\u2028", "a", " "]
    ),
    max_size=30,
).map("".join)  # fmt: skip


# The table of all characters is made at the first draw.
PATIENT = settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])


class TestWhateverAnOfficeWrites:
    @PATIENT
    @given(subject=ANY_TEXT, body=ANY_TEXT, event=st.sampled_from(EVENTS))
    def test_it_is_refused_in_one_way_or_gives_a_whole_letter(
        self, subject: str, body: str, event: str
    ) -> None:
        try:
            written = write(event, subject, body)
        except OwnWordsFault:
            return
        assert URL in written.body.splitlines()[-4:] or any(
            line.endswith(URL) for line in written.body.splitlines()
        )
        assert "Dinas Contoh" in written.body
        assert len(written.subject.splitlines()) == 1
        assert len(written.subject) <= LONGEST_SUBJECT
        written.body.encode()

    @PATIENT
    @given(subject=ANY_TEXT, body=ANY_TEXT, event=st.sampled_from(EVENTS))
    def test_what_was_accepted_when_saved_can_be_sent(
        self, subject: str, body: str, event: str
    ) -> None:
        own = tidied(subject, body)
        if check_own(event, own):
            return
        code = ""
        try:
            assert URL in write(event, own.subject, own.body).body
        except OwnWordsFault as fault:
            code = fault.code
        # At most that every line named something there was nothing to say about.
        assert code in ("", "required")


def stored(house: House, event: str, subject: str, body: str, locale: str = "id") -> None:
    """Put words into the table that no form would have let in."""
    house.as_owner(
        "INSERT INTO letter_template (office_id, event, locale, version, subject, body,"
        " created_by) VALUES (%(o)s, %(e)s, %(l)s, 1, %(s)s, %(b)s, %(by)s)",
        o=house.office_id, e=event, l=locale, s=subject, b=body, by=house.people.admin.id,
    )  # fmt: skip


def sent(house: House) -> SentLetters:
    mail = house.runtime.mail
    assert isinstance(mail, SentLetters)
    return mail


class TestSending:
    def test_uses_the_newest_words_of_the_office(self, house: House) -> None:
        admin = house.people.admin
        save_words(house.runtime, "accepted", "id", OwnWords("Lama", "Lama"), seen=0, by=admin)
        save_words(
            house.runtime, "accepted", "id",
            OwnWords("Sudah kami terima: {number}", "Bapak/Ibu, {subject}.\nJanji: {promised}"),
            seen=1, by=admin,
        )  # fmt: skip
        house.application("verification", business_name="Toko Melati")
        deliver(house.runtime)

        letter = sent(house).sent[0]
        assert letter.subject.startswith("Sudah kami terima: ")
        assert "Bapak/Ibu, Toko Melati." in letter.text
        assert "Janji: " in letter.text
        assert f"{house.runtime.public_url}/lacak" in letter.text
        assert "Dinas Contoh" in letter.text

    def test_leaves_other_languages_and_events_alone(self, house: House) -> None:
        save_words(
            house.runtime, "accepted", "id", OwnWords("X", "Y"), seen=0, by=house.people.admin
        )
        house.application("verification", applicant=make_applicant(2, locale="en"))
        deliver(house.runtime)
        assert "file accepted" in sent(house).sent[0].subject

    @pytest.mark.parametrize(
        ("subject", "body"),
        [
            ("{nama}", "Isi"),
            ("Judul", "{number.__class__}"),
            ("Judul", "{answer_by}"),
            ("Judul", "{promised}" * 2000),
            ("Judul", "\u202eterbalik"),
        ],
    )
    def test_falls_back_to_the_built_in_letter_and_says_so(
        self, house: House, subject: str, body: str
    ) -> None:
        stored(house, "accepted", subject, body)
        house.application("verification")

        assert deliver(house.runtime).sent == 1

        assert "berkas diterima" in sent(house).sent[0].subject
        row = house.rows("SELECT failed_at, failed_why FROM letter_template")[0]
        assert row.failed_at is not None
        assert row.failed_why

    @pytest.mark.parametrize(
        ("audience", "own"), [("head", True), ("supervisor", True), ("inspectorate", False)]
    )
    def test_never_tells_the_inspectorate_of_a_breach_in_the_words_of_the_office(
        self, house: House, audience: str, own: bool
    ) -> None:
        stored(house, "alert", "Semua baik", "Tidak ada yang terlambat.")
        house.application("verification")
        house.as_owner(
            "UPDATE notice SET event = 'alert.breach+3', audience = %(a)s, officer_id = %(o)s",
            a=audience,
            o=getattr(house.people, audience).id,
        )

        assert deliver(house.runtime).sent == 1

        assert (sent(house).sent[0].subject == "Semua baik") is own

    def test_after_a_reset_uses_the_built_in_letter_and_keeps_the_history(
        self, house: House
    ) -> None:
        admin = house.people.admin
        save_words(house.runtime, "accepted", "id", OwnWords("X", "Y"), seen=0, by=admin)
        save_words(house.runtime, "accepted", "id", None, seen=1, by=admin)
        house.application("verification")
        deliver(house.runtime)

        assert "berkas diterima" in sent(house).sent[0].subject
        assert [row.version for row in house.rows("SELECT version FROM letter_template")] == [1, 2]
        actions = [row.action for row in house.rows("SELECT action FROM office_event ORDER BY id")]
        assert actions[-2:] == ["letter_changed", "letter_reset"]

    def test_a_refusal_is_tried_again_in_the_words_of_that_day(self, house: House) -> None:
        class Moody(SentLetters):
            def send(self, letter: object) -> None:
                self.sent.append(letter)
                if len(self.sent) == 1:
                    raise TemporaryFault("451 later")

        house.runtime.mail = Moody()
        house.application("verification")
        deliver(house.runtime)
        save_words(
            house.runtime, "accepted", "id", OwnWords("Baru", "Baru"), seen=0,
            by=house.people.admin,
        )  # fmt: skip
        house.as_owner("UPDATE notice SET next_try_at = clock_timestamp() WHERE tries = 1")
        deliver(house.runtime)
        first, second = sent(house).sent
        assert (second.subject, second.message_id) == ("Baru", first.message_id)


class TestSaving:
    def test_names_what_is_unknown(self, house: House) -> None:
        with pytest.raises(UnknownPlaceholder) as raised:
            save_words(
                house.runtime, "granted", "id", OwnWords("{nama} {x}", "Isi"), seen=0,
                by=house.people.admin,
            )  # fmt: skip
        assert raised.value.names == {"subject": ("nama", "x")}
        assert house.rows("SELECT 1 FROM letter_template") == []

    def test_does_not_overwrite_what_somebody_else_saved_meanwhile(self, house: House) -> None:
        by = house.people.admin
        save_words(house.runtime, "granted", "id", OwnWords("A", "A"), seen=0, by=by)
        with pytest.raises(InvalidInput) as raised:
            save_words(house.runtime, "granted", "id", OwnWords("B", "B"), seen=0, by=by)
        assert raised.value.faults == {"subject": "changed_meanwhile"}

    def test_is_for_administrators(self, house: House) -> None:
        with pytest.raises(NotAllowed):
            save_words(
                house.runtime, "granted", "id", OwnWords("A", "A"), seen=0,
                by=house.people.supervisor,
            )  # fmt: skip

    def test_an_office_sees_its_own_words_alone(self, house: House, simulated_house: House) -> None:
        save_words(
            house.runtime, "granted", "id", OwnWords("A", "A"), seen=0, by=house.people.admin
        )
        assert simulated_house.rows("SELECT 1 FROM letter_template") == []
