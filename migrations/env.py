"""What alembic runs: one migration at a time, whole or not at all, as the owner of the tables."""

from __future__ import annotations

from alembic import context
from sqlalchemy import Connection, text

from licensing.database import OWNER_ROLE, connect
from licensing.models import metadata
from migrations.roles import LOCK, ensure_roles


def owner_url() -> str:
    """Return the address to migrate: the caller's, else the one in the settings."""
    given = context.config.attributes.get("url")
    if given is not None:
        return str(given)
    from config import Settings

    settings = Settings.from_environment()
    url = settings.owner_database_url or settings.database_url
    if url is None:
        raise SystemExit(
            "DATABASE_URL is not set. The embedded database is migrated by: satupintu migrate"
        )
    return url


def migrate(connection: Connection) -> None:
    """Bring the schema to the asked revision while nobody else does, in one transaction."""
    connection.execute(text("SELECT pg_advisory_lock(:key)"), {"key": LOCK})
    connection.commit()
    try:
        ensure_roles(connection)
        connection.execute(text(f"SET ROLE {OWNER_ROLE}"))
        # A migration that waits behind a long query would make everybody wait behind it.
        connection.execute(text("SET lock_timeout = '10s'"))
        connection.commit()
        context.configure(
            connection=connection,
            target_metadata=metadata,
            compare_type=True,
            compare_server_default=True,
        )
        with context.begin_transaction():
            context.run_migrations()
    finally:
        connection.rollback()
        connection.execute(text("SELECT pg_advisory_unlock(:key)"), {"key": LOCK})
        connection.commit()


def run() -> None:
    """Migrate over a connection of its own that waits as long as its turn takes."""
    if context.is_offline_mode():
        raise SystemExit("A script without a database is not offered: roles need the server.")
    engine = connect(
        owner_url(),
        role=None,
        pool_size=1,
        lock_timeout_ms=0,
        statement_timeout_ms=0,
        idle_timeout_ms=0,
        application_name="satupintu-migrate",
    )
    try:
        with engine.connect() as connection:
            migrate(connection)
    finally:
        engine.dispose()


run()
