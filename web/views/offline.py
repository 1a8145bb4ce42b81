"""What makes the public pages installable: the manifest, the service worker, the offline page.

The worker keeps a few static files and one page that says that there is no connection. No page
with anybody's data is ever kept on a device.
"""

from __future__ import annotations

import hashlib
import json
from pathlib import Path
from typing import Final

from flask import Blueprint, Response, current_app, render_template, url_for

from web.access import public
from web.frame import FRAME_PROVIDER, current_frame
from web.i18n import current_language
from web.i18n import gettext as _
from web.icons import BRAND
from web.office_frame import current_office, office_frame
from web.static_files import static_url

bp = Blueprint("offline", __name__)

GROUND: Final = "#f7f6f3"
KEPT: Final = (
    "vendor/bootstrap.min.css",
    "css/satupintu.css",
    "css/pages.css",
    "css/print.css",
    "js/satupintu.js",
    "js/installed.js",
    "img/favicon.svg",
    "img/icons.svg",
)
"""The static files that the offline page and the tracking page are made of."""
_ICONS: Final = (
    ("img/icon-192.png", "192x192", "any"),
    ("img/icon-512.png", "512x512", "any"),
    ("img/icon-maskable-512.png", "512x512", "maskable"),
)


@bp.get("/manifest.webmanifest")
@public
def manifest() -> Response:
    """Hand out what a phone needs to install the page."""
    frame = current_frame()
    content = {
        "id": "/lacak",
        "name": f"Satupintu, {frame.office_name}",
        "short_name": "Satupintu",
        "description": _("Lacak berkas izin Anda: giliran siapa, apa sekarang, kapan selesai."),
        "lang": current_language(),
        "dir": "ltr",
        "start_url": url_for("tracking.ask"),
        "scope": "/",
        "display": "standalone",
        "theme_color": BRAND,
        "background_color": GROUND,
        "icons": [
            {"src": static_url(name), "sizes": sizes, "type": "image/png", "purpose": purpose}
            for name, sizes, purpose in _ICONS
        ],
    }
    answer = Response(json.dumps(content, ensure_ascii=False), mimetype="application/manifest+json")
    answer.cache_control.no_cache = True
    return answer


@bp.get("/sw.js")
@public
def worker() -> Response:
    """Hand out the service worker; another one whenever what it keeps has changed."""
    kept = [static_url(name) for name in KEPT]
    page = _page()
    version = hashlib.sha256("\n".join([*kept, page]).encode()).hexdigest()[:12]
    code = (Path(current_app.static_folder or "") / "js" / "worker.js").read_text()
    told = {"version": version, "page": url_for(".offline"), "files": kept}
    answer = Response(f"const KEPT = {json.dumps(told)};\n{code}", mimetype="text/javascript")
    answer.headers["Service-Worker-Allowed"] = "/"
    answer.cache_control.no_cache = True
    return answer


@bp.get("/luring")
@public
def offline() -> Response:
    """Show what is shown without a connection."""
    answer = Response(_page())
    answer.cache_control.no_cache = True
    return answer


def _page() -> str:
    known = current_app.extensions.get(FRAME_PROVIDER) is office_frame
    office = current_office() if known else None
    return render_template(
        "offline/show.html",
        phone="" if office is None else office.phone,
        hours=current_frame().hours(),
    )
