"""Pages with nothing on them: what the frame, the session and the protection cost by themselves.

`python -m tests.bench.empty HANDLE` serves the whole office as `satupintu serve` does, and these
two pages with it.
"""

from __future__ import annotations

import sys

from flask import Blueprint, render_template

import web.views
from config import Settings
from web.access import public, signed_in
from web.parent import end_with
from web.process import run_web

bp = Blueprint("bench", __name__, template_folder="templates")

PUBLIC = "/kosong"
STAFF = "/kosong/petugas"


@bp.get(PUBLIC)
@public
def for_everybody() -> str:
    """Show the frame of a public page."""
    return render_template("bench/public.html")


@bp.get(STAFF)
@signed_in
def for_staff() -> str:
    """Show the frame of a page for those who work here."""
    return render_template("bench/staff.html")


def main(handle: int) -> None:
    """Serve until the standard input is closed."""
    end_with(sys.stdin.fileno())
    web.views.BLUEPRINTS = (*web.views.BLUEPRINTS, "tests.bench.empty:bp")
    run_web(Settings.from_environment(), handle)


if __name__ == "__main__":
    main(int(sys.argv[1]))
