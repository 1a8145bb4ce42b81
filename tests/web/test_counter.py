"""The counter: one form, three outcomes, drafts that survive, and a page that fits its costs."""

from __future__ import annotations

import re
from collections.abc import Callable
from uuid import uuid4

import pytest
from flask.testing import FlaskClient

from licensing.services.sops import publish_sop
from tests.factories import House
from tests.web.office import signed_in, statements
from workflows.definitions import text_of

NIK = "9999990101900042"
PAPERS = ("sp_siup", "ktp", "npwp", "neraca", "domisili", "pasfoto")
TYPED = {
    "variant_purpose": "new",
    "variant_legal_form": "perorangan",
    "applicant_kind": "person",
    "applicant_nik": NIK,
    "applicant_name": "Contoh Pemohon",
    "applicant_phone": "081200000900",
    "applicant_address": "Jalan Contoh 3",
    "applicant_npwp": "091234567012000",
    "applicant_locale": "id",
    "field_business_name": "Toko Contoh",
    "field_business_address": "Jalan Contoh 2",
    "field_net_worth": "75.000.000",
    "field_institution": "pengecer",
    "field_kbli": "47111",
    "field_main_goods": "Bahan pokok",
    "field_responsible_name": "Contoh Pemilik",
    "field_responsible_title": "Pemilik",
}
ALL_THERE = {f"paper_{name}": "ada" for name in PAPERS}


def typed(task: str, form_id: object = None, **changes: str) -> dict[str, str]:
    """Return a whole form with what differs; an empty text is a field left empty."""
    return TYPED | {"draf": str(form_id or uuid4()), "tindakan": task} | changes


def post(client: FlaskClient, form: dict[str, str]):
    return client.post("/loket/baru/siup", data=form)


@pytest.fixture
def counter(house: House, browser_of: Callable[..., FlaskClient]) -> FlaskClient:
    return browser_of(house.people.clerk)


def only_application(house: House):
    (row,) = house.rows("SELECT application_id AS id, number FROM dossier")
    return row


class TestTakingAFileIn:
    def test_accepts_a_complete_file_and_shows_number_date_and_code(self, house, counter):
        answer = post(counter, typed("terima", **ALL_THERE))

        row = only_application(house)
        assert (answer.status_code, answer.location) == (303, f"/loket/selesai/{row.id}")
        assert house.history(row.id) == ["file", "accept"]
        assert house.row(row.id).step == "verification"
        page = counter.get(answer.location).text
        assert row.number in page
        assert "Selesai paling lambat" in page
        assert re.search(r"\b[A-Z2-9]{4}-[A-Z2-9]{4}\b", page)
        assert f"/berkas/{row.id}/tanda-terima.pdf" in page

    def test_keeps_an_unchecked_file_as_filed_and_accepts_nothing(self, house, counter):
        answer = post(counter, typed("simpan", paper_ktp="ada"))

        row = only_application(house)
        assert house.history(row.id) == ["file"]
        assert house.papers(row.id)["ktp"] == "received"
        assert house.papers(row.id)["npwp"] == "unchecked"
        assert "belum diperiksa lengkap" in counter.get(answer.location).text

    def test_gives_back_what_lacks_something_with_the_whole_list_and_its_letter(
        self, house, counter
    ):
        marks = ALL_THERE | {"paper_npwp": "tidak_ada", "paper_neraca": "kurang"}
        marks["paper_neraca_note"] = "Belum ditandatangani"

        answer = post(counter, typed("kembalikan", alasan="Lengkapi bersama-sama.", **marks))

        row = only_application(house)
        assert house.history(row.id) == ["file", "return_incomplete"]
        assert house.row(row.id).step == "completion"
        page = counter.get(answer.location).text
        assert "Belum ditandatangani" in page
        assert "Dilengkapi paling lambat" in page
        assert f"/berkas/{row.id}/surat-pengembalian.pdf" in page
        assert counter.get(f"/berkas/{row.id}/surat-pengembalian.pdf").data[:4] == b"%PDF"

    def test_pressed_twice_files_once(self, house, counter):
        form = typed("terima", **ALL_THERE)

        first, second = post(counter, form), post(counter, form)

        assert first.location == second.location
        assert house.history(only_application(house).id) == ["file", "accept"]

    def test_goes_on_where_the_first_press_broke_off_after_filing(self, house, counter):
        form_id = uuid4()
        house.file(
            once_key=str(form_id),
            papers=dict.fromkeys(PAPERS, ("received", "")),
        )

        answer = post(counter, typed("terima", form_id, **ALL_THERE))

        row = only_application(house)
        assert answer.location == f"/loket/selesai/{row.id}"
        assert house.history(row.id) == ["file", "accept"]

    def test_a_refusal_after_filing_leads_to_the_file_and_says_why(self, house, counter):
        form_id = uuid4()
        house.file(once_key=str(form_id))

        answer = post(counter, typed("terima", form_id, **ALL_THERE))

        row = only_application(house)
        assert answer.location == f"/berkas/{row.id}"
        with counter.session_transaction() as session:
            ((kind, said),) = session["_flashes"]
        assert kind == "lewat"
        assert row.number in said

    @pytest.mark.parametrize(
        ("field", "kind"),
        [("phone", "applicant_phone"), ("npwp", "applicant_npwp")],
    )
    def test_a_required_number_left_empty_is_the_applicants(self, house, counter, field, kind):
        post(counter, typed("terima", **ALL_THERE))

        (row,) = house.rows("SELECT fields FROM dossier")
        assert row.fields[field]
        assert TYPED[kind].lstrip("0") in row.fields[field].replace("+62", "")

    def test_a_proxy_is_kept_with_the_date_of_his_letter(self, house, counter):
        proxy = {
            "kuasa": "ya",
            "proxy_name": "Contoh Kuasa",
            "proxy_nik": "9999990202900007",
            "proxy_letter_on": "2026-01-05",
        }

        post(counter, typed("terima", **ALL_THERE, **proxy))

        (row,) = house.rows("SELECT proxy FROM dossier")
        assert (row.proxy["name"], row.proxy["letter_on"]) == ("Contoh Kuasa", "2026-01-05")
        assert "9999990202900007" not in str(row.proxy)


class TestARefusedForm:
    def test_says_every_fault_at_its_field_at_once_and_keeps_what_was_typed(self, house, counter):
        form = typed(
            "terima",
            applicant_nik="99999901019",
            applicant_phone="",
            field_kbli="471",
            field_business_name="Toko <b>Contoh</b>",
            paper_ktp="ada",
            paper_npwp="kurang",
            kuasa="ya",
            proxy_name="Contoh Kuasa",
        )

        answer = post(counter, form)

        assert answer.status_code == 422
        page = answer.text
        for name in (
            "applicant_nik", "applicant_phone", "field_kbli", "proxy_nik", "proxy_letter_on",
            "paper_sp_siup", "paper_npwp_note",
        ):  # fmt: skip
            assert f'href="#f-{name}"' in page, name
        assert "NIK terdiri atas 16 angka." in page
        assert "Kode KBLI terdiri atas 5 angka" in page
        assert 'value="Toko &lt;b&gt;Contoh&lt;/b&gt;"' in page
        assert 'id="paper_ktp-ada" checked' in page
        assert house.rows("SELECT 1 FROM dossier") == []

    @pytest.mark.parametrize(
        ("task", "marks", "name", "said"),
        [
            ("terima", {}, "paper_ktp", "belum diperiksa"),
            ("terima", ALL_THERE | {"paper_ktp": "tidak_ada"}, "paper_ktp", "belum lengkap"),
            (
                "terima",
                ALL_THERE | {"paper_ktp": "kurang", "paper_ktp_note": "Buram"},
                "paper_ktp",
                "belum lengkap",
            ),
            ("kembalikan", ALL_THERE, "paper_sp_siup", "Tandai dulu dokumen yang kurang"),
            ("kembalikan", {"paper_ktp": "tidak_ada"}, "paper_npwp", "belum diperiksa"),
            ("simpan", {"paper_ktp": "kurang"}, "paper_ktp_note", "Tulis apa yang kurang"),
        ],
    )
    def test_asks_for_the_checklist_that_its_outcome_needs(
        self, house, counter, task, marks, name, said
    ):
        answer = post(counter, typed(task, **marks))

        assert answer.status_code == 422
        assert f'href="#f-{name}"' in answer.text
        assert said in answer.text
        assert house.rows("SELECT 1 FROM dossier") == []

    @pytest.mark.parametrize(
        ("changes", "said"),
        [
            ({"applicant_name": "a" * 201}, "terlalu panjang"),
            ({"applicant_address": "a" * 501}, "terlalu panjang"),
            ({"alasan": "a" * 2001}, "terlalu panjang"),
            ({"applicant_name": "Con\x00toh"}, "rusak di jalan"),
            ({"field_business_name": "Con\x00toh"}, "rusak di jalan"),
            ({"layanan": "x" * 5_000}, "Pilihan ini tidak ada"),
            ({"paper_ktp": "entah"}, "Pilihan ini tidak ada"),
            ({"variant_legal_form": "entah"}, "Pilihan ini tidak ada"),
            ({"field_institution": "entah"}, "Pilihan ini tidak ada"),
            ({"applicant_kind": "entah"}, "Pilih salah satu"),
        ],
    )
    def test_refuses_what_no_page_of_ours_sends(self, house, counter, changes, said):
        answer = post(counter, typed("simpan", **changes))

        assert answer.status_code == 422
        assert said in answer.text
        assert house.rows("SELECT 1 FROM dossier") == []

    def test_a_name_is_one_line_that_reads_in_one_direction(self, house, counter):
        typed_name = "Contoh\r\nBcc: lain@contoh.example \u202ehotnoC\u202c"

        post(counter, typed("simpan", applicant_name=typed_name))

        (row,) = house.rows("SELECT name FROM applicant")
        assert row.name == "Contoh Bcc: lain@contoh.example hotnoC"

    def test_three_hundred_fields_are_refused(self, counter):
        answer = post(counter, typed("simpan") | {f"x{n}": "1" for n in range(300)})

        assert answer.status_code == 422
        assert "lebih dari 200 isian" in answer.text

    def test_two_megabytes_are_refused(self, counter):
        answer = post(counter, typed("simpan", alasan="a" * 2_000_000))

        assert answer.status_code == 413
        assert "terlalu besar" in answer.text

    @pytest.mark.parametrize("form_id", ["", "entah"])
    def test_a_form_without_its_key_is_refused(self, counter, form_id):
        assert post(counter, TYPED | {"draf": form_id}).status_code == 400

    def test_an_unknown_service_is_not_found(self, counter):
        assert counter.get(f"/loket/baru/entah?draf={uuid4()}").status_code == 404


class TestTheForm:
    def test_asks_for_the_papers_and_fields_of_the_legal_form(self, counter):
        page = post(counter, typed("muat", variant_legal_form="pt")).text

        assert 'name="paper_akta_pendirian"' in page
        assert 'name="paper_akta_induk"' not in page

    def test_keeps_what_the_present_choice_does_not_ask_for(self, counter):
        page = post(counter, typed("muat", variant_purpose="replacement", paper_npwp="ada")).text

        assert '<input type="hidden" name="field_kbli" value="47111">' in page
        assert '<input type="hidden" name="paper_npwp" value="ada">' in page

    def test_promises_the_date_and_names_cost_basis_and_who_comes_next(self, house, counter):
        house.application("verification")

        page = counter.get(f"/loket/baru/siup?draf={uuid4()}").text

        assert "Bila lengkap sekarang, selesai" in page
        assert "3 hari kerja" in page
        assert "Tidak dipungut biaya" in page
        assert "SOP versi 1" in page
        assert re.search(r"Verifikator <span[^>]*>\(3 orang, 1 berkas\)", page)

    def test_fills_in_who_is_known_by_his_identity_number(self, house, counter):
        post(counter, typed("simpan", applicant_name="Contoh Lama"))

        page = post(counter, {"draf": str(uuid4()), "tindakan": "muat", "applicant_nik": NIK}).text

        assert "NIK dikenal: Contoh Lama" in page
        assert 'name="applicant_name" type="text" value="Contoh Lama"' in page

    def test_leaves_a_name_that_was_typed_alone(self, counter):
        post(counter, typed("simpan", applicant_name="Contoh Lama"))

        page = post(counter, typed("muat", applicant_name="PT Contoh Baru")).text

        assert 'value="PT Contoh Baru"' in page

    def test_warns_of_an_open_file_for_the_same_business(self, house, counter):
        post(counter, typed("simpan"))
        row = only_application(house)

        page = post(counter, typed("muat", applicant_nik="")).text

        assert "Mungkin ganda" in page
        assert f'href="/berkas/{row.id}"' in page

    def test_gets_its_key_into_its_address(self, counter):
        answer = counter.get("/loket/baru/siup")

        assert answer.status_code == 303
        assert re.search(r"\?draf=[0-9a-f-]{36}$", answer.location)

    def test_goes_to_another_service_with_what_was_typed(self, house, counter):
        publish_sop(
            house.runtime,
            house.office_id,
            text_of("siup").replace("sop: siup", "sop: siup_lain", 1),
            drafted_by=house.people.supervisor.id,
            published_by=house.people.head.id,
        )
        form_id = uuid4()

        answer = post(counter, typed("muat", form_id, layanan="siup_lain"))

        assert answer.location == f"/loket/baru/siup_lain?draf={form_id}"
        page = counter.get(answer.location).text
        assert '<option value="siup_lain" selected>' in page
        assert 'value="Toko Contoh"' in page

    def test_that_was_filed_leads_to_its_receipt(self, house, counter):
        form_id = uuid4()
        post(counter, typed("simpan", form_id))

        answer = counter.get(f"/loket/baru/siup?draf={form_id}")

        assert answer.location == f"/loket/selesai/{only_application(house).id}"


class TestDrafts:
    def test_are_kept_whatever_letters_are_in_them(self, house, counter):
        damaged = typed("muat", field_business_name="Toko\x00 Contoh")

        assert counter.post("/loket/baru/siup/draf", data=damaged).status_code == 200

        (row,) = house.rows("SELECT form FROM intake_draft")
        assert row.form["label"] == "Toko Contoh"

    @pytest.mark.parametrize("service", ["%00", "SIUP", "x" * 100])
    def test_are_of_a_service_that_could_have_such_a_name(self, house, counter, service):
        assert counter.post(f"/loket/baru/{service}/draf", data=typed("muat")).status_code == 404
        assert house.rows("SELECT 1 FROM intake_draft") == []

    def test_are_opened_again_as_they_were_typed_also_after_a_new_sign_in(
        self, house, office, counter
    ):
        form_id = uuid4()
        saved = counter.post("/loket/baru/siup/draf", data=typed("muat", form_id))

        page = signed_in(office, house.people.clerk).get(f"/loket/baru/siup?draf={form_id}").text

        assert saved.json["pukul"].endswith("WIB")
        assert 'value="Toko Contoh"' in page
        assert f'value="{NIK}"' in page

    def test_hide_what_was_typed_from_who_reads_the_database(self, house, counter):
        counter.post("/loket/baru/siup/draf", data=typed("muat"))

        (row,) = house.rows("SELECT form FROM intake_draft")
        assert row.form["label"] == "Toko Contoh"
        assert NIK not in str(row.form)

    def test_a_refused_form_is_one(self, counter):
        form_id = uuid4()
        post(counter, typed("terima", form_id))

        assert f"draf={form_id}" in counter.get("/loket").text

    def test_go_when_the_form_is_filed_and_do_not_come_back_with_a_late_save(self, house, counter):
        form_id = uuid4()
        counter.post("/loket/baru/siup/draf", data=typed("muat", form_id))
        post(counter, typed("simpan", form_id))

        late = counter.post("/loket/baru/siup/draf", data=typed("muat", form_id))

        assert late.json == {"pukul": None}
        assert house.rows("SELECT 1 FROM intake_draft") == []

    def test_of_somebody_else_are_neither_opened_nor_changed_nor_deleted(
        self, house, office, counter
    ):
        form_id = uuid4()
        counter.post("/loket/baru/siup/draf", data=typed("muat", form_id))
        other = signed_in(office, house.people.second_clerk)

        page = other.get(f"/loket/baru/siup?draf={form_id}").text
        assert "Draf ini milik Contoh Loket" in page
        assert NIK not in page
        other.post("/loket/baru/siup/draf", data=typed("muat", form_id, field_business_name="X"))
        other.post(f"/loket/draf/{form_id}/hapus")

        (row,) = house.rows("SELECT form, officer_id FROM intake_draft")
        assert (row.form["label"], row.officer_id) == ("Toko Contoh", house.people.clerk.id)

    def test_are_deleted_by_their_own_clerk(self, house, counter):
        form_id = uuid4()
        counter.post("/loket/baru/siup/draf", data=typed("muat", form_id))

        assert counter.post(f"/loket/draf/{form_id}/hapus").location == "/loket"

        assert house.rows("SELECT 1 FROM intake_draft") == []

    def test_that_can_no_longer_be_opened_are_said_to_be_lost(self, house, counter):
        form_id = uuid4()
        counter.post("/loket/baru/siup/draf", data=typed("muat", form_id))
        house.as_owner('UPDATE intake_draft SET form = \'{"sealed": "k0.xx", "label": "x"}\'')

        page = counter.get(f"/loket/baru/siup?draf={form_id}")

        assert page.status_code == 200
        assert "tidak dapat dibuka lagi" in page.text

    def test_saving_without_a_session_is_told_to_the_script(self, office):
        answer = office.test_client().post(
            "/loket/baru/siup/draf", data=typed("muat"), headers={"HX-Request": "true"}
        )

        assert answer.status_code == 401


class TestTheCountersPage:
    def test_counts_the_clerks_own_day_and_lists_each_file_once(self, house, counter):
        house.application("verification")
        house.application("completion")
        house.application("issued")

        page = counter.get("/loket").text

        for words, count in (("diterima", 2), ("kembali", 1), ("diserahkan", 1)):
            assert f"<dt>{words}</dt><dd>{count}</dd>" in page
        assert page.count('class="sp-2x">kembali<') == 1

    def test_shows_what_waits_in_its_three_places(self, house, counter):
        for step in ("intake", "handover", "completion", "correction", "verification"):
            house.application(step, business_name=f"Usaha {step}")

        page = counter.get("/loket").text

        places = re.split(r'id="antre-(\w+)"', page)
        found = dict(zip(places[1::2], places[2::2], strict=True))
        assert "Usaha intake" in found["intake"]
        assert "Usaha handover" in found["handover"]
        assert "Usaha completion" in found["applicant"]
        assert "Usaha correction" in found["applicant"]
        assert "Usaha verification" not in "".join(found.values())
        assert "1 berkas belum diperiksa, 1 siap diserahkan" in page

    def test_says_what_will_appear_where_nothing_is_yet(self, counter):
        page = counter.get("/loket").text

        assert "Berkas yang diajukan dan belum diperiksa tampil di sini." in page

    @pytest.mark.parametrize("other", ["verifier", "head", "teller", "supervisor"])
    def test_is_the_counters_alone(self, house, browser_of, other):
        assert browser_of(getattr(house.people, other)).get("/loket").status_code == 403


class TestSearching:
    def test_finds_a_file_by_the_beginning_of_its_business(self, house, counter):
        house.application("verification", business_name="Toko Melati")

        answer = counter.post("/loket/cari", data={"cari": "toko mel"}, follow_redirects=True)

        assert answer.request.args["cari"] == "toko mel"
        assert "Toko Melati" in answer.text

    def test_keeps_an_identity_number_out_of_the_address_and_masks_it(self, counter):
        post(counter, typed("simpan"))

        answer = counter.post("/loket/cari", data={"cari": NIK})

        assert answer.status_code == 200
        assert "999999******0042" in answer.text
        assert "Contoh Pemohon" in answer.text

    def test_does_not_search_for_an_identity_number_in_an_address(self, counter):
        post(counter, typed("simpan"))

        assert "Contoh Pemohon" not in counter.get(f"/loket?cari={NIK}").text

    @pytest.mark.parametrize(
        ("typed", "sought"),
        [
            ("https://contoh.example/lacak/REG-20261121-00042?k=ABCDEFGH", "REG-20261121-00042"),
            ("http://[/lacak/REG-1", "http://[/lacak/REG-1"),
            ("  REG-20261121-00042 ", "REG-20261121-00042"),
        ],
    )
    def test_reads_the_number_out_of_a_scanned_receipt_and_drops_its_code(
        self, counter, typed, sought
    ):
        answer = counter.post("/loket/cari", data={"cari": typed}, follow_redirects=True)

        assert answer.request.args["cari"] == sought

    def test_begins_a_form_for_who_was_found(self, house, counter):
        post(counter, typed("simpan"))
        (person,) = house.rows("SELECT id FROM applicant")

        answer = counter.post(
            "/loket/mulai", data={"layanan": "siup", "nik": NIK, "pemohon": str(person.id)}
        )

        assert NIK not in answer.location
        page = counter.get(answer.location).text
        assert f'value="{NIK}"' in page
        assert 'value="Contoh Pemohon"' in page

    def test_begins_a_form_for_a_number_nobody_knows(self, counter):
        answer = counter.post("/loket/mulai", data={"layanan": "siup", "nik": NIK})

        assert f'value="{NIK}"' in counter.get(answer.location).text


class TestWhatAPageCosts:
    @pytest.mark.parametrize(
        "path",
        ["/loket", "/loket?cari=toko", "/loket/baru/siup?draf={draft}", "/loket/selesai/{file}"],
    )
    def test_is_at_most_six_statements(self, house, counter, path):
        form_id = uuid4()
        counter.post("/loket/baru/siup/draf", data=typed("muat", form_id))
        file = house.application("handover")
        path = path.format(draft=form_id, file=file)
        counter.get(path)

        with statements(house.runtime.db) as sent:
            assert counter.get(path).status_code == 200

        assert len(sent) <= 6, sent
