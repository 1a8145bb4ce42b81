"""The addresses and the forms of the bank's window."""

from __future__ import annotations

from marshmallow import fields, validate

from licensing.services.bank import LONGEST_REFERENCE
from web.schemas.form import FormSchema


class SearchSchema(FormSchema):
    """What the teller is looking for."""

    cari = fields.String(load_default="", validate=validate.Length(max=400))


class ReferenceSchema(FormSchema):
    """The bank's own number of a booking."""

    bank_reference = fields.String(
        load_default="", validate=validate.Length(max=LONGEST_REFERENCE, error="too_long")
    )


class ReceiveSchema(ReferenceSchema):
    """The confirmed booking: what the teller has seen."""

    seen_version = fields.Integer(required=True, strict=False)
    amount_idr = fields.String(required=True, validate=validate.Regexp(r"^[0-9]{1,16}\Z"))


class ReverseSchema(FormSchema):
    """The confirmed reversal."""

    seen_version = fields.Integer(required=True, strict=False)
    reason = fields.String(load_default="", validate=validate.Length(max=2_000, error="too_long"))


class DaySchema(FormSchema):
    """Which day, and where its page begins."""

    tanggal = fields.Date(load_default=None)
    sesudah = fields.String(load_default=None, validate=validate.Length(max=100))
    semua = fields.Boolean(load_default=False)


MOST_BILLS = 50


class ManyBillsSchema(FormSchema):
    """Which bills were chosen."""

    tagihan = fields.List(
        fields.UUID(), load_default=list, validate=validate.Length(max=MOST_BILLS)
    )


class ReceiveManySchema(FormSchema):
    """The confirmed bookings: bill, version of its application, amount, as the teller saw them."""

    baris = fields.List(
        fields.String(validate=validate.Regexp(r"^[0-9a-f-]{36}~[0-9]{1,9}~[0-9]{1,16}\Z")),
        required=True,
        validate=validate.Length(min=1, max=MOST_BILLS),
    )


class SlipsSchema(FormSchema):
    """Which slips are printed together."""

    pembayaran = fields.List(
        fields.UUID(), required=True, validate=validate.Length(min=1, max=MOST_BILLS)
    )
