"""Regions and business fields: read in from files, found by words and by codes."""

from __future__ import annotations

import gzip
import json
from pathlib import Path

import pytest
from sqlalchemy import Engine

from licensing.queries.references import business_fields, editions_of, region_named, regions
from licensing.reference_files import ReferenceFault, read_business_fields, read_regions
from licensing.runtime import Runtime
from licensing.services.reference_import import import_business_fields, import_regions
from tests.bed import OwnerOf

# Province 99 exists nowhere: no row of these can be taken for a real one.
REGIONS = """kode,nama,tingkat,jenis,induk
99,Provinsi Rekaan,1,provinsi,
99.71,Kota Rekaan,2,kota,99
99.71.01,Rekaan Pusat,3,kecamatan,99.71
99.71.01.1001,Kampung Rekaan,4,kelurahan,99.71.01
99.71.01.1002,Pusat Niaga,4,kelurahan,99.71.01
"""
FIELDS = """kode,tingkat,kategori,induk,judul,uraian
G,kategori,G,,Perdagangan,
47,golongan_pokok,G,,Perdagangan Eceran,
47991,kelompok,G,4799,Eceran Contoh Keliling,Tidak mencakup toko.
47992,kelompok,G,4799,Toko Contoh,Di dalam bangunan.
"""
DATA = Path(__file__).parents[2] / "../shared/data"
needs_data = pytest.mark.skipif(not DATA.is_dir(), reason="the published lists are not here")


@pytest.fixture
def read(tmp_path: Path):
    """Return a file with some content, and what is read from it."""

    def write(text: str | bytes, name: str = "daftar.csv") -> Path:
        path = tmp_path / name
        path.write_bytes(text if isinstance(text, bytes) else text.encode())
        return path

    return write


@pytest.fixture
def filled(owner_db: OwnerOf, read, runtime: Runtime) -> Runtime:
    import_regions(owner_db, read_regions(read(REGIONS)))
    import_business_fields(owner_db, read_business_fields([read(FIELDS)]), "2020")
    return runtime


class TestAFile:
    @pytest.mark.parametrize("packed", [False, True])
    def test_is_read_plain_and_gzipped(self, read, packed):
        content = REGIONS.encode()

        file = read_regions(read(gzip.compress(content) if packed else content))

        assert [row.code for row in file.rows][:2] == ["99", "99.71"]
        assert file.rows[3].path == "Rekaan Pusat, Kota Rekaan, Provinsi Rekaan"

    def test_may_be_json_with_english_names(self, read):
        items = [{"code": "47991", "title": "TOKO CONTOH", "description": "Uraian"}]

        file = read_business_fields([read(json.dumps(items))])

        assert (file.rows[0].level, file.rows[0].title) == ("kelompok", "TOKO CONTOH")

    def test_without_kinds_tells_them_from_the_codes(self, read):
        file = read_regions(read("kode,nama\n99,A\n99.01,B\n99.01.01,C\n99.01.01.2001,D\n"))

        assert [row.kind for row in file.rows] == ["provinsi", "kabupaten", "kecamatan", "desa"]

    @pytest.mark.parametrize(
        ("text", "said"),
        [
            ("", "lacks a column kode"),
            ("kode,nama\n", "holds no rows"),
            ("kode\n99\n", "lacks a column nama"),
            ("kode,nama\n9x,Rekaan\n", "row 2: '9x' is no region code"),
            ("kode,nama\n99,\n", "row 2: has nothing in the column nama"),
            ("kode,nama\n99,A\n99,B\n", "row 3: 99 stands there twice"),
            ("kode,nama\n99,A\n99.01.01,B\n", "lies in 99.01, which is missing"),
            ("kode,nama,jenis\n99,A,desa\n", "cannot be of the kind 'desa'"),
            ("[1]", "row 1: is no object"),
            ("[{", "is no JSON"),
            ('{"kode": "99"}', "is no list"),
            (b"kode,nama\n99,\xff\n", "not written in UTF-8"),
            (b"\x1f\x8bnothing", "cannot be read"),
            ('kode,nama\n99,"A\n', "is no CSV"),
        ],
    )
    def test_that_cannot_be_read_is_refused_with_its_row(self, read, text, said):
        with pytest.raises(ReferenceFault, match="daftar") as refused:
            read_regions(read(text))

        assert said in str(refused.value)

    def test_that_unpacks_to_more_than_any_list_is_refused(self, read):
        with pytest.raises(ReferenceFault, match="larger than 64 MB"):
            read_regions(read(gzip.compress(b" " * (64 * 1024 * 1024 + 1))))

    def test_of_business_fields_holds_codes_of_kbli(self, read):
        with pytest.raises(ReferenceFault, match="'471111' is no code of KBLI"):
            read_business_fields([read("kode,judul\n471111,Toko\n")])


class TestImporting:
    def test_the_same_file_again_changes_nothing(self, owner_db, read):
        file = read_regions(read(REGIONS))

        first, second = import_regions(owner_db, file), import_regions(owner_db, file)

        assert (first.written, first.unlisted, first.again) == (5, 0, False)
        assert (second.written, second.unlisted, second.again) == (0, 0, True)

    def test_a_newer_file_unlists_what_it_lacks_and_keeps_its_name(self, filled, owner_db, read):
        newer = REGIONS.replace("99.71.01.1002,Pusat Niaga,4,kelurahan,99.71.01\n", "")
        newer = newer.replace("Kampung Rekaan", "Kampung Baru")

        done = import_regions(owner_db, read_regions(read(newer)))

        assert (done.written, done.unlisted) == (1, 1)
        assert regions(filled, "pusat niaga") == []
        with filled.db.begin() as connection:
            gone = region_named(connection, "99.71.01.1002")
        assert gone is not None
        assert gone.name == "Pusat Niaga"
        assert [one.name for one in regions(filled, "kampung")] == ["Kampung Baru"]

    def test_what_is_listed_again_is_found_again(self, filled, owner_db, read):
        without = REGIONS.replace("99.71.01.1002,Pusat Niaga,4,kelurahan,99.71.01\n", "")
        import_regions(owner_db, read_regions(read(without)))

        import_regions(owner_db, read_regions(read(REGIONS)))

        assert [one.code for one in regions(filled, "pusat niaga")] == ["99.71.01.1002"]

    def test_a_file_of_one_province_leaves_the_others_alone(self, filled, owner_db, read):
        import_regions(owner_db, read_regions(read("kode,nama\n98,Provinsi Lain\n")))

        assert [one.code for one in regions(filled, "kampung")] == ["99.71.01.1001"]

    def test_a_file_of_one_level_leaves_the_others_alone(self, filled, owner_db, read, runtime):
        import_business_fields(
            owner_db, read_business_fields([read("kode,judul\n47,Eceran\n")]), "2020"
        )

        assert [one.code for one in business_fields(filled, "toko")] == ["47992", "47991"]

    def test_editions_stand_beside_one_another(self, filled, owner_db, read):
        newer = read_business_fields([read("kode,judul\n47991,Eceran Lain\n")])
        import_business_fields(owner_db, newer, "2025")

        with filled.db.begin() as connection:
            found = editions_of(connection, "47991, 12345 (KBLI 2020)")

        assert [(one.edition, one.title) for one in found["47991"]] == [
            ("2025", "Eceran Lain"),
            ("2020", "Eceran Contoh Keliling"),
        ]
        assert found["12345"] == []
        assert [one.value for one in business_fields(filled, "eceran")] == ["47991 (KBLI 2025)"]
        assert [one.value for one in business_fields(filled, "eceran", "2020")] == [
            "47991 (KBLI 2020)"
        ]

    def test_is_not_for_the_application(self, db: Engine):
        for table in ("region", "business_field", "reference_import"):
            with db.begin() as connection:
                rights = connection.exec_driver_sql(
                    "SELECT has_table_privilege(%s, 'INSERT'), has_table_privilege(%s, 'UPDATE'),"
                    " has_table_privilege(%s, 'SELECT')",
                    (table, table, table),
                ).one()
            assert tuple(rights) == (False, False, True)


class TestSearching:
    @pytest.mark.parametrize(
        ("wanted", "codes"),
        [
            ("99", ["99", "99.71", "99.71.01", "99.71.01.1001", "99.71.01.1002"]),
            ("9971011", ["99.71.01.1001", "99.71.01.1002"]),
            ("99.71.01.1002", ["99.71.01.1002"]),
            ("kampung", ["99.71.01.1001"]),
            ("Kel. kamp", ["99.71.01.1001"]),
            ("kampung rekaan pusat", ["99.71.01.1001"]),
            ("pusat", ["99.71.01", "99.71.01.1002", "99.71.01.1001"]),
            ("kota rekaan", ["99.71", "99.71.01", "99.71.01.1001", "99.71.01.1002"]),
            ("ka", []),
            ("", []),
            (" . ", []),
            ("' | ! & <-> (", []),
            ("tidak ada", []),
        ],
    )
    def test_finds_regions_by_code_and_by_the_beginnings_of_words(self, filled, wanted, codes):
        assert [one.code for one in regions(filled, wanted)] == codes

    @pytest.mark.parametrize(
        ("wanted", "codes"),
        [
            ("479", ["47991", "47992"]),
            ("47992", ["47992"]),
            ("eceran", ["47991"]),
            # What a title says counts more than what a description excludes.
            ("toko", ["47992", "47991"]),
            ("to", []),
        ],
    )
    def test_finds_five_digit_fields(self, filled, wanted, codes):
        assert [one.code for one in business_fields(filled, wanted)] == codes

    def test_is_empty_without_data(self, runtime):
        assert regions(runtime, "metro") == []
        assert business_fields(runtime, "toko") == []


@needs_data
class TestThePublishedLists:
    def test_of_regions_are_read_whole(self):
        reference = json.loads((DATA / "wilayah/wilayah.reference.json").read_text())

        file = read_regions(DATA / "wilayah/wilayah_indonesia.csv.gz")

        kinds: dict[str, int] = {}
        for row in file.rows:
            kinds[row.kind] = kinds.get(row.kind, 0) + 1
        assert len(file.rows) == reference["total"]
        assert kinds == reference["per_jenis"]

    def test_of_a_province_are_found_by_name(self, owner_db, runtime):
        reference = json.loads((DATA / "wilayah/wilayah.reference.json").read_text())

        done = import_regions(owner_db, read_regions(DATA / "wilayah/wilayah_18_lampung.csv"))

        assert done.written == reference["provinces"]["18"]["rows"]
        best = regions(runtime, "metro pusat")[0]
        assert (best.code, best.full_name) == ("18.72.01", "Metro Pusat, Kota Metro, Lampung")
        assert regions(runtime, "kota metro")[0].code == "18.72"

    def test_of_business_fields_are_read_whole_in_both_editions(self, owner_db, runtime):
        reference = json.loads((DATA / "kbli/kbli.reference.json").read_text())
        parts = sorted((DATA / "kbli").glob("kbli2025_*.json.gz"))

        old = read_business_fields([DATA / "kbli/kbli2020.csv.gz"])
        new = read_business_fields(parts)
        import_business_fields(owner_db, old, "2020")
        import_business_fields(owner_db, new, "2025")

        codes = [{row.code for row in file.rows if row.level == "kelompok"} for file in (old, new)]
        assert len(codes[0]) == reference["kbli2020"]["kelompok"]
        assert len(codes[1]) == reference["kbli2025_kelompok"]
        assert len(codes[0] & codes[1]) == reference["codes_in_both"]
        found = [one.code for one in business_fields(runtime, "eceran beras", "2020")]
        assert "47241" in found
        assert all(one.edition == "2025" for one in business_fields(runtime, "restoran"))
