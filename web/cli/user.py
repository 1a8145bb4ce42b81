"""`satupintu user`: accounts of an office, its bank, its inspectorate."""

from __future__ import annotations

import sys

import click

from licensing.models.people import KINDS, ROLES_OF
from licensing.passwords import make_password
from licensing.services.account_changes import set_active, set_password
from licensing.services.accounts import NewAccount, create_account, list_accounts
from licensing.services.offices import office_id_of
from web.cli.told import in_words
from web.wiring import opened

_ROLES = [role for roles in ROLES_OF.values() for role in roles]


@click.group("user")
def user() -> None:
    """Accounts: one person, one organisation, roles of its kind only."""


def _password_options(command: click.decorators.FC) -> click.decorators.FC:
    command = click.option(
        "--make-password", "made", is_flag=True, help="Make one up and print it, this once."
    )(command)
    return click.option(
        "--password-stdin", "stdin", is_flag=True, help="Read it from the first line of the input."
    )(command)


@user.command("create")
@click.option("--office", "code", required=True, help="Code of the office.")
@click.option("--username", required=True)
@click.option("--name", required=True, help="As on letters: Dra. Sri Rahayu, M.Si.")
@click.option("--role", "roles", multiple=True, required=True, type=click.Choice(_ROLES))
@click.option(
    "--organisation",
    "kind",
    type=click.Choice(KINDS),
    default="office",
    show_default=True,
    help="Whose person it is; decides which roles are possible.",
)
@click.option("--organisation-name", default="", help="Where there are several of a kind.")
@click.option("--title", default="", help="Position: Kepala Dinas.")
@click.option("--employee-number", default="", help="NIP.")
@click.option("--email", default="")
@click.option("--locale", type=click.Choice(["id", "en"]), default="id", show_default=True)
@_password_options
def create(
    code: str,
    username: str,
    name: str,
    roles: tuple[str, ...],
    kind: str,
    organisation_name: str,
    title: str,
    employee_number: str,
    email: str,
    locale: str,
    stdin: bool,
    made: bool,
) -> None:
    """Create an account; the password is asked for, read, or made up."""
    password = _password(stdin=stdin, made=made)
    account = NewAccount(
        username=username,
        name=name,
        roles=roles,
        password=password,
        organisation_kind=kind,
        organisation_name=organisation_name,
        title=title,
        employee_number=employee_number,
        email=email,
        locale=locale,
    )
    with in_words(), opened() as (_, runtime):
        with runtime.db.begin() as connection:
            office_id = office_id_of(connection, code)
        officer = create_account(runtime, office_id, account)
    click.echo(
        f"Akun {officer.username} dibuat / account created: {', '.join(sorted(officer.roles))}"
    )
    _show(password, made=made)


@user.command("list")
@click.option("--office", "code", required=True, help="Code of the office.")
def list_users(code: str) -> None:
    """List the accounts of an office."""
    with in_words(), opened() as (_, runtime):
        with runtime.db.begin() as connection:
            office_id = office_id_of(connection, code)
        lines = list_accounts(runtime, office_id)
    for line in lines:
        closed = "" if line.active else "  nonaktif / disabled"
        click.echo(
            f"{line.username:<20} {line.kind:<12} {','.join(line.roles):<24} {line.name}{closed}"
        )


@user.command("disable")
@click.argument("username")
@click.option("--office", "code", required=True, help="Code of the office.")
def disable(username: str, code: str) -> None:
    """Keep an account out and end its sessions; its history stays."""
    _set_active(code, username, active=False)
    click.echo(f"Akun {username} dinonaktifkan / disabled.")


@user.command("enable")
@click.argument("username")
@click.option("--office", "code", required=True, help="Code of the office.")
def enable(username: str, code: str) -> None:
    """Let a disabled account sign in again."""
    _set_active(code, username, active=True)
    click.echo(f"Akun {username} diaktifkan / enabled.")


@user.command("password")
@click.argument("username")
@click.option("--office", "code", required=True, help="Code of the office.")
@_password_options
def password(username: str, code: str, stdin: bool, made: bool) -> None:
    """Give an account a new password and end its sessions."""
    fresh = _password(stdin=stdin, made=made)
    with in_words(), opened() as (_, runtime):
        with runtime.db.begin() as connection:
            office_id = office_id_of(connection, code)
        set_password(runtime, office_id, username, fresh)
    click.echo(f"Kata sandi {username} diganti / password changed.")
    _show(fresh, made=made)


def _set_active(code: str, username: str, *, active: bool) -> None:
    with in_words(), opened() as (_, runtime):
        with runtime.db.begin() as connection:
            office_id = office_id_of(connection, code)
        set_active(runtime, office_id, username, active=active)


def _password(*, stdin: bool, made: bool) -> str:
    if stdin and made:
        raise click.UsageError("choose one of --password-stdin and --make-password")
    if made:
        return make_password()
    if stdin:
        return sys.stdin.readline().rstrip("\r\n")
    if not sys.stdin.isatty():
        raise click.UsageError(
            "there is no terminal to ask on: use --password-stdin or --make-password"
        )
    return str(
        click.prompt("Kata sandi / password", hide_input=True, confirmation_prompt="Ulangi / again")
    )


def _show(password: str, *, made: bool) -> None:
    if made:
        click.echo(f"Kata sandi, hanya ditampilkan sekali / password, shown this once: {password}")
