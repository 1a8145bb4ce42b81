"""What somebody looks for among the services."""

from __future__ import annotations

from marshmallow import fields, validate

from web.schemas.form import FormSchema


class ServiceSearchSchema(FormSchema):
    """A question in one's own words; none shows every service."""

    cari = fields.String(load_default="", validate=validate.Length(max=100, error="too_long"))
