"""`python -m tests.check_migrations`: exit 1 where the migrated tables differ from the models."""

from __future__ import annotations

import sys

from alembic.util import CommandError

from tests.bed import server
from web.cli.migrate import check


def main() -> int:
    """Return 0 where a new database, migrated, is what the models say."""
    with server() as found:
        try:
            check(found.urls(found.template).owner)
        except CommandError as error:
            sys.stderr.write(f"migrations do not match the models: {error}\n")
            return 1
    sys.stdout.write("migrations match models\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
