"""Ways out of the outbox, and an office's own words for its letters."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

from migrations.walls import wall

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None

_NOW = sa.text("clock_timestamp()")
_ID = sa.text("uuidv7()")


def upgrade() -> None:
    """Create the tables, let notices leave by them, and say which ways lead to an applicant."""
    _channels()
    _templates()
    _notices()
    op.add_column(
        "applicant", sa.Column("tell_by", sa.Text(), server_default="email", nullable=False)
    )
    op.create_check_constraint(
        op.f("ck_applicant_tell_by"), "applicant", "tell_by IN ('email', 'phone')"
    )
    op.execute(_WAYS)
    op.execute("GRANT SELECT ON way_to_applicant TO satupintu_app")


# The key is written and replaced; nothing of it is ever deleted, and no version is changed.
_RIGHTS = {
    "office_channel": "SELECT, INSERT (office_id, kind, name, place, secret_cipher, personal,"
    " takes, created_by),"
    " UPDATE (place, secret_cipher, personal, takes, active, last_ok_at, last_fault,"
    " last_fault_at)",
    "letter_template": "SELECT,"
    " INSERT (office_id, event, locale, version, subject, body, created_by),"
    " UPDATE (failed_at, failed_why)",
}

# By e-mail where an address is known; to the phone where the office has a way to phones, and
# there is no address or the applicant asked for it; else it waits on the tracking page. What
# machines are told is told besides.
_WAYS = """
CREATE VIEW way_to_applicant WITH (security_invoker = true) AS
SELECT p.id AS applicant_id, p.locale, c.channel, c.channel_id, c.address,
       c.channel <> 'app' AS leaves
  FROM applicant p
  LEFT JOIN office_channel g
    ON g.office_id = p.office_id AND g.active AND g.personal
   AND p.phone <> '' AND (p.email = '' OR p.tell_by = 'phone')
 CROSS JOIN LATERAL (
   SELECT CASE WHEN g.id IS NOT NULL THEN 'gateway'
               WHEN p.email <> '' THEN 'email' ELSE 'app' END AS channel,
          g.id AS channel_id,
          CASE WHEN g.id IS NOT NULL THEN p.phone ELSE p.email END AS address
    UNION ALL
   SELECT 'webhook', w.id, ''
     FROM office_channel w
    WHERE w.office_id = p.office_id AND w.active AND w.kind = 'webhook'
      AND 'applicant' = ANY (w.takes)) c
"""


def _channels() -> None:
    op.create_table(
        "office_channel",
        sa.Column("id", sa.UUID(), server_default=_ID, nullable=False),
        sa.Column("office_id", sa.UUID(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("place", sa.Text(), nullable=False),
        sa.Column("secret_cipher", sa.Text(), nullable=False),
        sa.Column("personal", sa.Boolean(), server_default="false", nullable=False),
        sa.Column("takes", postgresql.ARRAY(sa.Text()), nullable=False),
        sa.Column("active", sa.Boolean(), server_default="true", nullable=False),
        sa.Column("created_by", sa.UUID(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=_NOW, nullable=False),
        sa.Column("last_ok_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("last_fault", sa.Text(), server_default="", nullable=False),
        sa.Column("last_fault_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint("kind IN ('gateway', 'webhook')", name=op.f("ck_office_channel_kind")),
        sa.CheckConstraint("name <> ''", name=op.f("ck_office_channel_name")),
        sa.CheckConstraint(
            "takes <@ ARRAY['office', 'applicant'] AND takes <> '{}'",
            name=op.f("ck_office_channel_takes"),
        ),
        sa.CheckConstraint(
            "kind = 'gateway' OR NOT personal", name=op.f("ck_office_channel_webhook_is_nobodys")
        ),
        sa.CheckConstraint(
            "kind <> 'gateway' OR"
            " takes = ARRAY[CASE WHEN personal THEN 'applicant' ELSE 'office' END]",
            name=op.f("ck_office_channel_gateway_reads"),
        ),
        sa.CheckConstraint(
            "(last_fault <> '') = (last_fault_at IS NOT NULL)",
            name=op.f("ck_office_channel_fault_whole"),
        ),
        sa.ForeignKeyConstraint(
            ["created_by"], ["officer.id"], name=op.f("fk_office_channel_created_by")
        ),
        sa.ForeignKeyConstraint(
            ["office_id"], ["office.id"], name=op.f("fk_office_channel_office_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_office_channel")),
    )
    op.create_index(
        "ix_office_channel_office", "office_channel", ["office_id", "active"], unique=False
    )
    op.create_index(
        "uq_office_channel_one_personal",
        "office_channel",
        ["office_id"],
        unique=True,
        postgresql_where=sa.text("active AND personal"),
    )
    for statement in wall("office_channel", rights=_RIGHTS["office_channel"]):
        op.execute(statement)


def _templates() -> None:
    op.create_table(
        "letter_template",
        sa.Column("id", sa.UUID(), server_default=_ID, nullable=False),
        sa.Column("office_id", sa.UUID(), nullable=False),
        sa.Column("event", sa.Text(), nullable=False),
        sa.Column("locale", sa.Text(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("subject", sa.Text(), nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.Column("created_by", sa.UUID(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=_NOW, nullable=False),
        sa.Column("failed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("failed_why", sa.Text(), server_default="", nullable=False),
        sa.CheckConstraint("event <> ''", name=op.f("ck_letter_template_event")),
        sa.CheckConstraint("locale IN ('id', 'en')", name=op.f("ck_letter_template_locale")),
        sa.CheckConstraint("version > 0", name=op.f("ck_letter_template_version")),
        sa.CheckConstraint(
            "(subject = '') = (body = '')", name=op.f("ck_letter_template_whole_or_built_in")
        ),
        sa.CheckConstraint(
            "(failed_at IS NULL) = (failed_why = '')", name=op.f("ck_letter_template_failed_whole")
        ),
        sa.ForeignKeyConstraint(
            ["created_by"], ["officer.id"], name=op.f("fk_letter_template_created_by")
        ),
        sa.ForeignKeyConstraint(
            ["office_id"], ["office.id"], name=op.f("fk_letter_template_office_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_letter_template")),
        sa.UniqueConstraint(
            "office_id",
            "event",
            "locale",
            "version",
            name=op.f("uq_letter_template_office_id_event_locale_version"),
        ),
    )
    for statement in wall("letter_template", rights=_RIGHTS["letter_template"]):
        op.execute(statement)


def _notices() -> None:
    # No foreign key: every step would lock the one row of the channel. Channels are not deleted.
    op.add_column("notice", sa.Column("channel_id", sa.UUID(), nullable=True))
    op.drop_constraint(op.f("ck_notice_channel"), "notice", type_="check")
    op.create_check_constraint(
        op.f("ck_notice_channel"), "notice", "channel IN ('app', 'email', 'gateway', 'webhook')"
    )
    op.create_check_constraint(
        op.f("ck_notice_channel_named"),
        "notice",
        "(channel_id IS NOT NULL) = (channel IN ('gateway', 'webhook'))",
    )
    # Each way out has a queue of its own: what waits for a closed one is not read past.
    op.drop_index("ix_notice_next_try", table_name="notice")
    op.create_index(
        "ix_notice_next_try",
        "notice",
        ["office_id", "channel_id", "next_try_at"],
        unique=False,
        postgresql_where=sa.text("next_try_at IS NOT NULL"),
    )
    op.create_index(
        "ix_notice_parked",
        "notice",
        ["office_id", "parked_at"],
        unique=False,
        postgresql_where=sa.text("parked_at IS NOT NULL"),
    )
    op.create_index(
        "ix_notice_sent",
        "notice",
        ["office_id", "sent_at"],
        unique=False,
        postgresql_where=sa.text("sent_at IS NOT NULL"),
    )
    op.create_index(
        "ix_notice_sent_about",
        "notice",
        ["application_id"],
        unique=False,
        postgresql_where=sa.text("sent_at IS NOT NULL"),
    )


def downgrade() -> None:
    """Leave by e-mail alone again."""
    op.execute("DROP VIEW way_to_applicant")
    op.drop_column("applicant", "tell_by")
    op.execute("DELETE FROM notice WHERE channel IN ('gateway', 'webhook')")
    for index in ("ix_notice_sent_about", "ix_notice_sent", "ix_notice_parked"):
        op.drop_index(index, table_name="notice")
    op.drop_index("ix_notice_next_try", table_name="notice")
    op.drop_constraint(op.f("ck_notice_channel_named"), "notice", type_="check")
    op.drop_constraint(op.f("ck_notice_channel"), "notice", type_="check")
    op.drop_column("notice", "channel_id")
    op.create_check_constraint(op.f("ck_notice_channel"), "notice", "channel IN ('app', 'email')")
    op.create_index(
        "ix_notice_next_try",
        "notice",
        ["office_id", "next_try_at"],
        unique=False,
        postgresql_where=sa.text("next_try_at IS NOT NULL"),
    )
    op.drop_table("letter_template")
    op.drop_table("office_channel")
