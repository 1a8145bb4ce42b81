"""Who may open which page: sign-in sessions, and one declaration for every view.

A view says `@public`, `@signed_in`, `@allow("counter", "verifier")` or `@allow_applicant`. One
that says nothing is open to nobody: forgetting the line closes the page, it never opens it.

Applicants are no officers: they have a cookie of their own, no page of the staff opens for it, and
no account of an officer opens a page of theirs.
"""

from __future__ import annotations

import logging
from collections.abc import Callable
from dataclasses import dataclass
from typing import Final, TypeVar, cast

from flask import Flask, Response, current_app, g, redirect, request, url_for
from flask.typing import ResponseReturnValue
from flask_login import LoginManager, current_user, login_user, logout_user
from werkzeug.exceptions import MethodNotAllowed, NotFound
from werkzeug.routing import RequestRedirect

from licensing.models.people import ROLES_OF
from licensing.people import Applicant, Officer
from licensing.runtime import Runtime
from licensing.services.applicant_sessions import LONGEST, Entered, applicant_of_session
from licensing.services.sign_in import SignedIn, officer_of_session
from web import errors
from web.addresses import own_path, parts_of
from web.i18n import gettext
from web.role_words import role_list

log = logging.getLogger(__name__)

ALL_ROLES: Final = frozenset(role for roles in ROLES_OF.values() for role in roles)
STAFF: Final = tuple(
    role for kind in ("office", "agency", "inspectorate", "ombudsman") for role in ROLES_OF[kind]
)
"""Whoever works in or watches over the office; not the bank, not applicants."""

SIGN_IN: Final = "sign_in.show"
APPLICANT_SIGN_IN: Final = "applicant_sign_in.show"
APPLICANT_COOKIE: Final = "satupintu_pemohon"
_RUNTIME: Final = "satupintu.runtime"
_DECLARED: Final = "satupintu_access"
_REGISTER: Final = "satupintu.access"
_PLACES: Final = "satupintu.places"
_MOST_PLACES: Final = 64
_STATIC: Final = "static"
_APPLICANT: Final = "satupintu_applicant"

View = TypeVar("View", bound=Callable[..., object])


@dataclass(frozen=True, slots=True)
class Access:
    """Who may open a page; `roles` None is everybody, signed in or not."""

    roles: frozenset[str] | None
    applicants: bool = False
    """True: those who apply online, by their own sign-in, and nobody else."""

    def admits(self, officer: Officer | None) -> bool:
        """Return whether `officer` (None: nobody is signed in) may enter."""
        if self.roles is None:
            return not self.applicants
        return officer is not None and not self.roles.isdisjoint(officer.roles)


PUBLIC: Final = Access(None)
APPLICANTS: Final = Access(None, applicants=True)


def public(view: View) -> View:
    """Declare a view open to everybody."""
    return _declare(view, PUBLIC)


def allow_applicant(view: View) -> View:
    """Declare a view open to who applies online, in his own matters."""
    return _declare(view, APPLICANTS)


def signed_in(view: View) -> View:
    """Declare a view open to every account, whatever its roles."""
    return _declare(view, Access(ALL_ROLES))


def allow(*roles: str) -> Callable[[View], View]:
    """Return the declaration that a view is open to accounts with one of `roles`.

    Raises:
        ValueError: there is no such role, or none is named.
    """
    unknown = set(roles) - ALL_ROLES
    if unknown or not roles:
        raise ValueError(f"no such role: {', '.join(sorted(unknown)) or '(none named)'}")
    return lambda view: _declare(view, Access(frozenset(roles)))


def declared(app: Flask, endpoint: str) -> Access | None:
    """Return what the view of an endpoint declares; None where it says nothing."""
    if endpoint == _STATIC:
        return PUBLIC
    found: Access | None = getattr(app.view_functions.get(endpoint), _DECLARED, None)
    return found


def may_open(path: str, officer: Officer | None) -> bool:
    """Return whether there is a page at `path` and `officer` may open it."""
    known: dict[str, Access | None] = current_app.extensions.setdefault(_PLACES, {})
    access = known[path] if path in known else _access_at(path)
    if len(known) < _MOST_PLACES:  # some paths are typed by readers
        known[path] = access
    return access is not None and access.admits(officer)


def _access_at(path: str) -> Access | None:
    try:
        endpoint, _values = current_app.url_map.bind("").match(path, method="GET")
    except (NotFound, MethodNotAllowed, RequestRedirect):
        return None
    return declared(current_app, endpoint)


def runtime() -> Runtime:
    """Return the runtime that views hand to services."""
    return cast("Runtime", current_app.extensions[_RUNTIME])


def officer_or_none() -> Officer | None:
    """Return who is signed in; None where nobody is."""
    if g.get(errors.DATABASE_DOWN) or _REGISTER not in current_app.extensions:
        return None
    user = current_user._get_current_object()
    return user.officer if isinstance(user, _User) else None


def current_officer() -> Officer:
    """Return who is signed in, in a view that only accounts may open.

    Raises:
        RuntimeError: nobody is: the view is declared public, or not at all.
    """
    officer = officer_or_none()
    if officer is None:
        raise RuntimeError("nobody is signed in here: is the view declared with @allow?")
    return officer


def applicant_or_none() -> Applicant | None:
    """Return who applies online in this browser; None where nobody does."""
    if g.get(errors.DATABASE_DOWN) or _REGISTER not in current_app.extensions:
        return None
    if _APPLICANT not in g:
        key = request.cookies.get(APPLICANT_COOKIE, "")
        setattr(g, _APPLICANT, applicant_of_session(runtime(), key) if key else None)
    found: Applicant | None = getattr(g, _APPLICANT)
    return found


def current_applicant() -> Applicant:
    """Return who applies online, in a view that only applicants may open.

    Raises:
        RuntimeError: nobody does: the view is not declared with `@allow_applicant`.
    """
    applicant = applicant_or_none()
    if applicant is None:
        raise RuntimeError("no applicant is here: is the view declared with @allow_applicant?")
    return applicant


def let_in(answer: Response, entered: Entered) -> Response:
    """Return an answer that carries the key of an applicant's new session."""
    answer.set_cookie(
        APPLICANT_COOKIE,
        entered.session_key,
        max_age=int(LONGEST.total_seconds()),
        httponly=True,
        samesite="Lax",
        secure=bool(current_app.config["SESSION_COOKIE_SECURE"]),
    )
    answer.cache_control.no_store = True
    return answer


def applicant_key() -> str:
    """Return the key of the applicant's session in this browser; empty where there is none."""
    return request.cookies.get(APPLICANT_COOKIE, "")


def begin_session(found: SignedIn) -> None:
    """Sign the browser in, under the key of a new session."""
    login_user(_User(found.session_key, found.officer))


def end_session() -> str | None:
    """Sign the browser out; return the key of the session that has to end, if there was one."""
    user = current_user._get_current_object()
    key = user.session_key if isinstance(user, _User) else None
    logout_user()
    return key


def landing(officer: Officer) -> str:
    """Return the first page of an account: where its work lies, else what it watches over."""
    has_files = officer.has("verifier", "inspector", "billing", "head")
    watching = ("/kerja", "/pengawas") if has_files else ("/pengawas", "/kerja")
    for path in ("/loket", *watching, "/bank", "/admin"):
        if may_open(path, officer):
            return path
    return "/"


def init_app(app: Flask, _settings: object, runtime: object | None) -> None:
    """Ask for a declaration of every page, and for an account where the page says so.

    Without a runtime there is nobody to ask and nothing to protect.
    """
    if runtime is None:
        return
    app.extensions[_REGISTER] = True
    manager = LoginManager()
    manager.session_protection = "strong"
    manager.user_loader(_load)
    manager.init_app(app)
    app.before_request(_guard)
    app.after_request(_keep_private)


class _User:
    """What flask-login asks of a signed-in person; its id is the key of the session."""

    is_authenticated = True
    is_active = True
    is_anonymous = False

    def __init__(self, session_key: str, officer: Officer) -> None:
        self.session_key, self.officer = session_key, officer

    def get_id(self) -> str:
        return self.session_key


def _load(session_key: str) -> _User | None:
    officer = officer_of_session(runtime(), session_key)
    return None if officer is None else _User(session_key, officer)


def _declare(view: View, access: Access) -> View:
    setattr(view, _DECLARED, access)
    return view


def _guard() -> ResponseReturnValue | None:
    if request.endpoint is None:  # no such page, or not by this method: said by the error pages
        return None
    access = declared(current_app, request.endpoint)
    if access is None:
        log.error("%s declares no access and stays closed", request.endpoint)
        return errors.page(errors.PAGES[403])
    if access.applicants:
        return None if applicant_or_none() is not None else _to_sign_in(APPLICANT_SIGN_IN)
    if access.roles is None:
        return None
    officer = officer_or_none()
    if officer is None:
        return _to_sign_in()
    if not access.admits(officer):
        return _wrong_role(officer, access.roles)
    return None


def _to_sign_in(endpoint: str = SIGN_IN) -> ResponseReturnValue:
    address = url_for(endpoint, next=_way_back())
    if request.headers.get("HX-Request"):
        # A fragment must not be replaced by a whole page: the browser goes there itself.
        return "", 401, {"HX-Redirect": address}
    return redirect(address, code=303)


def _way_back() -> str | None:
    """Return where to go on after signing in: this page, or the one whose button was pressed."""
    if request.method in {"GET", "HEAD"} and not request.headers.get("HX-Request"):
        return own_path(request.full_path if request.query_string else request.path)
    parts = parts_of(request.referrer or "")
    if parts.netloc != request.host:
        return None
    return own_path(parts.path + (f"?{parts.query}" if parts.query else ""))


def _wrong_role(officer: Officer, roles: frozenset[str]) -> ResponseReturnValue:
    known = errors.PAGES[403]
    said = gettext(
        "Halaman ini untuk peran: %(needed)s. Akun Anda, %(name)s, memegang peran: %(held)s.",
        needed=role_list(roles),
        name=officer.name,
        held=role_list(officer.roles),
    )
    return errors.page(errors.Wording(403, known.title, said, known.advice))


def _keep_private(response: Response) -> Response:
    """Keep pages of signed-in people out of every cache, also of the browser's way back."""
    if request.endpoint == _STATIC:
        return response
    if g.get(_APPLICANT) is not None or officer_or_none() is not None:
        response.cache_control.no_store = True
    return response
