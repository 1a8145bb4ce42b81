"""The two roles of the database: the owner migrates, the application works."""

from __future__ import annotations

from sqlalchemy import Connection, text

from licensing.database import APP_ROLE, OWNER_ROLE

# One number for everybody who changes the shape of this database ("satu" in ASCII).
LOCK = 0x73617475

_CREATE = """
DO $$
BEGIN
    CREATE ROLE {role} NOLOGIN NOSUPERUSER NOBYPASSRLS;
EXCEPTION
    -- Roles belong to the whole server: another database may create them at this moment.
    WHEN duplicate_object OR unique_violation THEN NULL;
END
$$
"""


class RolesMissing(RuntimeError):
    """The user who signs in may neither create the roles nor act in them."""

    def __init__(self, user: str, role: str) -> None:
        self.user, self.role = user, role
        super().__init__(
            f"database user {user!r} cannot act as {role!r}. As an administrator of the server: "
            f"CREATE ROLE {OWNER_ROLE}; CREATE ROLE {APP_ROLE}; "
            f'GRANT {OWNER_ROLE}, {APP_ROLE} TO "{user}";'
        )


def ensure_roles(connection: Connection) -> None:
    """Create both roles where absent and let the user who signed in act in them; commit.

    Raises:
        RolesMissing: the user has no right to do so, and nobody has done it before.
    """
    # One at a time, also against a migration: granting to the same role twice at once fails.
    connection.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": LOCK + 1})
    user = str(connection.scalar(text("SELECT session_user")))
    for role in (OWNER_ROLE, APP_ROLE):
        _ensure_role(connection, user, role)
    database = connection.dialect.identifier_preparer.quote(
        str(connection.scalar(text("SELECT current_database()")))
    )
    if not connection.scalar(
        text("SELECT has_database_privilege(:role, current_database(), 'CREATE')"),
        {"role": OWNER_ROLE},
    ):
        connection.execute(text(f"GRANT CREATE ON DATABASE {database} TO {OWNER_ROLE}"))
    if not connection.scalar(
        text("SELECT has_schema_privilege(:role, 'public', 'CREATE')"), {"role": OWNER_ROLE}
    ):
        connection.execute(text(f"GRANT CREATE, USAGE ON SCHEMA public TO {OWNER_ROLE}"))
    if not connection.scalar(
        text("SELECT has_schema_privilege(:role, 'public', 'USAGE')"), {"role": APP_ROLE}
    ):
        connection.execute(text(f"GRANT USAGE ON SCHEMA public TO {APP_ROLE}"))
    connection.commit()


def _ensure_role(connection: Connection, user: str, role: str) -> None:
    exists = text("SELECT EXISTS (SELECT 1 FROM pg_roles WHERE rolname = :role)")
    may_act = text("SELECT pg_has_role(session_user, :role, 'SET')")
    may_create = text("SELECT rolsuper OR rolcreaterole FROM pg_roles WHERE rolname = session_user")
    if not connection.scalar(exists, {"role": role}):
        if not connection.scalar(may_create):
            raise RolesMissing(user, role)
        connection.execute(text(_CREATE.format(role=role)))
    if connection.scalar(may_act, {"role": role}):
        return
    may_grant = text("SELECT pg_has_role(session_user, :role, 'USAGE WITH ADMIN OPTION')")
    if not connection.scalar(may_grant, {"role": role}):
        raise RolesMissing(user, role)
    quoted = connection.dialect.identifier_preparer.quote(user)
    connection.execute(text(f"GRANT {role} TO {quoted} WITH SET TRUE"))
