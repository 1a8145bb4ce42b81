"""`/admin/tarif`: the unit prices that the region's rule sets, from which day on."""

from __future__ import annotations

from datetime import date
from decimal import Decimal, InvalidOperation

from flask import Blueprint, abort, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from licensing.errors import InvalidInput
from licensing.queries.administration_prices import (
    PRICE_KEEPERS,
    PRICE_READERS,
    PriceDesk,
    price_desk,
    unbilled,
)
from licensing.services.prices import check_prices, set_prices
from licensing.tariffs import UnitPrice
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
from web.formats import long_date, number
from web.i18n import current_language, ngettext
from web.i18n import gettext as _
from web.schemas.admin import PriceSchema, loaded
from web.viewmodels import Crumb, Form

bp = Blueprint("admin_prices", __name__, url_prefix="/admin/tarif")


@bp.get("")
@allow(*PRICE_READERS)
def show() -> ResponseReturnValue:
    """Show the prices in force, the form for a new one, and what was set before."""
    return _page(price_desk(runtime(), current_officer()), Form())


@bp.post("")
@allow(*PRICE_KEEPERS)
def put() -> ResponseReturnValue:
    """Preview, then set one price from a day on."""
    typed, officer = typed_form(), current_officer()
    asked, faults = loaded(PriceSchema(), typed)
    if "tariff" in faults:
        abort(400)
    desk = price_desk(runtime(), officer)
    if asked.get("langkah") == "ubah":
        return _page(desk, Form(typed))
    tariff = next((one for one in desk.tariffs if one.name == asked["tariff"]), None)
    if tariff is None:
        abort(400)
    unit = tariff.prices.get(asked.get("price", ""))
    value = read_price(typed.get("value", ""))
    try:
        if unit is None:
            faults.setdefault("price", "unknown_choice")
        if value is None:
            faults.setdefault("value", "price")
        if faults or unit is None or value is None:
            raise InvalidInput(faults)
        since, source = asked["since"], asked["source"]
        check_prices(tariff.name, {unit.name: value}, since=since, source=source, today=desk.today)
        if asked["langkah"] == "simpan":
            set_prices(
                runtime(),
                officer.office_id,
                tariff.name,
                {unit.name: value},
                since=since,
                source=source,
                by=officer,
            )
            flash(_("Harga satuan ditetapkan."))
            return redirect(url_for(".show"), code=303)
    except InvalidInput as error:
        field = {asked.get("price", ""): "value"}
        named = {field.get(name, name): code for name, code in error.faults.items()}
        return _page(desk, refused_form(typed, named), 422)
    waiting = unbilled(runtime(), officer, tariff.name)
    now = desk.in_force[tariff.name].get(unit.name)
    return show_preview(
        Preview(
            title=_("Harga baru: %(title)s", title=in_language(unit.title)),
            lead=_("Periksa dahulu. Belum ada yang berubah."),
            confirm=_("Tetapkan harga"),
            post=url_for(".put"),
            above=[admin_crumb(), Crumb(_("Harga satuan"), url_for(".show"))],
            changes=[
                Change(
                    _unit(unit), "–" if now is None else price_words(now.value), price_words(value)
                ),
                Change(_("Berlaku sejak"), "–" if now is None else _day(now.since), _day(since)),
                Change(_("Dasar hukum"), "–" if now is None else now.source, source),
            ],
            touches=[
                ngettext(
                    "%(num)s berkas terbuka belum ditetapkan tagihannya. Harga pada hari penetapan"
                    " yang berlaku.",
                    "%(num)s berkas terbuka belum ditetapkan tagihannya. Harga pada hari penetapan"
                    " yang berlaku.",
                    waiting,
                ),
                _("Tagihan yang sudah terbit tidak berubah."),
                _("Harga yang sudah tersimpan tidak dapat dihapus, hanya diganti yang baru."),
            ],
            hidden=carried(typed),
        )
    )


def read_price(text: str) -> Decimal | None:
    """Return an amount as people write it, `1.250,50`; None where it is none."""
    plain = text.strip().removeprefix("Rp").strip().replace(" ", "")
    whole, mark, part = plain.rpartition(",")
    whole = whole if mark else part
    if not whole.replace(".", "").isdigit() or (mark and not part.isdigit()):
        return None
    groups = whole.split(".")
    if len(groups) > 1 and any(len(group) != 3 for group in groups[1:]):
        return None
    try:
        return Decimal("".join(groups) + (f".{part}" if mark else ""))
    except InvalidOperation:
        return None


def price_words(value: Decimal) -> str:
    """Return `Rp1.250` or, with sen, `Rp1.250,50`."""
    places = 0 if value == value.to_integral_value() else 2
    return f"Rp{number(value, places)}"


def _unit(unit: UnitPrice) -> str:
    return f"{in_language(unit.title)} ({in_language(unit.unit)})"


def _day(day: date) -> str:
    return long_date(day, lang=current_language())


def _page(desk: PriceDesk, form: Form, status: int = 200) -> ResponseReturnValue:
    units = {
        (tariff.name, unit.name): unit for tariff in desk.tariffs for unit in tariff.prices.values()
    }
    return (
        render_template(
            "admin/prices.html",
            desk=desk,
            form=form,
            above=[admin_crumb()],
            units=units,
            price_words=price_words,
            may_set=current_officer().has(*PRICE_KEEPERS),
        ),
        status,
    )
