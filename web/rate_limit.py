"""How often one address may knock: flask-limiter, counting in the database for all processes.

An address is known only as a hash under the secret of the day; it stands in no table and no log.
"""

from __future__ import annotations

import hmac
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from hashlib import sha256
from ipaddress import IPv4Address, IPv6Network, ip_address
from typing import Any, Final

from flask import Flask, Response, current_app, jsonify, make_response, request
from flask_limiter import Limiter, RequestLimit
from limits.storage import Storage

from licensing.services import rate_counts
from web import errors
from web.access import runtime

SCHEME: Final = "satupintu-postgresql"
_SECRET: Final = "satupintu.secret_of_day"  # noqa: S105 - the name of a place, not a secret


class DatabaseCounters(Storage):
    """The storage of flask-limiter: the counters of the running application's database."""

    STORAGE_SCHEME = [SCHEME]  # noqa: RUF012 - its name and type are those of `limits`

    @property
    def base_exceptions(self) -> type[Exception]:
        """Return what `limits` may wrap; it wraps nothing here, so that 503 is said as such."""
        return Exception

    def incr(self, key: str, expiry: int, amount: int = 1) -> int:
        """Add to a counter and return what it stands at; `expiry` in seconds."""
        return rate_counts.count_up(runtime(), key, timedelta(seconds=expiry), amount)

    def get(self, key: str) -> int:
        """Return what a counter stands at."""
        counter = rate_counts.read_counter(runtime(), key)
        return 0 if counter is None else counter.count

    def get_expiry(self, key: str) -> float:
        """Return when a counter begins again, in seconds since 1970."""
        counter = rate_counts.read_counter(runtime(), key)
        return datetime.now(UTC).timestamp() if counter is None else counter.expires_at.timestamp()

    def check(self) -> bool:
        """Return True: whether the database answers is asked of the database."""
        return True

    def reset(self) -> int | None:
        """Return None: counters of others are never wiped from here."""
        return None

    def clear(self, key: str) -> None:
        """Delete a counter."""
        rate_counts.forget_counter(runtime(), key)


def visitor() -> str:
    """Return who knocks, as a hash that nobody can undo once the day is over."""
    secret = _secret(datetime.now(UTC).date())
    return hmac.new(secret, _line_of(request.remote_addr or "").encode(), sha256).hexdigest()[:32]


def _line_of(address: str) -> str:
    """Return the line that an address belongs to: an IPv6 line has 2**64 addresses to change to."""
    try:
        known = ip_address(address.partition("%")[0])
    except ValueError:
        return address
    if isinstance(known, IPv4Address):
        return str(known)
    if known.ipv4_mapped is not None:
        return str(known.ipv4_mapped)
    return str(IPv6Network((known, 64), strict=False))


def per_address(limit: str, *, scope: str | None = None) -> Callable[[Any], Any]:
    """Return a decorator that lets one address call a view so often: `30 per minute`.

    Views with one `scope` share one count. It stands below `@public`, next to the function.
    """
    if scope is not None:
        return limiter.shared_limit(limit, scope=scope, key_func=visitor)
    return limiter.limit(limit, key_func=visitor)


def init_app(app: Flask, _settings: object, runtime: object | None) -> None:
    """Count in the database of `app`; without a runtime nothing is counted."""
    app.config.setdefault("RATELIMIT_ENABLED", runtime is not None)
    limiter.init_app(app)


def _too_often(limit: RequestLimit) -> Response:
    wording, seconds = errors.PAGES[429], limit.limit.get_expiry()
    if request.path.endswith(".json"):
        # Source: RFC 9457, problem details.
        answer = jsonify(
            type="about:blank",
            title=str(wording.title),
            status=wording.status,
            detail=f"{wording.said} {wording.advice}",
            retry_after=seconds,
        )
        answer.status_code, answer.mimetype = wording.status, "application/problem+json"
    else:
        answer = make_response(errors.page(wording))
    answer.headers["Retry-After"] = str(seconds)
    return answer


limiter = Limiter(
    visitor,
    storage_uri=f"{SCHEME}://",
    strategy="fixed-window",
    headers_enabled=False,
    swallow_errors=False,
    on_breach=_too_often,
)


def _secret(day: date) -> bytes:
    kept: tuple[date, bytes] | None = current_app.extensions.get(_SECRET)
    if kept is None or kept[0] != day:
        kept = day, bytes.fromhex(rate_counts.secret_of_day(runtime(), day))
        current_app.extensions[_SECRET] = kept
    return kept[1]
