"""`/admin/loket`: counters, what people queue for, and how the queue is kept."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, Final
from uuid import UUID

from flask import Blueprint, abort, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from licensing.errors import InvalidInput
from licensing.models.queue import SEATED_ROLES
from licensing.queries.queue_setup import CounterView, GroupView, QueueSetup, queue_setup
from licensing.queries.services import catalogue
from licensing.services.queue_groups import (
    KEEPERS,
    GroupForm,
    add_group,
    change_group,
    check_group,
)
from licensing.services.queue_setup import (
    QueueRules,
    WindowForm,
    add_window,
    change_window,
    check_rules,
    check_window,
    make_usual,
    set_rules,
)
from web.access import allow, current_officer, runtime
from web.admin_page import (
    Change,
    Preview,
    admin_crumb,
    carried,
    refused_form,
    show_preview,
    typed_form,
)
from web.filters import in_language
from web.i18n import gettext as _
from web.role_words import KIND_WORDS, ROLE_WORDS, role_list
from web.schemas.admin import loaded
from web.schemas.queue import CounterSchema, GroupSchema, RulesSchema
from web.viewmodels import Crumb, Form

bp = Blueprint("admin_counters", __name__, url_prefix="/admin/loket")

GROUP: Final = "grup_"
ROLE: Final = "peran_"
SERVICE: Final = "layanan_"
YES: Final = "ya"


@bp.get("")
@allow(*KEEPERS)
def show() -> ResponseReturnValue:
    """Show every counter and group, and how the queue is kept."""
    found = queue_setup(runtime(), current_officer())
    return render_template(
        "queue/setup.html",
        found=found,
        above=[admin_crumb()],
        kinds=KIND_WORDS,
        role_list=role_list,
    )


@bp.post("/biasa")
@allow(*KEEPERS)
def usual() -> ResponseReturnValue:
    """Make the six counters that offices usually have."""
    try:
        make_usual(runtime(), current_officer())
    except InvalidInput:
        flash(_("Kantor ini sudah punya loket."), "segera")
    else:
        flash(_("Enam loket dibuat. Sesuaikan nama dan kelompoknya bila perlu."))
    return redirect(url_for(".show"), code=303)


@bp.get("/baru")
@allow(*KEEPERS)
def new_window() -> ResponseReturnValue:
    """Show the form of a new counter."""
    found = queue_setup(runtime(), current_officer())
    following = max((window.number for window in found.windows), default=0) + 1
    return _window_page(found, None, Form({"number": str(following), "kind": "office"}))


@bp.post("/baru")
@allow(*KEEPERS)
def add() -> ResponseReturnValue:
    """Preview, then add a counter."""
    return _window(None)


@bp.get("/<uuid:window_id>")
@allow(*KEEPERS)
def window(window_id: UUID) -> ResponseReturnValue:
    """Show the form of one counter."""
    found = queue_setup(runtime(), current_officer())
    view = found.window(window_id)
    values = {"name": view.name, "active": YES if view.active else ""}
    return _window_page(found, view, Form(values | {f"{GROUP}{id_}": YES for id_ in view.groups}))


@bp.post("/<uuid:window_id>")
@allow(*KEEPERS)
def change(window_id: UUID) -> ResponseReturnValue:
    """Preview, then change a counter."""
    return _window(window_id)


@bp.get("/kelompok/baru")
@allow(*KEEPERS)
def new_group() -> ResponseReturnValue:
    """Show the form of a new group."""
    return _group_page(None, Form({"kind": "office", f"{ROLE}counter": YES}))


@bp.post("/kelompok/baru")
@allow(*KEEPERS)
def add_one() -> ResponseReturnValue:
    """Preview, then add a group."""
    return _group(None)


@bp.get("/kelompok/<uuid:group_id>")
@allow(*KEEPERS)
def group(group_id: UUID) -> ResponseReturnValue:
    """Show the form of one group."""
    view = queue_setup(runtime(), current_officer()).group(group_id)
    values = {
        "title_id": view.title_id,
        "title_en": view.title_en,
        "active": YES if view.active else "",
    }
    values |= {f"{ROLE}{role}": YES for role in view.roles}
    values |= {f"{SERVICE}{service}": YES for service in view.services}
    return _group_page(view, Form(values))


@bp.post("/kelompok/<uuid:group_id>")
@allow(*KEEPERS)
def change_one(group_id: UUID) -> ResponseReturnValue:
    """Preview, then change a group."""
    return _group(group_id)


@bp.get("/aturan")
@allow(*KEEPERS)
def rules() -> ResponseReturnValue:
    """Show the form of how the queue is kept."""
    found = queue_setup(runtime(), current_officer()).rules
    values = {
        "head_start_minutes": str(found.head_start_minutes),
        "calls_before_absent": str(found.calls_before_absent),
        "always_open": YES if found.always_open else "",
        "closed_note": found.closed_note,
    }
    return _rules_page(Form(values))


@bp.post("/aturan")
@allow(*KEEPERS)
def keep_rules() -> ResponseReturnValue:
    """Preview, then set how the queue is kept."""
    typed, officer = typed_form(), current_officer()
    asked, faults = loaded(RulesSchema(), typed)
    if "langkah" in faults:
        abort(400)
    try:
        if faults:
            raise InvalidInput(faults)
        wanted = QueueRules(
            asked["head_start_minutes"],
            asked["calls_before_absent"],
            asked["always_open"] == YES,
            asked["closed_note"],
        )
        check_rules(wanted)
        if asked["langkah"] == "simpan":
            set_rules(runtime(), wanted, officer)
            flash(_("Aturan antrean disimpan."))
            return redirect(url_for(".show"), code=303)
    except InvalidInput as refused:
        return _rules_page(refused_form(typed, refused.faults), 422)
    if asked["langkah"] == "ubah":
        return _rules_page(Form(typed))
    now = queue_setup(runtime(), officer).rules
    labels = _rules_labels()
    changes = [
        Change(labels[name], _said(getattr(now, name)), _said(getattr(wanted, name)))
        for name in labels
        if getattr(now, name) != getattr(wanted, name)
    ]
    return _preview(
        _("Aturan antrean"), url_for(".keep_rules"), changes, typed,
        [_("Yang sudah punya nomor tetap di tempatnya.")],
    )  # fmt: skip


def _window(window_id: UUID | None) -> ResponseReturnValue:
    typed, officer = typed_form(), current_officer()
    asked, faults = loaded(CounterSchema(), typed)
    if "langkah" in faults:
        abort(400)
    found = queue_setup(runtime(), officer)
    view = None if window_id is None else found.window(window_id)
    try:
        if faults:
            raise InvalidInput(faults)
        wanted = WindowForm(
            asked["name"],
            [one.id for one in found.groups if typed.get(f"{GROUP}{one.id}") == YES],
            view is None or asked["active"] == YES,
            asked["kind"],
            asked["number"],
        )
        check_window(wanted, new=view is None)
        if asked["langkah"] == "simpan":
            if view is None:
                add_window(runtime(), wanted, officer)
            else:
                change_window(runtime(), view.id, wanted, officer)
            flash(_("Loket disimpan."))
            return redirect(url_for(".show"), code=303)
    except InvalidInput as refused:
        return _window_page(found, view, refused_form(typed, refused.faults), 422)
    if asked["langkah"] == "ubah":
        return _window_page(found, view, Form(typed))
    letters = " ".join(one.letter for one in found.groups if one.id in wanted.groups)
    changes = [
        Change(_("Nama"), view.name if view else "–", wanted.name),
        Change(_("Kelompok antrean"), view.letters if view else "–", letters or "–"),
        Change(_("Dipakai"), _said(view.active) if view else "–", _said(wanted.active)),
    ]
    title = _("Loket %(number)s", number=view.number if view else wanted.number)
    return _preview(title, _window_post(view), changes, typed)


def _group(group_id: UUID | None) -> ResponseReturnValue:
    typed, officer = typed_form(), current_officer()
    asked, faults = loaded(GroupSchema(), typed)
    if "langkah" in faults:
        abort(400)
    view = None if group_id is None else queue_setup(runtime(), officer).group(group_id)
    kind = asked.get("kind", "office") if view is None else view.kind
    try:
        if faults:
            raise InvalidInput(faults)
        wanted = GroupForm(
            asked["title_id"],
            asked["title_en"],
            _ticked(typed, SERVICE),
            [role for role in SEATED_ROLES.get(kind, ()) if typed.get(f"{ROLE}{role}") == YES],
            view is None or asked["active"] == YES,
            kind,
            asked["letter"],
        )
        check_group(wanted, kind, new=view is None)
        if asked["langkah"] == "simpan":
            if view is None:
                add_group(runtime(), wanted, officer)
            else:
                change_group(runtime(), view.id, wanted, officer)
            flash(_("Kelompok antrean disimpan."))
            return redirect(url_for(".show"), code=303)
    except InvalidInput as refused:
        return _group_page(view, refused_form(typed, refused.faults), 422)
    if asked["langkah"] == "ubah":
        return _group_page(view, Form(typed))
    changes = [
        Change(_("Nama"), view.title_id if view else "–", wanted.title_id),
        Change(_("Nama (Inggris)"), view.title_en if view else "–", wanted.title_en),
        Change(_("Pemanggil"), role_list(view.roles) if view else "–", role_list(wanted.roles)),
        Change(
            _("Layanan"),
            ", ".join(view.services) if view else "–",
            ", ".join(wanted.services) or "–",
        ),
        Change(_("Dipakai"), _said(view.active) if view else "–", _said(wanted.active)),
    ]
    title = _("Kelompok %(letter)s", letter=view.letter if view else wanted.letter.upper())
    touches = [_("Yang sudah punya nomor tetap dipanggil.")]
    return _preview(title, _group_post(view), changes, typed,
                    touches)  # fmt: skip


def _preview(
    title: str,
    post: str,
    changes: list[Change],
    typed: Mapping[str, str],
    touches: list[str] | None = None,
) -> ResponseReturnValue:
    return show_preview(
        Preview(
            title=title,
            lead=_("Periksa dahulu. Belum ada yang berubah."),
            confirm=_("Simpan"),
            post=post,
            above=_above(),
            changes=changes,
            touches=touches or [],
            hidden=carried(typed),
        )
    )


def _window_page(
    found: QueueSetup, view: CounterView | None, form: Form, status: int = 200
) -> ResponseReturnValue:
    return (
        render_template(
            "queue/setup_window.html",
            view=view,
            form=form,
            above=_above(),
            groups=[
                (f"{GROUP}{one.id}", f"{one.letter} · {one.title_id}", str(KIND_WORDS[one.kind]))
                for one in found.groups
                if view is None or one.kind == view.kind
            ],
            kinds=_kinds(),
            post=_window_post(view),
        ),
        status,
    )


def _group_page(view: GroupView | None, form: Form, status: int = 200) -> ResponseReturnValue:
    offered = catalogue(runtime(), current_officer().office_id, with_calendar=False)
    kinds = SEATED_ROLES if view is None else {view.kind: SEATED_ROLES[view.kind]}
    roles = [(f"{ROLE}{role}", str(ROLE_WORDS[role])) for named in kinds.values() for role in named]
    return (
        render_template(
            "queue/setup_group.html",
            view=view,
            form=form,
            above=_above(),
            roles=roles,
            services=[
                (f"{SERVICE}{one.sop.name}", in_language(one.sop.title)) for one in offered.services
            ],
            kinds=_kinds(),
            post=_group_post(view),
        ),
        status,
    )


def _rules_page(form: Form, status: int = 200) -> ResponseReturnValue:
    page = render_template("queue/setup_rules.html", form=form, above=_above())
    return page, status


def _window_post(view: CounterView | None) -> str:
    return url_for(".add") if view is None else url_for(".change", window_id=view.id)


def _group_post(view: GroupView | None) -> str:
    return url_for(".add_one") if view is None else url_for(".change_one", group_id=view.id)


def _ticked(typed: Mapping[str, str], prefix: str) -> list[str]:
    return sorted(
        name.removeprefix(prefix)
        for name, value in typed.items()
        if name.startswith(prefix) and value == YES
    )


def _kinds() -> list[tuple[str, str]]:
    return [(kind, str(KIND_WORDS[kind])) for kind in SEATED_ROLES]


def _rules_labels() -> dict[str, str]:
    return {
        "head_start_minutes": _("Didahulukan (menit)"),
        "calls_before_absent": _("Panggilan sebelum dilewati"),
        "always_open": _("Buka di luar jam kantor"),
        "closed_note": _("Alasan nomor tidak diberikan"),
    }


_SAID: Mapping[bool, Callable[[], str]] = {True: lambda: _("ya"), False: lambda: _("tidak")}


def _said(value: Any) -> str:
    return _SAID[value]() if isinstance(value, bool) else str(value) or "–"


def _above() -> list[Crumb]:
    return [admin_crumb(), Crumb(_("Loket dan antrean"), url_for(".show"))]
