"""`/berkas/<id>`: what is shown of a file, marked on its papers and pressed."""

from __future__ import annotations

import io
from collections.abc import Callable
from uuid import UUID

import pytest
from flask.testing import FlaskClient
from PIL import Image

from licensing.people import Officer
from tests.factories import COLLECTOR, House, make_applicant
from tests.web.office import statements

Browser = Callable[[Officer | None], FlaskClient]


def state(house: House, application: UUID) -> dict[str, str]:
    """Return what a page shown now carries back."""
    row = house.row(application)
    return {"seen_version": str(row.version), "seen_seq": str(row.last_seq)}


def marks(house: House, application: UUID, mark: str) -> dict[str, str]:
    """Return the marks of a page on which every paper that is there was marked alike."""
    papers = house.papers(application)
    return {f"mark_{name}": mark for name in papers} | {f"note_{name}": "" for name in papers}


def png() -> bytes:
    written = io.BytesIO()
    Image.new("RGB", (4, 4)).save(written, "PNG")
    return written.getvalue()


class TestWhatIsShown:
    @pytest.mark.parametrize(
        "step",
        ["intake", "completion", "verification", "correction", "signature", "refusal",
         "handover", "issued", "refused", "withdrawn"],
    )  # fmt: skip
    def test_a_file_can_be_read_at_every_step_by_everybody_who_may(
        self, house: House, browser_of: Browser, step: str
    ) -> None:
        application = house.application(step, business_name="Toko Terbaca")
        people = house.people

        for officer in (people.clerk, people.verifier, people.head, people.supervisor,
                        people.inspectorate, people.ombudsman):  # fmt: skip
            page = browser_of(officer).get(f"/berkas/{application}")
            assert page.status_code == 200
            assert page.text.count("<h1") == 1
            assert "Toko Terbaca" in page.text

    def test_the_ledger_of_an_ended_file_keeps_its_sum(
        self, house: House, browser_of: Browser
    ) -> None:
        application = house.application("issued")

        page = browser_of(house.people.head).get(f"/berkas/{application}").text

        assert "Terpakai 0 dari 3 hari kerja" in page

    def test_costs_at_most_six_statements(self, house: House, browser_of: Browser) -> None:
        application = house.application("verification")
        browser = browser_of(house.people.verifier)
        browser.get(f"/berkas/{application}")

        with statements(house.runtime.db) as sent:  # type: ignore[arg-type]
            browser.get(f"/berkas/{application}")

        assert len([one for one in sent if "SAVEPOINT" not in one]) <= 6, "\n---\n".join(sent)

    def test_a_file_of_nobody_is_not_found(self, house: House, browser_of: Browser) -> None:
        address = "/berkas/00000000-0000-0000-0000-000000000001"

        assert browser_of(house.people.clerk).get(address).status_code == 404

    def test_the_inspectorate_is_offered_nothing_to_press(
        self, house: House, browser_of: Browser
    ) -> None:
        application = house.application("verification")

        page = browser_of(house.people.inspectorate).get(f"/berkas/{application}").text

        for button in ("Setujui", "Ambil berkas", "Tampilkan NIK", "Alihkan kepada", "Unggah"):
            assert button not in page


class TestTheIdentityNumber:
    def test_is_masked_and_opened_only_on_demand_with_a_trace(
        self, house: House, browser_of: Browser
    ) -> None:
        applicant = make_applicant(77)
        application = house.application("verification", applicant=applicant)
        browser = browser_of(house.people.verifier)

        assert applicant.nik not in browser.get(f"/berkas/{application}").text
        opened = browser.post(f"/berkas/{application}/nik")

        assert applicant.nik in opened.text
        assert "no-store" in opened.headers["Cache-Control"]
        assert applicant.nik not in browser.get(f"/berkas/{application}").text
        assert house.history(application)[-1] == "nik_shown"
        assert "NIK dibuka" in browser.get(f"/berkas/{application}").text

    def test_is_not_opened_by_who_only_reads(self, house: House, browser_of: Browser) -> None:
        application = house.application("verification")

        answer = browser_of(house.people.inspectorate).post(f"/berkas/{application}/nik")

        assert answer.status_code == 403
        assert "nik_shown" not in house.history(application)

    def test_leaves_the_file_as_it_was(self, house: House, browser_of: Browser) -> None:
        application = house.application("verification")
        house.judge_all(application)
        before = state(house, application)["seen_version"]
        browser_of(house.people.clerk).post(f"/berkas/{application}/nik")

        assert state(house, application)["seen_version"] == before
        house.press("approve", application, by=house.people.verifier)
        assert house.row(application).step == "signature"

    def test_can_be_opened_of_an_ended_file(self, house: House, browser_of: Browser) -> None:
        application = house.application("issued")

        answer = browser_of(house.people.clerk).post(f"/berkas/{application}/nik")

        assert answer.status_code == 200


class TestMarksAndPresses:
    def test_one_press_keeps_the_marks_and_moves_the_file(
        self, house: House, browser_of: Browser
    ) -> None:
        application = house.application("verification")

        answer = browser_of(house.people.verifier).post(
            f"/berkas/{application}/tindakan",
            data={
                **state(house, application),
                **marks(house, application, "correct"),
                "action": "approve",
            },
        )

        assert answer.status_code == 303
        assert house.row(application).step == "signature"

    def test_the_counter_checks_and_accepts_in_one_press(
        self, house: House, browser_of: Browser
    ) -> None:
        application = house.application("intake")

        answer = browser_of(house.people.clerk).post(
            f"/berkas/{application}/tindakan",
            data={
                **state(house, application),
                **marks(house, application, "received"),
                "action": "accept",
            },
        )

        assert answer.status_code == 303
        assert house.row(application).step == "verification"

    def test_a_press_too_early_says_which_papers_are_missing_and_keeps_the_marks(
        self, house: House, browser_of: Browser
    ) -> None:
        application = house.application("verification")

        answer = browser_of(house.people.verifier).post(
            f"/berkas/{application}/tindakan",
            data={**state(house, application), "mark_ktp": "correct", "action": "approve"},
        )

        assert answer.status_code == 422
        assert "Kartu NPWP: </a>" in answer.text or 'href="#f-paper_npwp"' in answer.text
        assert 'href="#f-paper_ktp"' not in answer.text
        assert house.rows(
            "SELECT verdict FROM paper WHERE application_id = %(id)s AND name = 'ktp'",
            id=application,
        )[0].verdict == "correct"  # fmt: skip
        assert house.row(application).step == "verification"

    def test_a_fault_without_words_is_refused_at_its_paper_with_what_was_typed(
        self, house: House, browser_of: Browser
    ) -> None:
        application = house.application("verification")

        answer = browser_of(house.people.verifier).post(
            f"/berkas/{application}/tindakan",
            data={
                **state(house, application),
                "mark_ktp": "faulty",
                "note_ktp": "",
                "mark_npwp": "faulty",
                "note_npwp": "Buram sekali",
                "action": "",
            },
        )

        assert answer.status_code == 422
        assert 'href="#f-paper_ktp"' in answer.text
        assert "Buram sekali" in answer.text
        assert 'id="m-ktp-faulty" checked' in answer.text

    def test_a_return_shows_the_list_before_it_is_sent(
        self, house: House, browser_of: Browser
    ) -> None:
        application = house.application("verification")
        browser = browser_of(house.people.verifier)
        data = {
            **state(house, application),
            **marks(house, application, "correct"),
            "mark_ktp": "faulty",
            "note_ktp": "Nomor tidak terbaca",
            "action": "return_for_correction",
        }

        asked = browser.post(f"/berkas/{application}/tindakan", data=data, follow_redirects=True)
        assert house.row(application).step == "verification"
        assert "1 dokumen disebut dalam surat" in asked.text
        assert "Nomor tidak terbaca" in asked.text

        sent = browser.post(
            f"/berkas/{application}/tindakan",
            data={
                **state(house, application),
                "action": "return_for_correction",
                "confirmed": "true",
            },
        )
        assert sent.status_code == 303
        assert house.row(application).step == "correction"

    def test_a_refusal_asks_first_and_needs_its_reason(
        self, house: House, browser_of: Browser
    ) -> None:
        application = house.application("refusal")
        browser = browser_of(house.people.head)
        data = {**state(house, application), "action": "refuse"}

        asked = browser.post(f"/berkas/{application}/tindakan", data=data, follow_redirects=True)
        assert "tidak dapat dibatalkan" in asked.text
        assert house.row(application).outcome is None

        bare = browser.post(f"/berkas/{application}/tindakan", data={**data, "confirmed": "true"})
        assert bare.status_code == 422
        assert "Tulis alasannya" in bare.text

        long = browser.post(
            f"/berkas/{application}/tindakan",
            data={**data, "confirmed": "true", "reason": "a" * 2_001},
        )
        assert long.status_code == 422
        assert "a" * 2_001 in long.text

        done = browser.post(
            f"/berkas/{application}/tindakan",
            data={**data, "confirmed": "true", "reason": "Usaha tidak sesuai"},
        )
        assert done.status_code == 303
        assert house.row(application).outcome == "refused"

    def test_a_handover_names_who_collected(self, house: House, browser_of: Browser) -> None:
        application = house.application("handover")
        browser = browser_of(house.people.clerk)
        data = {**state(house, application), "action": "hand_over", "confirmed": "true"}

        bare = browser.post(
            f"/berkas/{application}/tindakan", data={**data, "collector_name": "Budi"}
        )
        assert bare.status_code == 422
        assert 'value="Budi"' in bare.text
        assert 'href="#f-collector_identity"' in bare.text

        done = browser.post(f"/berkas/{application}/tindakan", data={**data, **COLLECTOR})
        assert done.status_code == 303
        assert house.row(application).outcome == "granted"
        page = browser.get(f"/berkas/{application}").text
        assert COLLECTOR["collector_name"] in page

    def test_who_checked_is_told_that_somebody_else_must_sign(
        self, house: House, browser_of: Browser
    ) -> None:
        application = house.application("verification")
        house.judge_all(application, by=house.people.everybody)
        house.press("approve", application, by=house.people.everybody)

        answer = browser_of(house.people.everybody).post(
            f"/berkas/{application}/tindakan",
            data={**state(house, application), "action": "sign", "confirmed": "true"},
        )

        assert answer.status_code == 403
        assert "Mintalah rekan lain" in answer.text
        assert house.row(application).step == "signature"

    @pytest.mark.parametrize(
        ("data", "status"),
        [
            ({"action": "approve"}, 400),
            ({"action": "approve", "seen_version": "satu"}, 400),
            ({"action": "APPROVE; DROP", "seen_version": "1"}, 400),
            ({"action": "a\x00b", "seen_version": "1"}, 400),
        ],
    )
    def test_a_form_that_no_page_has_sent_is_refused(
        self, house: House, browser_of: Browser, data: dict[str, str], status: int
    ) -> None:
        application = house.application("verification")

        answer = browser_of(house.people.verifier).post(
            f"/berkas/{application}/tindakan", data=data
        )

        assert answer.status_code == status

    def test_an_action_the_step_does_not_know_is_refused(
        self, house: House, browser_of: Browser
    ) -> None:
        application = house.application("verification")

        answer = browser_of(house.people.verifier).post(
            f"/berkas/{application}/tindakan",
            data={**state(house, application), "action": "hand_over"},
        )

        assert answer.status_code == 409
        assert house.row(application).step == "verification"

    def test_an_action_of_another_lane_is_refused(self, house: House, browser_of: Browser) -> None:
        application = house.application("signature")

        answer = browser_of(house.people.verifier).post(
            f"/berkas/{application}/tindakan",
            data={**state(house, application), "action": "sign", "confirmed": "true"},
        )

        assert answer.status_code == 403
        assert house.row(application).step == "signature"


class TestALatePress:
    def test_is_told_who_changed_the_file_and_keeps_what_was_typed(
        self, house: House, browser_of: Browser
    ) -> None:
        application = house.application("refusal")
        old = state(house, application)
        house.press("reject_proposal", application, by=house.people.head, reason="Periksa ulang")

        answer = browser_of(house.people.head).post(
            f"/berkas/{application}/tindakan",
            data={**old, "action": "refuse", "confirmed": "true", "reason": "Alasan panjang saya"},
        )

        assert answer.status_code == 409
        assert house.people.head.name in answer.text
        assert "Kembalikan usul penolakan" in answer.text
        assert "Alasan panjang saya" in answer.text
        assert house.row(application).step == "verification"

    def test_offers_the_same_action_again_where_it_still_is(
        self, house: House, browser_of: Browser
    ) -> None:
        application = house.application("verification")
        old = state(house, application)
        house.judge_all(application)

        answer = browser_of(house.people.verifier).post(
            f"/berkas/{application}/tindakan",
            data={**old, "action": "propose_refusal", "confirmed": "true", "reason": "Tetap ini"},
        )

        assert answer.status_code == 409
        assert "Tetap ini</textarea>" in answer.text
        fresh = state(house, application)["seen_version"]
        assert f'name="seen_version" value="{fresh}"' in answer.text

    def test_a_second_press_of_the_same_button_is_answered_kindly(
        self, house: House, browser_of: Browser
    ) -> None:
        application = house.application("verification")
        house.judge_all(application)
        browser = browser_of(house.people.verifier)
        data = {**state(house, application), "action": "approve"}

        first = browser.post(f"/berkas/{application}/tindakan", data=data)
        second = browser.post(f"/berkas/{application}/tindakan", data=data, follow_redirects=True)

        assert first.status_code == 303
        assert second.status_code == 200
        assert "Sudah tercatat" in second.text
        assert house.history(application).count("approve") == 1

    def test_a_colleague_who_took_the_file_meanwhile_is_named(
        self, house: House, browser_of: Browser
    ) -> None:
        application = house.application("verification")
        house.judge_all(application)
        old = state(house, application)
        browser_of(house.people.second_verifier).post(f"/berkas/{application}/ambil")

        answer = browser_of(house.people.verifier).post(
            f"/berkas/{application}/tindakan", data={**old, "action": "approve"}
        )

        assert answer.status_code == 409
        assert house.people.second_verifier.name in answer.text


class TestWhoHoldsAFile:
    def test_taking_twice_by_two_people_names_the_first(
        self, house: House, browser_of: Browser
    ) -> None:
        application = house.application("verification")
        browser_of(house.people.verifier).post(f"/berkas/{application}/ambil")

        answer = browser_of(house.people.second_verifier).post(
            f"/berkas/{application}/ambil", follow_redirects=True
        )

        assert "sudah dipegang rekan lain" in answer.text
        assert f"dipegang {house.people.verifier.name}" in answer.text

    def test_a_file_is_handed_back_to_the_pool(self, house: House, browser_of: Browser) -> None:
        application = house.application("verification")
        browser = browser_of(house.people.verifier)
        browser.post(f"/berkas/{application}/ambil")

        browser.post(f"/berkas/{application}/lepas")

        assert house.row(application).holder_id is None

    def test_a_supervisor_gives_it_to_another_with_a_reason(
        self, house: House, browser_of: Browser
    ) -> None:
        application = house.application("verification")
        browser = browser_of(house.people.supervisor)
        second = house.people.second_verifier

        bare = browser.post(f"/berkas/{application}/alihkan", data={"to": str(second.id)})
        assert bare.status_code == 422
        assert f'value="{second.id}" selected' in bare.text

        done = browser.post(
            f"/berkas/{application}/alihkan",
            data={"to": str(second.id), "reason_reassign": "Rekan cuti"},
        )
        assert done.status_code == 303
        assert house.row(application).holder_id == second.id
        assert "Rekan cuti" in browser.get(f"/berkas/{application}").text

    def test_it_is_given_only_to_who_works_in_the_lane(
        self, house: House, browser_of: Browser
    ) -> None:
        application = house.application("verification")

        answer = browser_of(house.people.supervisor).post(
            f"/berkas/{application}/alihkan",
            data={"to": str(house.people.clerk.id), "reason_reassign": "Salah orang"},
        )

        assert answer.status_code == 422
        assert house.row(application).holder_id is None


class TestScans:
    def test_a_scan_is_kept_and_shown_in_the_browser(
        self, house: House, browser_of: Browser
    ) -> None:
        application = house.application("intake")
        browser = browser_of(house.people.clerk)
        content = png()

        sent = browser.post(
            f"/berkas/{application}/pindaian",
            data={"paper": "ktp", "scan": (io.BytesIO(content), "ktp.png")},
        )
        assert sent.status_code == 303
        page = browser.get(f"/berkas/{application}").text
        address = f"/berkas/{application}/pindaian/"
        file_id = page.partition(address)[2].partition("/")[0]
        shown = browser.get(address + file_id)

        assert shown.data == content
        assert shown.mimetype == "image/png"
        assert shown.headers["Content-Disposition"].startswith("inline")
        assert shown.headers["X-Content-Type-Options"] == "nosniff"

    def test_nothing_is_added_to_a_file_that_has_ended(
        self, house: House, browser_of: Browser
    ) -> None:
        application = house.application("refused")

        answer = browser_of(house.people.clerk).post(
            f"/berkas/{application}/pindaian",
            data={"paper": "ktp", "scan": (io.BytesIO(png()), "ktp.png")},
            follow_redirects=True,
        )

        assert "Berkas ini sudah selesai." in answer.text
        assert not house.rows("SELECT 1 FROM paper_file")

    @pytest.mark.parametrize(
        ("content", "said"),
        [
            (b"", "kosong"),
            (b"MZ not a scan at all", "tidak diterima"),
            (b"x" * (10 * 1024 * 1024 + 1), "lebih besar dari 10 MB"),
        ],
    )
    def test_what_is_no_scan_is_refused_in_words(
        self, house: House, browser_of: Browser, content: bytes, said: str
    ) -> None:
        application = house.application("intake")

        # Written by hand: the test client would keep a large form in a file it never closes.
        body = b"\r\n".join(
            (
                b"--batas",
                b'Content-Disposition: form-data; name="paper"',
                b"",
                b"ktp",
                b"--batas",
                b'Content-Disposition: form-data; name="scan"; filename="ktp.exe"',
                b"",
                content,
                b"--batas--",
                b"",
            )
        )

        answer = browser_of(house.people.clerk).post(
            f"/berkas/{application}/pindaian",
            data=body,
            content_type="multipart/form-data; boundary=batas",
        )

        assert answer.status_code == 422
        assert said in answer.text

    @pytest.mark.parametrize("paper", ["", "tidak_ada", "KTP'"])
    def test_a_paper_nobody_asked_for_is_refused(
        self, house: House, browser_of: Browser, paper: str
    ) -> None:
        application = house.application("intake")

        answer = browser_of(house.people.clerk).post(
            f"/berkas/{application}/pindaian",
            data={"paper": paper, "scan": (io.BytesIO(png()), "ktp.png")},
        )

        assert answer.status_code == 422

    def test_a_scan_is_found_only_with_its_own_file(
        self, house: House, browser_of: Browser
    ) -> None:
        application, other = house.application("intake"), house.application("intake")
        browser = browser_of(house.people.clerk)
        browser.post(
            f"/berkas/{application}/pindaian",
            data={"paper": "ktp", "scan": (io.BytesIO(png()), "ktp.png")},
        )
        found = house.rows("SELECT id FROM paper_file")[0].id

        assert browser.get(f"/berkas/{other}/pindaian/{found}").status_code == 404
