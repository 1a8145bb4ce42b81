"""The printed swimlane: everything of the SOP is on it, nothing lies on anything else.

Permenpan RB 35/2012: activities downwards, executors across, five symbols.
"""

import itertools
import re
from dataclasses import replace
from xml.etree import ElementTree

import pytest

from tests.workflows.sops import shipped_sop
from tests.workflows.swimlane_sops import LARGE, SMALL, both, crowded
from workflows.sop import Sop
from workflows.swimlane import draw
from workflows.swimlane.chart import chart_of
from workflows.swimlane.measure import width, wrap

SVG = "{http://www.w3.org/2000/svg}"
SIUP, IMB = shipped_sop("siup"), shipped_sop("imb")
VISITED = shipped_sop("izin-tinjauan")
SOPS = pytest.mark.parametrize(
    "sop", [SMALL, LARGE, SIUP, IMB, VISITED, *map(crowded, range(8))], ids=lambda sop: sop.name
)


def tree(page: str) -> ElementTree.Element:
    return ElementTree.fromstring(page)


def text_boxes(page: str) -> list[tuple[float, float, float, float, str]]:
    """Return left, top, right, bottom and words of every text, as wide as it could be."""
    boxes = []
    for text in tree(page).iter(f"{SVG}text"):
        size = float(text.get("font-size", "2.5"))
        wide = width(text.text or "", size, bold="font-weight" in text.attrib)
        x, y = float(text.get("x", "0")), float(text.get("y", "0"))
        x -= {"middle": wide / 2, "end": wide}.get(text.get("text-anchor", ""), 0)
        boxes.append((x, y - size * 0.75, x + wide, y + size * 0.22, text.text or ""))
    return boxes


def strokes(page: str) -> list[tuple[str, tuple[float, float], tuple[float, float]]]:
    """Return every straight piece of every arrow with the rows it joins."""
    found = []
    for path in tree(page).iter(f"{SVG}path"):
        edge = path.get("data-edge")
        if edge is None:
            continue
        for line in (path.get("d") or "").split("M")[1:]:
            points = [tuple(map(float, point.split())) for point in line.split("L")]
            found += [(edge, a, b) for a, b in itertools.pairwise(points)]
    return found


def shape_boxes(page: str) -> list[tuple[float, float, float, float]]:
    boxes = []
    for shape in tree(page).iter():
        if "data-shape" not in shape.attrib:
            continue
        if shape.tag == f"{SVG}rect":
            x, y = float(shape.get("x", "0")), float(shape.get("y", "0"))
            boxes.append(
                (x, y, x + float(shape.get("width", "0")), y + float(shape.get("height", "0")))
            )
        else:
            d = shape.get("d", "")
            xs = [float(x) for x in re.findall(r"[MLH](-?[\d.]+)", d)]
            ys = [float(y) for y in re.findall(r"(?:[ML]-?[\d.]+ |V)(-?[\d.]+)", d)]
            boxes.append((min(xs), min(ys), max(xs), max(ys)))
    return boxes


def crosses(a: tuple[float, float], b: tuple[float, float], box: tuple[float, ...]) -> bool:
    (x0, x1), (y0, y1) = sorted((a[0], b[0])), sorted((a[1], b[1]))
    return x0 < box[2] - 0.05 and x1 > box[0] + 0.05 and y0 < box[3] - 0.05 and y1 > box[1] + 0.05


def everything(pages: tuple[str, ...]) -> str:
    return " ".join(
        " ".join(text.text or "" for text in tree(page).iter(f"{SVG}text")) for page in pages
    ).replace("\u00a0", " ")


@SOPS
class TestEveryPage:
    def test_shows_every_row_of_the_chart_once(self, sop: Sop):
        pages = draw(sop)
        shown = [
            shape.get("data-row")
            for page in pages
            for shape in tree(page).iter()
            if shape.get("data-shape") not in (None, "connector")
        ]

        assert shown == [row.key for row in chart_of(sop, "id").rows]

    def test_shows_every_arrow(self, sop: Sop):
        chart = chart_of(sop, "id")
        drawn = sum("data-edge" in path.attrib for p in draw(sop) for path in tree(p).iter())
        within = 0
        for page in draw(sop):
            keys = [s.get("data-row") for s in tree(page).iter() if "data-shape" in s.attrib]
            real = {key for key in keys if key and not key.startswith(("(to)", "(from)"))}
            within += sum(
                chart.rows[e.source].key in real or chart.rows[e.target].key in real
                for e in chart.edges
            )
            joined = {
                tuple(int(n) for n in path.get("data-edge", "").split())
                for path in tree(page).iter()
                if "data-edge" in path.attrib
            }
            for edge in chart.edges:
                source, target = chart.rows[edge.source].key, chart.rows[edge.target].key
                if source in real:
                    there = target if target in real else f"(to) {edge.target}"
                    assert (keys.index(source), keys.index(there)) in joined
                elif target in real:
                    assert any(pair[1] == keys.index(target) for pair in joined)
        assert drawn <= within

    def test_every_target_has_one_arrow_head_or_more(self, sop: Sop):
        # An end that every step leads to says so in words.
        said = [row.key for row in chart_of(sop, "id").rows if "Dari setiap" in " ".join(row.notes)]
        for page in draw(sop):
            heads = [
                tuple(float(n) for n in re.findall(r"-?[\d.]+", path.get("d", ""))[:2])
                for path in tree(page).iter(f"{SVG}path")
                if (path.get("d") or "").endswith("Z") and "data-shape" not in path.attrib
            ]
            keys = [s.get("data-row") or "" for s in tree(page).iter() if "data-shape" in s.attrib]
            for key, box in zip(keys, shape_boxes(page), strict=True):
                entered = any(
                    box[0] - 0.1 <= x <= box[2] + 0.1 and box[1] - 0.1 <= y <= box[3] + 0.1
                    for x, y in heads
                )
                assert entered != (key in ("(start)", *said) or key.startswith("(from)"))

    def test_lays_no_text_on_another(self, sop: Sop):
        for page in draw(sop):
            for one, other in itertools.combinations(text_boxes(page), 2):
                apart = (
                    one[2] <= other[0] + 0.01
                    or other[2] <= one[0] + 0.01
                    or one[3] <= other[1] + 0.01
                    or other[3] <= one[1] + 0.01
                )
                assert apart, (one, other)

    def test_draws_no_arrow_through_a_text(self, sop: Sop):
        for page in draw(sop):
            for edge, a, b in strokes(page):
                for box in text_boxes(page):
                    tight = (box[0] + 0.15, box[1] + 0.2, box[2] - 0.15, box[3] - 0.5, box[4])
                    assert not crosses(a, b, tight), (edge, a, b, box)

    def test_draws_no_arrow_through_a_shape(self, sop: Sop):
        for page in draw(sop):
            boxes = shape_boxes(page)
            for edge, a, b in strokes(page):
                ends = {int(row) for row in edge.split()}
                for row, box in enumerate(boxes):
                    if row not in ends:
                        assert not crosses(a, b, box), (edge, row)

    def test_lays_no_two_arrows_along_each_other(self, sop: Sop):
        for page in draw(sop):
            for (one, a, b), (other, c, d) in itertools.combinations(strokes(page), 2):
                if one.split()[1] == other.split()[1]:
                    continue
                for axis in (0, 1):
                    if abs(a[axis] - b[axis]) < 0.01 and abs(c[axis] - d[axis]) < 0.01:
                        along = 1 - axis
                        common = min(max(a[along], b[along]), max(c[along], d[along])) - max(
                            min(a[along], b[along]), min(c[along], d[along])
                        )
                        assert common < 0.05 or abs(a[axis] - c[axis]) > 0.5, (one, other)

    def test_is_a_lying_sheet_of_a4_and_nothing_leaves_it(self, sop: Sop):
        for page in draw(sop):
            root = tree(page)
            assert (root.get("width"), root.get("height")) == ("297mm", "210mm")
            assert root.get("viewBox") == "0 0 297 210"
            for box in text_boxes(page):
                assert 5 <= box[0] <= box[2] <= 292, box
                assert 5 <= box[1] <= box[3] <= 205, box
            for _, *points in strokes(page):
                assert all(5 <= x <= 292 and 5 <= y <= 205 for x, y in points)

    @pytest.mark.parametrize("lang", ["id", "en"])
    def test_can_be_read_aloud(self, sop: Sop, lang: str):
        seen = set()
        for page in draw(sop, lang):
            root = tree(page)
            assert (root.get("role"), root.get("lang")) == ("img", lang)
            ids = {element.get("id") for element in root.iter() if element.get("id")}
            assert set((root.get("aria-labelledby") or "").split()) == ids
            assert not ids & seen
            seen |= ids
            assert len(root.findtext(f"{SVG}desc") or "") > 100

    def test_is_the_same_each_time_and_needs_no_style_sheet(self, sop: Sop):
        assert draw(sop) == draw(sop)
        assert not any("style" in page.replace("font-style", "") for page in draw(sop))


class TestWhatIsSaid:
    def test_names_the_columns_of_the_form(self):
        text = everything(draw(SMALL))

        for title in ("No.", "Kegiatan", "Pelaksana", "Mutu baku", "Kelengkapan", "Waktu",
                      "Output", "Keterangan", "Petugas loket", "Kepala dinas"):  # fmt: skip
            assert title in text
        assert "Sistem" not in text  # the clock's lane has no step

    def test_explains_each_arrow_by_its_letter_and_row(self):
        text = everything(draw(SMALL))

        assert "a. Sign → 4" in text
        assert "b. Refuse → 5" in text
        assert "Bukan pelaku no. 2" in text
        assert "1 hari kerja" in text
        assert "6 jam kerja" in text

    def test_says_whose_time_is_not_counted_and_which_pause_is_allowed(self):
        text = everything(draw(LARGE))

        assert "(10 hari kerja)" in text
        assert "tidak dihitung" in text
        assert "Jeda: hujan lebat" in text

    def test_draws_side_paths_where_they_are_opened_and_awaited(self):
        chart = chart_of(LARGE, "id")
        keys = [row.key for row in chart.rows]
        pairs = {(keys[e.source], keys[e.target]) for e in chart.edges}

        assert ("verification", "works_opinion: judge") in pairs
        assert ("verification", "green_opinion: judge") in pairs
        assert ("works_opinion: approve", "opinions") in pairs
        assert ("green_opinion: judge", "opinions") in pairs

    def test_goes_on_over_pages_by_pentagons(self):
        pages = draw(LARGE)

        assert len(pages) > 1
        assert 'data-shape="connector"' in pages[0]
        assert "(halaman 2)" in everything(pages)
        assert f"Halaman 2 dari {len(pages)}" in everything(pages)

    def test_says_once_at_the_end_what_may_be_done_everywhere(self):
        chart = chart_of(SIUP, "id")
        (end,) = [row for row in chart.rows if row.key == "(end) withdrawn"]
        rows = {chart.rows[edge.target].key for edge in chart.edges}

        assert end.notes == ("Dari setiap langkah kecuali no. 8: Cabut permohonan (Pemohon)",)
        assert "(end) withdrawn" not in rows

    def test_leads_opinions_to_the_step_that_waits_for_them(self):
        chart = chart_of(IMB, "id")
        keys = [row.key for row in chart.rows]
        pairs = {(keys[edge.source], keys[edge.target]) for edge in chart.edges}

        assert ("verification", "opinion_pu: draft_pu") in pairs
        assert ("verification", "opinion_lh: draft_lh") in pairs
        assert ("plan_correction", "opinion_pu: draft_pu") in pairs
        assert ("opinion_pu: decide_pu", "review") in pairs
        assert ("opinion_lh: decide_lh", "opinion_lh: draft_lh") in pairs
        assert "Dinas PU" in chart.columns

    def test_says_of_a_step_who_may_not_act_there_and_of_which_action(self):
        notes = {row.key: row.notes for row in chart_of(IMB, "id").rows}

        assert notes["opinion_pu: decide_pu"][-1] == "Bukan pelaku no. 5"
        assert "Tandatangani: Bukan pelaku no. 2, 4, 12, 14, 16" in notes["signature"]

    def test_a_simple_service_fits_one_page(self):
        assert len(draw(shipped_sop("sip-perawat"))) == len(draw(SIUP)) == 1

    def test_speaks_english_when_asked(self):
        text = everything(draw(SMALL, "en"))

        assert "Activity" in text
        assert "a. Sign (en) → 4" in text
        assert "Kegiatan" not in text
        with pytest.raises(ValueError, match="choose id or en"):
            draw(SMALL, "jv")

    def test_prints_the_identity_of_the_version(self):
        text = everything(draw(SMALL, identity=[("Nomor", "503/SOP/0001/2026, versi 1")]))

        assert "503/SOP/0001/2026, versi 1" in text

    def test_takes_words_as_words(self):
        hostile = replace(SMALL, title=both('<script>"&\x00' + "panjang " * 60))
        pages = draw(hostile)

        assert "<script" not in pages[0]
        assert "&lt;script&gt;" in pages[0]
        tree(pages[0])


class TestMeasure:
    def test_lines_are_no_wider_than_the_room(self):
        for line in wrap("Pertanggungjawaban " * 4 + "W" * 50, 2.5, 20):
            assert width(line, 2.5) <= 20

    def test_nothing_gives_no_line(self):
        assert wrap("  ", 2.5, 20) == ()

    def test_an_arrow_stays_with_its_number(self):
        assert wrap("Cabut →\u00a011", 2.5, 8)[-1] == "→\u00a011"
