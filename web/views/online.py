"""`/ajukan` and `/permohonan/<draft>`: an application written online, a page at a time."""

from __future__ import annotations

from typing import Final
from uuid import UUID

from flask import (
    Blueprint,
    abort,
    current_app,
    flash,
    make_response,
    redirect,
    render_template,
    request,
    session,
    url_for,
)
from flask.typing import ResponseReturnValue
from marshmallow import ValidationError

from licensing.errors import InvalidInput, NotFound
from licensing.ports.storage import StorageFault
from licensing.queries.online import DraftView, filed_from, read_online_scan, view_draft
from licensing.services.applicant_accounts import begin_without_address, shown_code
from licensing.services.applicant_drafts import (
    SEEN,
    VARIANT,
    YES,
    attach_to_draft,
    begin_draft,
    command_of,
    delete_online_draft,
    remove_from_draft,
    save_part,
)
from licensing.services.file_application import file_application
from licensing.services.uploads import Sending, check_upload
from web.access import (
    allow_applicant,
    applicant_or_none,
    current_applicant,
    let_in,
    public,
    runtime,
)
from web.fault_words import worded
from web.i18n import current_language
from web.i18n import gettext as _
from web.office_frame import current_office
from web.online_page import (
    PaperPage,
    Part,
    check_page,
    choices_of,
    find_part,
    paper_page,
    part_form,
    task_page,
)
from web.rate_limit import per_address
from web.schemas.form import faults_of
from web.schemas.online import DeclareSchema, FileSchema, part_schema
from web.script_answers import by_script, said_faults, said_next
from web.services_page import find_service
from web.storage_words import storage_words
from web.viewmodels import Form
from web.views.applicant_sign_in import RESUME
from workflows.sop import Sop

bp = Blueprint("online", __name__)

LATER: Final = "nanti"
_DRAFT: Final = "/permohonan/<uuid:draft_id>"
_saves = per_address("120 per minute", scope="permohonan")


@bp.get("/ajukan/<service>")
@public
def begin(service: str) -> ResponseReturnValue:
    """Ask what decides which papers are needed, and say how applying online goes."""
    sop, closed = _service(service)
    answers = {f"{VARIANT}{name}": request.args.get(name, "") for name in sop.variants}
    return _begin_page(sop, Form(answers), closed)


@bp.post("/ajukan/<service>")
@public
@per_address("10 per minute", scope="ajukan")
def start(service: str) -> ResponseReturnValue:
    """Begin an application; who has no account gets a resume code."""
    sop, closed = _service(service)
    typed = {name: request.form.get(f"{VARIANT}{name}", "") for name in sop.variants}
    faults = {
        f"{VARIANT}{name}": "choose"
        for name, variant in sop.variants.items()
        if typed[name] not in variant.choices
    }
    form = Form({f"{VARIANT}{name}": text for name, text in typed.items()}, worded(faults))
    if closed is not None or faults:
        return _begin_page(sop, form, closed, 422)
    applicant = applicant_or_none()
    entered = code = None
    if applicant is None:
        entered, code = begin_without_address(runtime(), _office(), locale=current_language())
        applicant = entered.applicant
    try:
        draft_id = begin_draft(runtime(), service, typed, applicant)
    except InvalidInput as error:
        return _begin_page(sop, Form(form.values, worded(error.faults)), closed, 422)
    answer = current_app.make_response(redirect(url_for(".tasks", draft_id=draft_id), code=303))
    if entered is not None and code is not None:
        session[RESUME] = shown_code(code)
        answer = let_in(answer, entered)
    return answer


@bp.get(_DRAFT)
@allow_applicant
def tasks(draft_id: UUID) -> ResponseReturnValue:
    """Show what is done and what is left."""
    return render_template(
        "online/tasks.html",
        page=task_page(_view(draft_id)),
        resume=session.pop(RESUME, ""),
        applicant=current_applicant(),
    )


@bp.get(f"{_DRAFT}/isi/<part>")
@allow_applicant
def show_part(draft_id: UUID, part: str) -> ResponseReturnValue:
    """Show one page of questions; one that was filled in before says what is wrong with it."""
    view = _view(draft_id)
    found = _part(view, part)
    seen = bool(view.form.text(f"{SEEN}{part}"))
    return _part_page(view, found, part_form(view, found, with_faults=seen))


@bp.post(f"{_DRAFT}/isi/<part>")
@allow_applicant
@_saves
def save(draft_id: UUID, part: str) -> ResponseReturnValue:
    """Keep what was typed, whatever it is; go on where it is right, or stop where that is asked."""
    found = _part(_view(draft_id), part)
    typed = request.form.to_dict()
    try:
        values = part_schema(found.names).load(typed)
        save_part(runtime(), draft_id, {**values, f"{SEEN}{part}": YES}, current_applicant())
    except ValidationError as error:
        form = Form({name: typed.get(name, "") for name in found.names}, worded(faults_of(error)))
        return _part_page(_view(draft_id), found, form, 422)
    except InvalidInput as error:
        form = Form({name: typed.get(name, "") for name in found.names}, worded(error.faults))
        return _part_page(_view(draft_id), found, form, 422)
    view = _view(draft_id)
    if typed.get("tindakan") == LATER:
        flash(_("Tersimpan. Lanjutkan kapan saja."))
        return redirect(url_for(".tasks", draft_id=draft_id), code=303)
    found = find_part(view, part) or found
    form = part_form(view, found, with_faults=True)
    if form.errors:
        return _part_page(view, found, form, 422)
    return _on(view, "isi", part)


@bp.get(f"{_DRAFT}/dokumen/<paper>")
@allow_applicant
def show_paper(draft_id: UUID, paper: str) -> ResponseReturnValue:
    """Show one paper: how it is wanted, and what was sent of it."""
    view = _view(draft_id)
    return _paper_page(view, _paper(view, paper), Form())


@bp.post(f"{_DRAFT}/dokumen/<paper>")
@allow_applicant
@per_address("40 per minute", scope="unggah")
def upload(draft_id: UUID, paper: str) -> ResponseReturnValue:
    """Keep a scan of one paper."""
    view = _view(draft_id)
    found = _paper(view, paper)
    sent = request.files.get("scan")
    if sent is None or not sent.filename:
        if found.scans or not found.required:
            return _on(view, "dokumen", paper)
        return _not_kept(view, found, {"scan": [_("Pilih atau foto dahulu.")]})
    applicant, name = current_applicant(), sent.filename
    try:
        checked = check_upload(
            runtime(),
            sent.read(),
            name,
            office_id=applicant.office_id,
            sending=Sending(paper=paper),
        )
        attach_to_draft(runtime(), draft_id, paper, checked, name, applicant)
    except StorageFault as fault:
        return _not_kept(view, found, {"scan": [storage_words(fault)]})
    except InvalidInput as error:
        return _not_kept(view, found, worded(error.faults))
    flash(_("Dokumen tersimpan. Periksa apakah terbaca."))
    there = url_for(".show_paper", draft_id=draft_id, paper=paper)
    return said_next(there) if by_script() else redirect(there, code=303)


@bp.post(f"{_DRAFT}/dokumen/<paper>/hapus")
@allow_applicant
@_saves
def remove(draft_id: UUID, paper: str) -> ResponseReturnValue:
    """Take one scan away."""
    try:
        file_id = FileSchema().load(request.form.to_dict())["file"]
    except ValidationError:
        abort(400)
    if remove_from_draft(runtime(), draft_id, file_id, current_applicant()):
        flash(_("Berkas itu sudah dihapus."))
    return redirect(url_for(".show_paper", draft_id=draft_id, paper=paper), code=303)


@bp.get(f"{_DRAFT}/pindaian/<uuid:file_id>")
@allow_applicant
def scan(draft_id: UUID, file_id: UUID) -> ResponseReturnValue:
    """Show one scan in the browser."""
    try:
        found = read_online_scan(runtime(), draft_id, file_id, current_applicant())
    except StorageFault:
        abort(500)
    response = make_response(found.content)
    response.mimetype = found.media_type
    response.headers["Content-Disposition"] = f'inline; filename="{found.sha256[:12]}"'
    response.headers["X-Content-Type-Options"] = "nosniff"
    return response


@bp.get(f"{_DRAFT}/periksa")
@allow_applicant
def check(draft_id: UUID) -> ResponseReturnValue:
    """Show everything before it is handed in."""
    return _check_page(_view(draft_id), Form())


@bp.post(f"{_DRAFT}/kirim")
@allow_applicant
@per_address("10 per minute", scope="kirim")
def submit(draft_id: UUID) -> ResponseReturnValue:
    """Hand the application in; a second press finds what the first has led to."""
    applicant = current_applicant()
    filed = filed_from(runtime(), draft_id, applicant)
    if filed is not None:
        return redirect(url_for("own_applications.filed", application_id=filed), code=303)
    view = _view(draft_id)
    try:
        DeclareSchema().load(request.form.to_dict())
    except ValidationError as error:
        return _check_page(view, Form({}, worded(faults_of(error))), 422)
    command = command_of(view.sop, view.form, draft_id, locale=current_language())
    try:
        receipt = file_application(runtime(), command, applicant)
    except InvalidInput:
        flash(_("Masih ada yang perlu dilengkapi. Lihat tanda pada daftar di bawah."), "segera")
        return _check_page(_view(draft_id), Form({"benar": YES}), 422)
    address = url_for("own_applications.filed", application_id=receipt.application_id)
    return redirect(address, code=303)


@bp.route(f"{_DRAFT}/hapus", methods=["GET", "POST"])
@allow_applicant
@_saves
def throw_away(draft_id: UUID) -> ResponseReturnValue:
    """Ask whether an unfinished application is thrown away, and do it."""
    if request.method == "POST":
        if delete_online_draft(runtime(), draft_id, current_applicant()):
            flash(_("Permohonan yang belum dikirim itu sudah dihapus."))
        return redirect(url_for("own_applications.index"), code=303)
    return render_template("online/throw_away.html", page=task_page(_view(draft_id)))


def _service(name: str) -> tuple[Sop, str | None]:
    found = find_service(name, with_calendar=False)
    if found is None:
        abort(404)
    return found[1].sop, found[1].closed_note


def _office() -> UUID:
    office = current_office()
    if office is None:
        abort(404)
    return office.id


def _view(draft_id: UUID) -> DraftView:
    return view_draft(runtime(), draft_id, current_applicant())


def _part(view: DraftView, key: str) -> Part:
    found = find_part(view, key)
    if found is None:
        raise NotFound("page", key)
    return found


def _paper(view: DraftView, name: str) -> PaperPage:
    found = paper_page(view, name)
    if found is None:
        raise NotFound("paper", name)
    return found


def _on(view: DraftView, kind: str, key: str) -> ResponseReturnValue:
    """Lead on to the next thing that is not done; to the check where everything is."""
    following = task_page(view).after(kind, key)
    if following is None:
        return redirect(url_for(".check", draft_id=view.id), code=303)
    return redirect(_href(view.id, following.kind, following.key), code=303)


def _href(draft_id: UUID, kind: str, key: str) -> str:
    if kind == "isi":
        return url_for(".show_part", draft_id=draft_id, part=key)
    return url_for(".show_paper", draft_id=draft_id, paper=key)


def _begin_page(sop: Sop, form: Form, closed: str | None, status: int = 200) -> ResponseReturnValue:
    questions = choices_of(sop)
    page = render_template(
        "online/begin.html",
        sop=sop,
        questions=questions,
        labels={one.name: one.label for one in questions},
        form=form,
        closed=closed,
        applicant=applicant_or_none(),
    )
    return page, status


def _part_page(view: DraftView, part: Part, form: Form, status: int = 200) -> ResponseReturnValue:
    return render_template("online/part.html", view=view, part=part, form=form), status


def _paper_page(
    view: DraftView, paper: PaperPage, form: Form, status: int = 200
) -> ResponseReturnValue:
    page = render_template(
        "online/paper.html",
        view=view,
        paper=paper,
        form=form,
        most_bytes=runtime().storage.limits.max_bytes,
    )
    return page, status


def _not_kept(
    view: DraftView, paper: PaperPage, faults: dict[str, list[str]]
) -> ResponseReturnValue:
    return said_faults(faults) if by_script() else _paper_page(view, paper, Form({}, faults), 422)


def _check_page(view: DraftView, form: Form, status: int = 200) -> ResponseReturnValue:
    return render_template("online/check.html", page=check_page(view), form=form), status
