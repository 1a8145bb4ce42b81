"""The queue: counters, groups, tickets."""

from __future__ import annotations

from alembic import op

from migrations.walls import lookup, wall

revision = "0014"
down_revision = "0013"
branch_labels = None
depends_on = None

# A ticket keeps its number, its priority and its place; what happened to it is only added to.
_RIGHTS = {
    "counter_window": "SELECT, INSERT (office_id, kind, number, name), UPDATE (name, active)",
    "queue_group": "SELECT, INSERT (office_id, kind, letter, title_id, title_en, services, roles),"
    " UPDATE (title_id, title_en, services, roles, active)",
    "window_group": "SELECT, INSERT, DELETE",
    "queue_setting": "SELECT, INSERT,"
    " UPDATE (head_start_minutes, calls_before_absent, always_open, closed_note)",
    "queue_day": "SELECT, INSERT (office_id, day), UPDATE (changed_at)",
    "window_seat": "SELECT, INSERT (office_id, day, window_id, officer_id, kind),"
    " UPDATE (left_at, left_by)",
    "ticket": "SELECT, INSERT (office_id, day, letter, number, secret_hash, priority, taken_at,"
    " order_at, kind, group_id),"
    " UPDATE (status, kind, group_id, for_window_id, window_id, called_at, calls, application_id)",
    "ticket_event": "SELECT,"
    " INSERT (office_id, day, ticket_id, kind, group_id, window_id, by_id, reason, ahead)",
}


def upgrade() -> None:
    """Create the tables, their walls, and the way from a ticket's secret to its office."""
    op.execute(_TABLES)
    for table, rights in _RIGHTS.items():
        for statement in wall(table, rights=rights):
            op.execute(statement)
    for statement in lookup(
        "find_ticket",
        "wanted bytea",
        "ticket_id uuid, office_id uuid",
        "SELECT id, office_id FROM ticket WHERE secret_hash = wanted",
    ):
        op.execute(statement)


def downgrade() -> None:
    """Forget the queue."""
    op.execute("DROP FUNCTION find_ticket(bytea)")
    for table in (
        "ticket_event", "ticket", "window_seat", "queue_day", "queue_setting", "window_group",
        "queue_group", "counter_window",
    ):  # fmt: skip
        op.drop_table(table)


_TABLES = """
CREATE TABLE counter_window (
    id UUID DEFAULT uuidv7() NOT NULL,
    office_id UUID NOT NULL,
    kind TEXT NOT NULL,
    number INTEGER NOT NULL,
    name TEXT NOT NULL,
    active BOOLEAN DEFAULT 'true' NOT NULL,
    created_at TIMESTAMPTZ DEFAULT clock_timestamp() NOT NULL,
    CONSTRAINT pk_counter_window PRIMARY KEY (id),
    CONSTRAINT uq_counter_window_id_kind UNIQUE (id, kind),
    CONSTRAINT uq_counter_window_office_id_number UNIQUE (office_id, number),
    CONSTRAINT ck_counter_window_kind CHECK (kind IN ('office', 'bank')),
    CONSTRAINT ck_counter_window_number CHECK (number BETWEEN 1 AND 99),
    CONSTRAINT ck_counter_window_name CHECK (name <> ''),
    CONSTRAINT fk_counter_window_office_id FOREIGN KEY (office_id) REFERENCES office (id)
);
CREATE TABLE queue_group (
    id UUID DEFAULT uuidv7() NOT NULL,
    office_id UUID NOT NULL,
    kind TEXT NOT NULL,
    letter TEXT NOT NULL,
    title_id TEXT NOT NULL,
    title_en TEXT NOT NULL,
    services TEXT[] DEFAULT '{}' NOT NULL,
    roles TEXT[] NOT NULL,
    active BOOLEAN DEFAULT 'true' NOT NULL,
    created_at TIMESTAMPTZ DEFAULT clock_timestamp() NOT NULL,
    CONSTRAINT pk_queue_group PRIMARY KEY (id),
    CONSTRAINT uq_queue_group_id_kind UNIQUE (id, kind),
    CONSTRAINT uq_queue_group_office_id_letter UNIQUE (office_id, letter),
    CONSTRAINT ck_queue_group_letter CHECK (letter ~ '^[A-Z]$'),
    CONSTRAINT ck_queue_group_titles CHECK (title_id <> '' AND title_en <> ''),
    CONSTRAINT ck_queue_group_roles_fit_kind
        CHECK (roles <> '{}' AND ((kind = 'office' AND roles <@ ARRAY['counter', 'supervisor'])
            OR (kind = 'bank' AND roles <@ ARRAY['teller', 'bank_supervisor']))),
    CONSTRAINT fk_queue_group_office_id FOREIGN KEY (office_id) REFERENCES office (id)
);
CREATE TABLE window_group (
    window_id UUID NOT NULL,
    group_id UUID NOT NULL,
    office_id UUID NOT NULL,
    kind TEXT NOT NULL,
    CONSTRAINT pk_window_group PRIMARY KEY (window_id, group_id),
    CONSTRAINT fk_window_group_window_id_kind
        FOREIGN KEY (window_id, kind) REFERENCES counter_window (id, kind),
    CONSTRAINT fk_window_group_group_id_kind
        FOREIGN KEY (group_id, kind) REFERENCES queue_group (id, kind),
    CONSTRAINT fk_window_group_office_id FOREIGN KEY (office_id) REFERENCES office (id)
);
CREATE TABLE queue_setting (
    office_id UUID NOT NULL,
    head_start_minutes INTEGER DEFAULT '60' NOT NULL,
    calls_before_absent INTEGER DEFAULT '3' NOT NULL,
    always_open BOOLEAN DEFAULT 'false' NOT NULL,
    closed_note TEXT DEFAULT '' NOT NULL,
    CONSTRAINT pk_queue_setting PRIMARY KEY (office_id),
    CONSTRAINT ck_queue_setting_head_start CHECK (head_start_minutes BETWEEN 0 AND 480),
    CONSTRAINT ck_queue_setting_calls CHECK (calls_before_absent BETWEEN 1 AND 10),
    CONSTRAINT fk_queue_setting_office_id FOREIGN KEY (office_id) REFERENCES office (id)
);
CREATE TABLE queue_day (
    office_id UUID NOT NULL,
    day DATE NOT NULL,
    changed_at TIMESTAMPTZ DEFAULT clock_timestamp() NOT NULL,
    CONSTRAINT pk_queue_day PRIMARY KEY (office_id, day),
    CONSTRAINT fk_queue_day_office_id FOREIGN KEY (office_id) REFERENCES office (id)
);
CREATE TABLE window_seat (
    id UUID DEFAULT uuidv7() NOT NULL,
    office_id UUID NOT NULL,
    day DATE NOT NULL,
    window_id UUID NOT NULL,
    officer_id UUID NOT NULL,
    kind TEXT NOT NULL,
    taken_at TIMESTAMPTZ DEFAULT clock_timestamp() NOT NULL,
    left_at TIMESTAMPTZ,
    left_by UUID,
    CONSTRAINT pk_window_seat PRIMARY KEY (id),
    CONSTRAINT fk_window_seat_window_id_kind
        FOREIGN KEY (window_id, kind) REFERENCES counter_window (id, kind),
    CONSTRAINT fk_window_seat_officer_id_kind
        FOREIGN KEY (officer_id, kind) REFERENCES officer (id, organisation_kind),
    CONSTRAINT ck_window_seat_left_whole CHECK ((left_at IS NULL) = (left_by IS NULL)),
    CONSTRAINT fk_window_seat_office_id FOREIGN KEY (office_id) REFERENCES office (id),
    CONSTRAINT fk_window_seat_left_by FOREIGN KEY (left_by) REFERENCES officer (id)
);
CREATE UNIQUE INDEX uq_window_seat_one_a_window
    ON window_seat (window_id, day) WHERE left_at IS NULL;
CREATE UNIQUE INDEX uq_window_seat_one_an_officer
    ON window_seat (officer_id, day) WHERE left_at IS NULL;
CREATE TABLE ticket (
    id UUID DEFAULT uuidv7() NOT NULL,
    office_id UUID NOT NULL,
    day DATE NOT NULL,
    letter TEXT NOT NULL,
    number INTEGER NOT NULL,
    secret_hash BYTEA NOT NULL,
    priority TEXT DEFAULT '' NOT NULL,
    taken_at TIMESTAMPTZ DEFAULT clock_timestamp() NOT NULL,
    order_at TIMESTAMPTZ NOT NULL,
    status TEXT DEFAULT 'waiting' NOT NULL,
    kind TEXT NOT NULL,
    group_id UUID NOT NULL,
    for_window_id UUID,
    window_id UUID,
    called_at TIMESTAMPTZ,
    calls INTEGER DEFAULT '0' NOT NULL,
    application_id UUID,
    CONSTRAINT pk_ticket PRIMARY KEY (id),
    CONSTRAINT fk_ticket_office_id_day
        FOREIGN KEY (office_id, day) REFERENCES queue_day (office_id, day),
    CONSTRAINT fk_ticket_group_id_kind
        FOREIGN KEY (group_id, kind) REFERENCES queue_group (id, kind),
    CONSTRAINT fk_ticket_for_window_id_kind
        FOREIGN KEY (for_window_id, kind) REFERENCES counter_window (id, kind),
    CONSTRAINT fk_ticket_window_id_kind
        FOREIGN KEY (window_id, kind) REFERENCES counter_window (id, kind),
    CONSTRAINT uq_ticket_office_id_day_letter_number UNIQUE (office_id, day, letter, number),
    CONSTRAINT ck_ticket_status
        CHECK (status IN ('waiting', 'called', 'absent', 'done', 'closed')),
    CONSTRAINT ck_ticket_priority CHECK (priority IN ('', 'elderly', 'disabled', 'pregnant')),
    CONSTRAINT ck_ticket_number CHECK (number > 0),
    CONSTRAINT ck_ticket_order CHECK (order_at <= taken_at),
    CONSTRAINT ck_ticket_called_whole
        CHECK (status <> 'called' OR num_nonnulls(window_id, called_at) = 2 AND calls > 0),
    CONSTRAINT ck_ticket_waits_nowhere
        CHECK (status <> 'waiting' OR num_nonnulls(window_id, called_at) = 0),
    CONSTRAINT uq_ticket_secret_hash UNIQUE (secret_hash),
    CONSTRAINT fk_ticket_application_id FOREIGN KEY (application_id) REFERENCES application (id)
);
CREATE INDEX ix_ticket_open
    ON ticket (office_id, day) WHERE status IN ('waiting', 'called', 'absent');
CREATE INDEX ix_ticket_waiting ON ticket (office_id, day, order_at, id) WHERE status = 'waiting';
CREATE UNIQUE INDEX uq_ticket_one_a_window ON ticket (window_id) WHERE status = 'called';
CREATE TABLE ticket_event (
    seq BIGINT GENERATED ALWAYS AS IDENTITY,
    office_id UUID NOT NULL,
    day DATE NOT NULL,
    ticket_id UUID NOT NULL,
    at TIMESTAMPTZ DEFAULT clock_timestamp() NOT NULL,
    kind TEXT NOT NULL,
    group_id UUID NOT NULL,
    window_id UUID,
    by_id UUID,
    reason TEXT DEFAULT '' NOT NULL,
    ahead INTEGER DEFAULT '0' NOT NULL,
    CONSTRAINT pk_ticket_event PRIMARY KEY (seq),
    CONSTRAINT ck_ticket_event_kind
        CHECK (kind IN ('taken', 'called',
            'recalled', 'absent', 'handed_over', 'done', 'bound', 'closed')),
    CONSTRAINT ck_ticket_event_exception_named
        CHECK (ahead = 0 OR (reason <> '' AND by_id IS NOT NULL)),
    CONSTRAINT ck_ticket_event_called_somewhere
        CHECK (kind NOT IN ('called', 'recalled') OR num_nonnulls(window_id, by_id) = 2),
    CONSTRAINT fk_ticket_event_ticket_id FOREIGN KEY (ticket_id) REFERENCES ticket (id),
    CONSTRAINT fk_ticket_event_group_id FOREIGN KEY (group_id) REFERENCES queue_group (id),
    CONSTRAINT fk_ticket_event_window_id FOREIGN KEY (window_id) REFERENCES counter_window (id),
    CONSTRAINT fk_ticket_event_by_id FOREIGN KEY (by_id) REFERENCES officer (id)
);
CREATE INDEX ix_ticket_event_day ON ticket_event (office_id, day, seq);
CREATE INDEX ix_ticket_event_ticket ON ticket_event (ticket_id, seq);
"""
