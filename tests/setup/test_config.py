"""Settings: read once, refused by name, made where nobody has to choose."""

from __future__ import annotations

import base64
from pathlib import Path

import pytest

import config
from config import Settings, SettingsInvalid
from licensing.ports.malware import Clamd, MalwarePort, NoScanner
from licensing.ports.object_storage import ObjectStorage
from licensing.ports.storage import FileStorage
from web.wiring import scanner_from, storage_from

ROOT = Path(__file__).resolve().parents[2]
KEY = base64.b64encode(bytes(range(32))).decode()
FULL = {
    "DATABASE_URL": "postgresql://izin@db/izin",
    "SATUPINTU_SECRET_KEY": "s" * 40,
    "SATUPINTU_NIK_ENCRYPTION_KEY": KEY,
    "SATUPINTU_NIK_HASH_KEY": KEY,
}


def test_the_printed_settings_are_current() -> None:
    assert (ROOT / "docs/settings.md").read_text() == config.documentation(), "run: make docs"


class TestDefaults:
    def test_are_an_embedded_office_on_this_machine_alone(self, tmp_path: Path) -> None:
        settings = Settings.from_environment({"SATUPINTU_DATA_DIR": str(tmp_path)})
        assert settings.embedded
        assert not settings.sends_letters
        assert settings.host == "127.0.0.1"
        assert settings.public_url == "http://127.0.0.1:8000"
        assert not settings.https
        assert settings.sweep_seconds == 30
        assert settings.letters_dir == tmp_path / "surat"

    def test_follow_the_port_and_the_public_address(self, tmp_path: Path) -> None:
        here = {"SATUPINTU_DATA_DIR": str(tmp_path)}
        assert Settings.from_environment({**here, "PORT": "9001"}).public_url.endswith(":9001")
        public = Settings.from_environment(
            {**here, "SATUPINTU_PUBLIC_URL": "https://izin.example.go.id/"}
        )
        assert public.public_url == "https://izin.example.go.id"
        assert public.https

    def test_take_an_empty_value_for_none(self, tmp_path: Path) -> None:
        settings = Settings.from_environment(
            {"SATUPINTU_DATA_DIR": str(tmp_path), "PORT": "", "DATABASE_URL": " "}
        )
        assert settings.port == 8000
        assert settings.embedded


class TestRefusal:
    @pytest.mark.parametrize(
        ("name", "value", "hint"),
        [
            ("PORT", "eighty", "whole number from 1 to 65535"),
            ("PORT", "70000", "whole number from 1 to 65535"),
            ("PORT", "²", "whole number from 1 to 65535"),
            ("DATABASE_URL", "mysql://a/b", "postgresql://"),
            ("SATUPINTU_SECRET_KEY", "short", "openssl rand"),
            ("SATUPINTU_NIK_HASH_KEY", "not base64!", "openssl rand -base64 32"),
            ("SATUPINTU_NIK_ENCRYPTION_KEY", "QUJD", "openssl rand -base64 32"),
            ("SATUPINTU_HTTPS", "maybe", "yes or no"),
            ("SATUPINTU_PUBLIC_URL", "izin.example.go.id", "https://izin.example.go.id"),
            ("SATUPINTU_SMTP_URL", "mail.example.go.id", "smtp://host:25"),
            ("SATUPINTU_MAIL_FROM", "loket", "e-mail address"),
            ("SATUPINTU_LOG_FORMAT", "xml", "text, json"),
            ("SATUPINTU_SWEEP_SECONDS", "0", "whole number from 1 to 300"),
            ("SATUPINTU_STORAGE", "s3://", "s3://bucket/prefix"),
            ("SATUPINTU_STORAGE", "s3://key:secret@bucket", "s3://bucket/prefix"),
            ("SATUPINTU_STORAGE", "ftp://host/files", "a folder or s3://"),
            ("SATUPINTU_CLAMD", "localhost:3310", "tcp://127.0.0.1:3310"),
            ("SATUPINTU_CLAMD", "tcp://localhost", "tcp://127.0.0.1:3310"),
            ("SATUPINTU_CLAMD", "tcp://localhost:x", "tcp://127.0.0.1:3310"),
            ("SATUPINTU_CLAMD", "unix:clamd.ctl", "unix:/run/clamav/clamd.ctl"),
        ],
    )
    def test_names_the_setting_and_what_to_write(self, name: str, value: str, hint: str) -> None:
        with pytest.raises(SettingsInvalid) as refusal:
            Settings.from_environment({**FULL, name: value})
        assert list(refusal.value.problems) == [name]
        assert name in str(refusal.value)
        assert hint in str(refusal.value)

    @pytest.mark.parametrize("name", [name for name in FULL if name != "DATABASE_URL"])
    def test_of_a_key_that_is_missing_beside_a_database(self, name: str) -> None:
        environment = {key: value for key, value in FULL.items() if key != name}
        with pytest.raises(SettingsInvalid, match=f"{name} is missing"):
            Settings.from_environment(environment)

    def test_comes_once_for_all_that_is_wrong(self) -> None:
        with pytest.raises(SettingsInvalid) as refusal:
            Settings.from_environment({**FULL, "PORT": "x", "SATUPINTU_HTTPS": "x"})
        assert set(refusal.value.problems) == {"PORT", "SATUPINTU_HTTPS"}

    def test_never_shows_a_password(self) -> None:
        secret = "postgresql://izin:rahasia@db/izin"
        settings = Settings.from_environment({**FULL, "DATABASE_URL": secret})
        assert "rahasia" not in repr(settings)
        assert "s" * 40 not in repr(settings)
        with pytest.raises(SettingsInvalid) as refusal:
            Settings.from_environment({**FULL, "DATABASE_URL": "mysql://izin:rahasia@db/x"})
        assert "rahasia" not in str(refusal.value)

    def test_of_an_owner_without_a_database(self, tmp_path: Path) -> None:
        environment = {
            "SATUPINTU_DATA_DIR": str(tmp_path),
            "SATUPINTU_OWNER_DATABASE_URL": FULL["DATABASE_URL"],
        }
        with pytest.raises(SettingsInvalid, match="set both"):
            Settings.from_environment(environment)


class TestFiles:
    @pytest.mark.parametrize("known", ["ACCESS_KEY_ID", "SECRET_KEY"])
    def test_need_both_halves_of_the_key_of_a_bucket(self, known: str) -> None:
        with pytest.raises(SettingsInvalid, match="set both, or neither"):
            Settings.from_environment({**FULL, f"SATUPINTU_STORAGE_{known}": "x"})

    def test_lie_in_the_data_folder_unless_a_folder_is_named(self, tmp_path: Path) -> None:
        usual = Settings.from_environment({**FULL, "SATUPINTU_DATA_DIR": str(tmp_path)})
        named = Settings.from_environment({**FULL, "SATUPINTU_STORAGE": str(tmp_path / "scan")})

        assert usual.files_dir == tmp_path / "berkas"
        assert storage_from(named) == FileStorage(tmp_path / "scan")

    def test_lie_in_a_bucket_where_one_is_named(self) -> None:
        settings = Settings.from_environment(
            {
                **FULL,
                "SATUPINTU_STORAGE": "s3://berkas/kantor/",
                "SATUPINTU_STORAGE_ENDPOINT": "https://s3.example.go.id",
                "SATUPINTU_STORAGE_ACCESS_KEY_ID": "kunci",
                "SATUPINTU_STORAGE_SECRET_KEY": "sangat rahasia",
            }
        )

        assert isinstance(storage_from(settings), ObjectStorage)
        assert "sangat rahasia" not in repr(settings)

    @pytest.mark.parametrize(
        ("address", "scanner"),
        [
            ("tcp://10.0.0.5:3310", Clamd(("10.0.0.5", 3310))),
            ("unix:/run/clamav/clamd.ctl", Clamd(Path("/run/clamav/clamd.ctl"))),
            ("", NoScanner()),
        ],
    )
    def test_are_scanned_by_the_daemon_that_is_named(
        self, address: str, scanner: MalwarePort
    ) -> None:
        assert (
            scanner_from(Settings.from_environment({**FULL, "SATUPINTU_CLAMD": address})) == scanner
        )


def test_a_misspelt_setting_is_pointed_out() -> None:
    settings = Settings.from_environment({**FULL, "SATUPINTU_SWEEP_SECOND": "5"})
    assert settings.notes == (
        "SATUPINTU_SWEEP_SECOND is not a setting and has no effect; "
        "did you mean SATUPINTU_SWEEP_SECONDS?",
    )


class TestKeptKeys:
    def test_are_made_once_and_stay(self, tmp_path: Path) -> None:
        environment = {"SATUPINTU_DATA_DIR": str(tmp_path / "var")}
        first = Settings.from_environment(environment)
        second = Settings.from_environment(environment)
        assert first == second
        assert len({first.secret_key, first.nik_encryption_key, first.nik_hash_key}) == 3

    def test_are_readable_by_their_user_alone(self, tmp_path: Path) -> None:
        Settings.from_environment({"SATUPINTU_DATA_DIR": str(tmp_path / "var")})
        keys = list((tmp_path / "var/keys").iterdir())
        assert len(keys) == 3
        assert {key.stat().st_mode & 0o777 for key in keys} == {0o600}
        assert (tmp_path / "var/keys").stat().st_mode & 0o777 == 0o700

    def test_that_are_damaged_are_not_replaced(self, tmp_path: Path) -> None:
        environment = {"SATUPINTU_DATA_DIR": str(tmp_path)}
        Settings.from_environment(environment)
        (tmp_path / "keys/nik_encryption_key").write_text("")
        with pytest.raises(SettingsInvalid, match="restore the file from a backup"):
            Settings.from_environment(environment)

    def test_are_not_made_beside_other_problems(self, tmp_path: Path) -> None:
        with pytest.raises(SettingsInvalid):
            Settings.from_environment({"SATUPINTU_DATA_DIR": str(tmp_path / "v"), "PORT": "x"})
        assert not (tmp_path / "v").exists()


def test_a_child_reads_the_very_same_settings(tmp_path: Path) -> None:
    settings = Settings.from_environment(
        {
            "SATUPINTU_DATA_DIR": str(tmp_path),
            "SATUPINTU_HTTPS": "yes",
            "SATUPINTU_SMTP_URL": "smtp://mail:25",
            "PORT": "8123",
        }
    ).with_database("postgresql://a@/b?host=%2Ftmp", "postgresql://c@/b?host=%2Ftmp")
    assert Settings.from_environment(settings.to_environment()) == settings


class TestDataFolderOfRoot:
    @pytest.fixture(autouse=True)
    def _source(self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        # Folders of test runs are closed themselves.
        self.closed: Path | None = None
        monkeypatch.setattr(config, "_closed_to_others", lambda folder: folder == self.closed)
        (tmp_path / "setup.cfg").touch()
        monkeypatch.setattr(config, "__file__", str(tmp_path / "config.py"))
        monkeypatch.setattr("os.geteuid", lambda: 0)

    def test_is_beside_the_source_where_everybody_may_pass(self, tmp_path: Path) -> None:
        assert config.default_data_dir() == (tmp_path / "var", None)

    def test_is_the_systems_below_a_closed_folder_and_is_said(self, tmp_path: Path) -> None:
        self.closed = tmp_path
        folder, note = config.default_data_dir()
        assert folder == Path("/var/lib/satupintu")
        assert note is not None
        assert str(tmp_path) in note

    def test_is_beside_the_source_for_anybody_else(
        self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        self.closed = tmp_path
        monkeypatch.setattr("os.geteuid", lambda: 1000)
        assert config.default_data_dir() == (tmp_path / "var", None)
