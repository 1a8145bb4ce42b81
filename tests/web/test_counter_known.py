"""The counter knows: people by any of their numbers, colleagues' drafts, proxies, codes."""

from __future__ import annotations

from collections.abc import Callable
from io import BytesIO
from pathlib import Path
from uuid import UUID, uuid4

import pytest
from flask.testing import FlaskClient
from pypdf import PdfReader

from licensing.documents import render
from licensing.queries.letters import receipt
from licensing.reference_files import read_business_fields, read_regions
from licensing.services.file_application import ProxyForm
from licensing.services.queue import bind_ticket
from licensing.services.reference_import import import_business_fields, import_regions
from tests.bed import OwnerOf
from tests.factories import House
from tests.licensing.test_references import FIELDS, REGIONS
from tests.web.office import signed_in, statements
from tests.web.test_counter import ALL_THERE, NIK, only_application, post, typed

PROXY_NIK = "9999990202900007"
PROXY = {
    "kuasa": "ya",
    "proxy_name": "Contoh Kuasa",
    "proxy_nik": PROXY_NIK,
    "proxy_letter_on": "2026-01-05",
}
NIB = "1234567890123"


@pytest.fixture
def counter(house: House, browser_of: Callable[..., FlaskClient]) -> FlaskClient:
    return browser_of(house.people.clerk)


@pytest.fixture
def lists(owner_db: OwnerOf, tmp_path: Path) -> None:
    """Invented regions and fields, read in as an operator would."""
    regions, fields = tmp_path / "wilayah.csv", tmp_path / "kbli.csv"
    regions.write_text(REGIONS)
    fields.write_text(FIELDS)
    import_regions(owner_db, read_regions(regions))
    import_business_fields(owner_db, read_business_fields([fields]), "2020")
    fields.write_text("kode,judul\n47991,Eceran Menurut Edisi Baru\n")
    import_business_fields(owner_db, read_business_fields([fields]), "2025")


class TestSearching:
    @pytest.mark.parametrize(
        "wanted",
        [NIK, "0812-0000-0900", "+62 812 0000 0900", NIB, "contoh pem", "Contoh Pemohon"],
    )
    def test_finds_a_person_by_number_or_by_the_beginning_of_the_name(self, counter, wanted):
        post(counter, typed("simpan", applicant_nib=NIB))

        page = counter.post("/loket/cari", data={"cari": wanted}, follow_redirects=True).text

        assert "<b>Contoh Pemohon</b>" in page
        assert "999999******0042" in page
        assert NIK not in page.replace(f'value="{wanted}"', "") or wanted == NIK
        assert "Toko Contoh" in page

    @pytest.mark.parametrize("wanted", ["08120000090", "081200000901", "pemohon", "co"])
    def test_finds_nobody_by_a_part_of_a_number_or_the_middle_of_a_name(self, counter, wanted):
        post(counter, typed("simpan"))

        page = counter.post("/loket/cari", data={"cari": wanted}, follow_redirects=True).text

        assert "<b>Contoh Pemohon</b>" not in page

    def test_a_whole_registration_number_leads_to_its_file(self, house, counter):
        post(counter, typed("simpan"))
        row = only_application(house)

        for wanted in (row.number, row.number.lower(), f"https://x.example/lacak/{row.number}?k=A"):
            answer = counter.post("/loket/cari", data={"cari": wanted})
            assert (answer.status_code, answer.location) == (303, f"/berkas/{row.id}")

    def test_a_telephone_or_a_nib_that_nobody_has_begins_a_form_with_it(self, counter):
        for wanted, field in (("0812 0000 0777", "applicant_phone"), (NIB, "applicant_nib")):
            page = counter.post("/loket/cari", data={"cari": wanted}).text
            assert f'name="nik" value="{wanted}"' in page

            begun = counter.post("/loket/mulai", data={"layanan": "siup", "nik": wanted})

            form = counter.get(begun.location).text
            assert f'name="{field}" type="text" value="{wanted}"' in form

    def test_who_was_found_by_name_fills_the_form_in_and_that_is_recorded(self, house, counter):
        post(counter, typed("simpan"))
        (person,) = house.rows("SELECT id FROM applicant")

        begun = counter.post(
            "/loket/mulai", data={"layanan": "siup", "nik": "", "pemohon": str(person.id)}
        )

        page = counter.get(begun.location).text
        assert f'value="{NIK}"' in page
        assert 'value="Contoh Pemohon"' in page
        (event,) = house.rows("SELECT actor_id, action, subject FROM office_event"
                              " WHERE action = 'nik_filled_in'")  # fmt: skip
        assert (event.actor_id, event.subject) == (house.people.clerk.id, "Contoh Pemohon")

    def test_who_typed_the_number_is_not_recorded(self, house, counter):
        post(counter, typed("simpan"))
        (person,) = house.rows("SELECT id FROM applicant")

        counter.post("/loket/mulai", data={"layanan": "siup", "nik": NIK, "pemohon": person.id})

        assert house.rows("SELECT 1 FROM office_event WHERE action = 'nik_filled_in'") == []

    def test_nobody_of_that_key_is_not_found(self, counter):
        answer = counter.post("/loket/mulai", data={"layanan": "siup", "pemohon": str(uuid4())})

        assert answer.status_code == 404


class TestAColleaguesDraft:
    @pytest.fixture
    def left(self, counter: FlaskClient) -> str:
        """A form that the first clerk has left."""
        form_id = str(uuid4())
        counter.post("/loket/baru/siup/draf", data=typed("muat", form_id))
        return form_id

    @pytest.fixture
    def second(self, house: House, office) -> FlaskClient:
        return signed_in(office, house.people.second_clerk)

    def test_is_listed_with_whose_it_is(self, second, left):
        page = second.get("/loket").text

        assert "Draf rekan" in page
        assert "Contoh Loket · " in page
        assert f"/loket/baru/siup?draf={left}" in page

    def test_is_taken_over_whole_and_recorded(self, house, second, left):
        answer = second.post(f"/loket/draf/{left}/ambil")

        page = second.get(answer.location).text
        assert 'value="Toko Contoh"' in page
        assert f'value="{NIK}"' in page
        (event,) = house.rows("SELECT actor_id, detail FROM office_event"
                              " WHERE action = 'draft_taken_over'")  # fmt: skip
        assert event.actor_id == house.people.second_clerk.id
        assert event.detail["before"] == str(house.people.clerk.id)

    def test_is_not_kept_any_more_for_who_had_it_and_he_is_told(self, house, counter, second, left):
        second.post(f"/loket/draf/{left}/ambil")

        late = counter.post(
            "/loket/baru/siup/draf", data=typed("muat", left, field_business_name="Toko Lain")
        )

        assert late.json == {"pukul": None}
        (row,) = house.rows("SELECT form, officer_id FROM intake_draft")
        assert row.form["label"] == "Toko Contoh"
        assert row.officer_id == house.people.second_clerk.id

    def test_taken_over_twice_is_recorded_once(self, house, second, left):
        for _ in range(2):
            assert second.post(f"/loket/draf/{left}/ambil").status_code == 303

        assert len(house.rows("SELECT 1 FROM office_event WHERE action = 'draft_taken_over'")) == 1

    def test_is_gone_once_the_form_was_filed_by_whom_ever(self, house, counter, second, left):
        post(second, typed("simpan", left))

        assert house.rows("SELECT 1 FROM intake_draft") == []
        assert second.post(f"/loket/draf/{left}/ambil").location == "/loket"
        assert "/loket/selesai/" in counter.get(f"/loket/baru/siup?draf={left}").location

    @pytest.mark.parametrize("who", ["verifier", "supervisor"])
    def test_is_the_counters_alone(self, house, office, left, who):
        other = signed_in(office, getattr(house.people, who))

        assert other.post(f"/loket/draf/{left}/ambil").status_code == 403


class TestTheThreeOutcomes:
    def test_accepted_with_a_note_it_stands_on_the_page_and_on_both_receipts(self, house, counter):
        answer = post(counter, typed("terima_catatan", alasan="Bawa asli KTP.", **ALL_THERE))

        row = only_application(house)
        assert house.history(row.id) == ["file", "accept"]
        page = counter.get(answer.location).text
        assert "Berkas diterima dengan catatan" in page
        assert "Bawa asli KTP." in page
        paper = receipt(house.runtime, row.id, house.people.clerk, reprint=False)
        assert paper.note == "Bawa asli KTP."

    def test_a_note_is_asked_for_where_there_is_none(self, house, counter):
        answer = post(counter, typed("terima_catatan", **ALL_THERE))

        assert answer.status_code == 422
        assert 'href="#f-alasan"' in answer.text
        assert house.rows("SELECT 1 FROM dossier") == []

    def test_a_note_does_not_replace_a_missing_paper(self, counter):
        marks = ALL_THERE | {"paper_ktp": "tidak_ada"}

        answer = post(counter, typed("terima_catatan", alasan="Menyusul.", **marks))

        assert answer.status_code == 422
        assert 'href="#f-paper_ktp"' in answer.text

    def test_the_receipt_is_printed_narrow_and_a_reprint_says_so(self, house, counter):
        post(counter, typed("terima", **ALL_THERE))
        row = only_application(house)

        narrow = counter.get(f"/berkas/{row.id}/tanda-terima.pdf?kertas=80")
        again = counter.post(f"/berkas/{row.id}/tanda-terima/ulang")

        assert narrow.data[:4] == b"%PDF"
        assert narrow.data != counter.get(f"/berkas/{row.id}/tanda-terima.pdf").data
        assert again.location == f"/berkas/{row.id}/tanda-terima.pdf?ulang=1"
        assert house.history(row.id)[-1] == "receipt_reprinted"
        page = counter.get(f"/loket/selesai/{row.id}").text
        assert f"/berkas/{row.id}/tanda-terima.pdf?kertas=80" in page
        assert f'action="/berkas/{row.id}/tanda-terima/ulang"' in page

    @pytest.mark.parametrize("narrow", [False, True])
    def test_receipts_hold_number_code_and_note(self, house, counter, narrow):
        post(counter, typed("terima_catatan", alasan="Bawa asli KTP.", **ALL_THERE))
        row = only_application(house)

        paper = receipt(house.runtime, row.id, house.people.clerk, reprint=True, narrow=narrow)
        pages = PdfReader(BytesIO(render(paper))).pages

        text = " ".join(page.extract_text() for page in pages)
        assert len(pages) == 1
        for part in (row.number, "Bawa asli KTP.", "Dicetak ulang", "bukan bukti pembayaran"):
            assert part in text
        width_mm = float(pages[0].mediabox.width) / 72 * 25.4
        assert round(width_mm) == (80 if narrow else 148)


class TestAProxy:
    def file(self, house: House, times: int) -> None:
        for _ in range(times):
            house.file(proxy=ProxyForm("Contoh Kuasa", PROXY_NIK, "2026-01-05"))

    def test_is_shown_with_the_open_files_he_has(self, house, counter):
        self.file(house, 2)
        house.file()

        page = post(counter, typed("muat", **PROXY)).text

        assert "Kuasa ini memegang 2 berkas yang masih berjalan." in page
        assert "Beri tahu pengawas" not in page

    def test_with_many_is_pointed_out(self, house, counter):
        self.file(house, 5)

        assert "Beri tahu pengawas" in post(counter, typed("muat", **PROXY)).text

    def test_that_is_not_used_is_not_counted(self, house, counter):
        self.file(house, 2)

        page = post(counter, typed("muat", **PROXY | {"kuasa": ""})).text

        assert "masih berjalan" not in page

    def test_of_another_number_has_none_and_ended_files_count_no_more(self, house, counter):
        house.application("issued")
        self.file(house, 1)
        house.as_owner(
            "UPDATE application SET ended_at = now(), outcome = 'withdrawn', step = 'withdrawn',"
            " lane = NULL, holder_id = NULL, due_at = NULL"
        )

        assert "masih berjalan" not in post(counter, typed("muat", **PROXY)).text

    @pytest.mark.parametrize(("files", "stands_out"), [(1, None), (2, False), (5, True)])
    def test_stands_on_the_page_of_the_file(self, house, office, files, stands_out):
        self.file(house, files)
        row = house.rows("SELECT application_id AS id FROM dossier LIMIT 1")[0]

        page = signed_in(office, house.people.supervisor).get(f"/berkas/{row.id}").text

        assert "surat kuasa" in page
        assert ("Berkas kuasa" in page) is (stands_out is not None)
        assert ("sp-jam-segera" in page.partition("Berkas kuasa")[2][:120]) is bool(stands_out)


class TestWhatTheNumbersSay:
    def test_the_nik_tells_sex_and_birthday(self, counter):
        page = post(counter, typed("muat", applicant_nik="9999994505900001")).text

        assert "Menurut NIK: perempuan, lahir Sabtu, 5 Mei 1990." in page

    def test_a_nik_that_is_none_yet_tells_nothing(self, counter):
        assert "Menurut NIK" not in post(counter, typed("muat", applicant_nik="99999")).text

    def test_without_lists_the_form_is_plain(self, counter):
        page = counter.get(f"/loket/baru/siup?draf={uuid4()}").text

        assert "applicant_region" not in page
        assert "data-rujukan" not in page
        assert "reference.js" not in page

    @pytest.mark.usefixtures("lists")
    def test_with_lists_region_and_field_are_found_while_one_types(self, counter):
        page = counter.get(f"/loket/baru/siup?draf={uuid4()}").text

        assert 'data-rujukan="/rujukan/wilayah"' in page
        assert 'data-rujukan="/rujukan/kbli"' in page
        assert "js/reference.js" in page

    @pytest.mark.usefixtures("lists")
    @pytest.mark.parametrize(
        ("said", "kept"),
        [
            ("99.71.01.1001 Kampung Rekaan, Rekaan Pusat", "99.71.01.1001"),
            ("9971011001", "99.71.01.1001"),
            ("99.71", "99.71"),
            ("", ""),
        ],
    )
    def test_the_code_of_a_region_is_kept_and_shown_by_its_name(
        self, house, office, counter, said, kept
    ):
        post(counter, typed("simpan", applicant_region=said))

        (row,) = house.rows("SELECT region FROM applicant")
        assert row.region == kept
        page = signed_in(office, house.people.verifier).get(
            f"/berkas/{only_application(house).id}"
        ).text  # fmt: skip
        assert ("Rekaan" in page) is bool(kept)

    @pytest.mark.usefixtures("lists")
    def test_a_region_that_is_no_code_is_refused_and_one_unknown_is_doubted(self, counter):
        refused = post(counter, typed("simpan", applicant_region="Kampung Rekaan"))
        doubted = post(counter, typed("muat", applicant_region="99.88"))

        assert refused.status_code == 422
        assert 'href="#f-applicant_region"' in refused.text
        assert "Kode wilayah 99.88 tidak ada dalam daftar." in doubted.text

    @pytest.mark.usefixtures("lists")
    @pytest.mark.parametrize(
        ("said", "kept"),
        [
            # The newest edition that has all of them.
            ("47991", "47991 (KBLI 2025)"),
            ("47991, 47992", "47991, 47992 (KBLI 2020)"),
            ("47991 (KBLI 2020)", "47991 (KBLI 2020)"),
            ("47991 (KBLI 2020), 47992 (kbli 2020)", "47991, 47992 (KBLI 2020)"),
            # The lists have gaps: what they lack is doubted, not refused.
            ("12345", "12345"),
        ],
    )
    def test_a_business_field_is_kept_with_its_edition(self, house, counter, said, kept):
        post(counter, typed("simpan", field_kbli=said))

        (row,) = house.rows("SELECT fields FROM dossier")
        assert row.fields["kbli"] == kept

    @pytest.mark.usefixtures("lists")
    def test_a_business_field_is_named_and_an_unknown_one_doubted(self, counter):
        named = post(counter, typed("muat", field_kbli="47991 (KBLI 2020)")).text
        doubted = post(counter, typed("muat", field_kbli="12345")).text
        mixed = post(counter, typed("simpan", field_kbli="47991 (KBLI 2020), 47992 (KBLI 2025)"))

        assert "47991 Eceran Contoh Keliling" in named
        assert "Kode KBLI 12345 tidak ada dalam daftar." in doubted
        assert "KBLI yang sama" in mixed.text

    @pytest.mark.usefixtures("lists")
    def test_a_known_person_fills_his_region_in(self, counter):
        post(counter, typed("simpan", applicant_region="99.71.01"))

        page = post(counter, {"draf": str(uuid4()), "tindakan": "muat", "applicant_nik": NIK})

        assert 'value="99.71.01' in page.text


class TestLists:
    @pytest.mark.usefixtures("lists")
    @pytest.mark.parametrize(
        ("address", "values"),
        [
            ("/rujukan/wilayah?cari=kampung", ["99.71.01.1001"]),
            ("/rujukan/wilayah?cari=9971", ["99.71", "99.71.01", "99.71.01.1001", "99.71.01.1002"]),
            ("/rujukan/wilayah", []),
            ("/rujukan/wilayah?cari=%00", []),
            ("/rujukan/kbli?cari=eceran", ["47991 (KBLI 2025)"]),
            ("/rujukan/kbli?cari=479&edisi=2020", ["47991 (KBLI 2020)", "47992 (KBLI 2020)"]),
            ("/rujukan/kbli?cari=479&edisi=entah", []),
            (f"/rujukan/kbli?cari={'a' * 3_000}", []),
        ],
    )
    def test_answer_whoever_asks_and_may_be_kept(self, office, address, values):
        answer = office.test_client().get(address)

        assert answer.status_code == 200
        assert [one["nilai"] for one in answer.json] == values
        assert answer.headers["Cache-Control"] == "public, max-age=3600"


class TestATicket:
    @pytest.fixture
    def ticket(self, house: House) -> str:
        """A ticket that was called at the counter today: A-012."""
        ticket = uuid4()
        house.as_owner(
            "INSERT INTO queue_group (office_id, kind, letter, title_id, title_en, roles)"
            f" VALUES ('{house.office_id}', 'office', 'A', 'Izin', 'Permits', '{{counter}}');"
            "INSERT INTO counter_window (office_id, kind, number, name)"
            f" VALUES ('{house.office_id}', 'office', 1, 'Loket 1');"
            "INSERT INTO queue_day (office_id, day)"
            " SELECT id, (clock_timestamp() AT TIME ZONE zone)::date FROM office"
            f" WHERE id = '{house.office_id}';"
            "INSERT INTO ticket (id, office_id, day, letter, number, secret_hash, order_at, status,"
            f" kind, group_id, window_id, called_at, calls) SELECT '{ticket}', d.office_id, d.day,"
            " 'A', 12, 'x', now() - interval '1 hour', 'called', 'office', g.id, w.id, now(), 1"
            " FROM queue_day d, queue_group g, counter_window w"
        )
        return str(ticket)

    def test_that_is_sought_begins_a_form_that_carries_it_and_becomes_the_case(
        self, house, counter, ticket
    ):
        found = counter.post("/loket/cari", data={"cari": "a-12"})
        assert found.location == f"/loket?antrian={ticket}"
        assert f"antrian={ticket}" in counter.get(found.location).text
        begun = counter.get(f"/loket/baru/siup?antrian={ticket}", follow_redirects=True).text
        assert f'name="antrian" value="{ticket}"' in begun

        post(counter, typed("terima", antrian=ticket, **ALL_THERE))

        row = only_application(house)
        (bound,) = house.rows("SELECT application_id FROM ticket")
        assert bound.application_id == row.id
        again = counter.post("/loket/cari", data={"cari": "A-012"})
        assert again.location == f"/berkas/{row.id}"

    def test_that_nobody_drew_is_said_so(self, counter):
        answer = counter.post("/loket/cari", data={"cari": "B-001"}, follow_redirects=True)

        assert "Tidak ada antrean B-001 hari ini." in answer.text

    @pytest.mark.parametrize("ticket", ["entah", str(UUID(int=7))])
    def test_that_does_not_exist_stops_no_filing(self, house, counter, ticket):
        answer = post(counter, typed("terima", antrian=ticket[:40], **ALL_THERE))

        assert answer.status_code == 303
        assert house.history(only_application(house).id) == ["file", "accept"]

    def test_binds_once(self, house, ticket):
        first, second = house.file(), house.file()
        with house.runtime.transaction(house.office_id) as connection:
            bound = [
                bind_ticket(connection, house.office_id, ticket, one.application_id)
                for one in (first, second)
            ]
        assert bound == [True, False]


class TestWhatAPageCosts:
    @pytest.mark.usefixtures("lists")
    def test_is_at_most_six_statements_whatever_was_typed(self, house, counter):
        form_id = uuid4()
        form = typed("muat", form_id, field_kbli="47991, 47992", applicant_region="99.71", **PROXY)
        counter.post("/loket/baru/siup/draf", data=form)
        counter.get(f"/loket/baru/siup?draf={form_id}")

        with statements(house.runtime.db) as sent:
            assert counter.get(f"/loket/baru/siup?draf={form_id}").status_code == 200

        assert len(sent) <= 6, sent

    @pytest.mark.parametrize("address", ["/rujukan/wilayah?cari=met", "/rujukan/kbli?cari=479"])
    def test_of_a_list_is_one_statement(self, house, office, address):
        client = office.test_client()
        client.get(address)

        with statements(house.runtime.db) as sent:
            client.get(address)

        assert len(sent) <= 1, sent
