"""Letters: subject and plain text of every notice, in both languages."""

from __future__ import annotations

from typing import Any, ClassVar

import pytest

from licensing.letters import (
    EVENTS,
    UnknownEvent,
    limit_words,
    render,
    rung_words,
    silence_words,
    watched_words,
)

PARAMS: dict[str, Any] = {
    "number": "REG-20260706-00001",
    "subject": "Toko Contoh",
    "service": {"id": "Surat Izin Usaha Perdagangan", "en": "Trading permit"},
    "step": {"id": "Melengkapi berkas", "en": "Complete the file"},
    "faults": [{"id": "Kartu NPWP", "en": "Tax card"}, {"id": "KTP", "en": "Identity card"}],
    "answer_by": "2026-07-20T09:00:00+00:00",
    "amount_idr": "10296000",
    "due_at": "2026-07-20T09:00:00+00:00",
    "promised": "2026-07-09T09:00:00+00:00",
    "due": "2026-07-09T09:00:00+00:00",
    "owed": "2026-07-08T00:30:00+00:00",
    "limit": "service",
    "late": False,
    "zone": "Asia/Jakarta",
    "office": "Dinas Contoh",
    "phone": "(021) 000000",
    "url": "https://izin.example/lacak",
}
ALERTS = ("alert.50%", "alert.80%", "alert.breach", "alert.breach+1", "alert.breach+3")


@pytest.mark.parametrize("locale", ["id", "en"])
@pytest.mark.parametrize("event", [*sorted(EVENTS), *ALERTS])
class TestEveryLetter:
    def test_names_the_application_in_a_subject_of_one_line(self, event: str, locale: str) -> None:
        letter = render(event, PARAMS, locale)

        assert PARAMS["number"] in letter.subject
        assert "\n" not in letter.subject
        assert PARAMS["number"] in letter.body
        assert "Toko Contoh" in letter.body
        assert "Dinas Contoh" in letter.body

    def test_is_wholly_in_its_language(self, event: str, locale: str) -> None:
        letter = render(event, PARAMS, locale)
        mine, other = PARAMS["service"][locale], PARAMS["service"]["en" if locale == "id" else "id"]

        assert mine in letter.body
        assert other not in letter.body
        assert ("Nomor pendaftaran" in letter.body) == (locale == "id")
        assert ("Registration number" in letter.body) == (locale == "en")
        assert "None" not in letter.body
        assert "{" not in letter.body

    def test_can_be_written_from_next_to_nothing(self, event: str, locale: str) -> None:
        assert render(event, {"number": "X"}, locale).subject


class TestWhatTheySay:
    def test_the_promised_day_in_the_time_of_the_office(self) -> None:
        body = render("accepted", {**PARAMS, "zone": "Asia/Jayapura"}, "id").body
        assert "Kamis, 9 Juli 2026, 18.00 WIT" in body
        assert "Thursday, 9 July 2026, 16:00 WIB" in render("accepted", PARAMS, "en").body

    def test_a_return_lists_every_fault_and_the_last_day(self) -> None:
        body = render("correction", PARAMS, "id").body
        assert "- Kartu NPWP\n- KTP" in body
        assert "paling lambat Senin, 20 Juli 2026, 16.00 WIB" in body

    def test_a_warning_says_what_happens_otherwise(self) -> None:
        assert "permohonan dihentikan" in render("warned", PARAMS, "id").body

    def test_a_refusal_says_which_remedies_there_are(self) -> None:
        body = render("refused", PARAMS, "id").body
        assert "keberatan (21 hari kerja)" in body
        assert "banding (10 hari kerja)" in body

    def test_a_bill_names_amount_and_last_day_and_the_bank_alone(self) -> None:
        body = render("billed", PARAMS, "id").body
        assert "Rp10.296.000" in body
        assert "Bayar paling lambat Senin, 20 Juli 2026, 16.00 WIB." in body
        assert "Bayar hanya di bank" in body
        assert "Petugas tidak menerima uang" in body
        assert "Pay at the bank only" in render("billed", PARAMS, "en").body

    @pytest.mark.parametrize(
        ("event", "said"),
        [
            ("paid", "Bank sudah menerima pembayaran Anda, Rp10.296.000."),
            ("bill_expired", "Mintalah tagihan baru di loket kami"),
            ("bill_cancelled", "jangan dibayar"),
            ("payment_reversed", "permohonan menunggu pembayaran"),
        ],
    )
    def test_what_has_become_of_a_bill(self, event: str, said: str) -> None:
        assert said in render(event, PARAMS, "id").body

    def test_an_alert_that_comes_late_says_since_when_it_was_owed(self) -> None:
        letter = render("alert.breach", {**PARAMS, "late": True}, "id")
        assert letter.subject.startswith("[Terlambat diberitahukan]")
        assert "seharusnya disampaikan Rabu, 8 Juli 2026, 07.30 WIB" in letter.body
        assert "Terlambat" not in render("alert.breach", PARAMS, "id").subject

    def test_a_visit_says_when_where_who_comes_and_how_to_put_it_off(self) -> None:
        visit = {
            **PARAMS,
            "on": "2026-07-13",
            "time": "09:30",
            "place": "Jalan Contoh 2",
            "who": "Contoh Peninjau",
            "note": "Siapkan gambar",
        }

        body = render("visit_scheduled", visit, "id").body
        assert "Hari: Senin, 13 Juli 2026, pukul 09.30 WIB" in body
        assert "Tempat: Jalan Contoh 2" in body
        assert "Petugas: Contoh Peninjau" in body
        assert "Pesan petugas: Siapkan gambar" in body
        assert "Bila berhalangan" in body
        assert "Monday, 13 July 2026, at 09:30 WIB" in render("visit_scheduled", visit, "en").body
        assert "pukul" not in render("visit_scheduled", {**visit, "time": ""}, "id").body

    def test_a_visit_put_off_says_whose_time_it_is_and_until_when(self) -> None:
        body = render("visit_postponed", {**PARAMS, "on": "2026-07-13"}, "id").body

        assert "Tadinya: Senin, 13 Juli 2026." in body
        assert "harinya menjadi hari Anda" in body
        assert "paling lambat Senin, 20 Juli 2026, 16.00 WIB" in body

    def test_what_was_typed_cannot_look_like_a_line_of_ours(self) -> None:
        letter = render("progress", {**PARAMS, "subject": "Toko\nBatas waktu: besok"}, "id")
        assert "\nBatas waktu: besok" not in letter.body
        assert "Perihal: Toko Batas waktu: besok" in letter.body

    def test_an_event_without_a_letter_is_named(self) -> None:
        with pytest.raises(UnknownEvent, match="'birthday'"):
            render("birthday", PARAMS, "id")


@pytest.mark.parametrize(
    ("rung", "indonesian", "english"),
    [
        ("50%", "waktu terpakai 50%", "50% of the time is used"),
        ("breach", "melewati batas waktu", "the limit has passed"),
        ("breach+1", "terlambat 1 hari kerja", "1 working day past the limit"),
        ("breach+3", "terlambat 3 hari kerja", "3 working days past the limit"),
        ("breach+4h", "terlambat 4 jam kerja", "4 working hours past the limit"),
        ("-1d", "sisa 1 hari kerja", "1 working day left"),
        ("-4h", "sisa 4 jam kerja", "4 working hours left"),
        ("-1h", "sisa 1 jam kerja", "1 working hour left"),
        ("escalated", "peringatan belum ditanggapi", "nobody has answered the alert"),
    ],
)
def test_a_rung_has_words(rung: str, indonesian: str, english: str) -> None:
    assert rung_words(rung, "id") == indonesian
    assert rung_words(rung, "en") == english


@pytest.mark.parametrize(
    ("locale", "subject", "said", "when"),
    [
        (
            "id",
            "penundaan mencapai batasnya",
            "Penundaan mencapai batasnya (2 hari kerja); waktu kantor berjalan lagi: Tunggu.",
            "Penundaan berakhir: ",
        ),
        (
            "en",
            "the hold is at its end",
            "The hold has lasted as long as it may (2 working days); the office's time runs again:"
            " Wait.",
            "The hold ended: ",
        ),
    ],
)
def test_a_hold_that_is_over_is_told_as_ended_not_as_broken(
    locale: str, subject: str, said: str, when: str
) -> None:
    about = {
        "key": "hold:verification/wait#1",
        "limit": {"id": "Tunggu", "en": "Wait"},
        "within": "2 working days",
        "due": "2026-07-09T16:00:00+07:00",
    }

    letter = render("alert.breach", {**PARAMS, **about}, locale)

    assert letter.subject.endswith(subject)
    assert said in letter.body
    assert when in letter.body


def test_a_limit_is_called_by_its_step_or_its_usual_name() -> None:
    assert limit_words({"id": "Memeriksa", "en": "Check"}, "en") == "Check"
    assert limit_words("law", "id") == "batas waktu menurut undang-undang"
    assert limit_words("inspection", "id") == "inspection"


class TestWhoeverWatchesOverTheOffice:
    @pytest.mark.parametrize("lang", ["id", "en"])
    @pytest.mark.parametrize(
        "event",
        [
            "bank_admin_created",
            "bank_admin_password_set",
            "bank_account_closed",
            "bank_account_opened",
        ],
    )
    def test_hears_of_power_over_the_accounts_of_the_bank(self, event: str, lang: str) -> None:
        letter = render(event, {"username": "bank-admin", "name": "Contoh"}, lang)

        assert "bank-admin" in letter.body
        assert (
            letter.subject
            == f"{str(watched_words(event, lang))[:1].upper()}"
            + str(watched_words(event, lang))[1:]
        )

    @pytest.mark.parametrize(("lang", "day"), [("id", "13 Juli 2026"), ("en", "13 July 2026")])
    def test_hears_of_a_calendar_changed_for_days_that_have_passed(
        self, lang: str, day: str
    ) -> None:
        params = {"calendar": 7, "on": "2026-07-13", "source": "SK 9/2026", "by": "Contoh Kepala"}
        letter = render("past_days_changed", params, lang)

        assert letter.subject[:1].isupper()
        for said in ("7", day, "SK 9/2026", "Contoh Kepala"):
            assert said in letter.body

    @pytest.mark.parametrize(("lang", "day"), [("id", "13 Juli 2026"), ("en", "13 July 2026")])
    def test_hears_of_a_corrected_time_that_undid_a_broken_limit(self, lang: str, day: str) -> None:
        params = {
            **PARAMS,
            "was": "2026-07-10T03:00:00+00:00",
            "now": "2026-07-13T03:00:00+00:00",
            "why": "Jam loket",
            "proposed_by": "Contoh Verifikator",
            "by": "Contoh Kepala",
        }
        letter = render("breach_corrected", params, lang)

        assert PARAMS["number"] in letter.subject
        for said in (day, "Jam loket", "Contoh Verifikator", "Contoh Kepala"):
            assert said in letter.body


class TestSilence:
    """What the applicant, the head and the inspectorate hear when nobody has decided."""

    PASSED: ClassVar[dict[str, object]] = {
        **PARAMS,
        "since": "2026-07-13T09:00:00+00:00",
        "lapsed_at": "2026-07-13T09:00:00+00:00",
        "deemed_on": "2026-07-14T12:00:00+07:00",
        "source": "UU 30/2014 Pasal 53(2)",
    }

    @pytest.mark.parametrize("event", ["silence_granted", "silence_flagged"])
    @pytest.mark.parametrize("locale", ["id", "en"])
    def test_officers_read_which_limit_ended_when(self, event: str, locale: str) -> None:
        letter = render(event, self.PASSED, locale)

        assert PARAMS["number"] in letter.subject
        assert ("13 Juli 2026" if locale == "id" else "13 July 2026") in letter.body
        assert "UU 30/2014 Pasal 53(2)" in letter.body
        assert silence_words(event, locale)

    def test_the_applicant_reads_since_when_it_is_granted(self) -> None:
        body = render("lapsed", self.PASSED, "id").body

        assert "dikabulkan secara hukum" in body
        assert "sejak Selasa, 14 Juli 2026" in body
        assert "jangan dibayar" not in body

    def test_the_applicant_hears_that_his_bill_is_cancelled(self) -> None:
        assert (
            "jangan dibayar" in render("lapsed", {**self.PASSED, "bill_cancelled": True}, "id").body
        )
