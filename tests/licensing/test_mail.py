"""Letters: over a real connection to a server that answers as told, and into a folder."""

import email
import socket
from dataclasses import replace
from datetime import UTC, datetime
from email.policy import default

import pytest
from aiosmtpd.controller import Controller

from licensing.ports.mail import (
    Attachment,
    FolderMail,
    Letter,
    MailChannelDown,
    PermanentMailFault,
    SmtpMail,
    TemporaryMailFault,
)

LETTER = Letter(
    to="ratna@contoh.id",
    subject="Berkas REG-20261104-00042: perlu perbaikan",
    text="Yth. Ratna Wulandari,\n\nberkas Anda perlu diperbaiki – lihat daftar.\n",
    message_id="<notice-42@contoh.go.id>",
    written_at=datetime(2026, 11, 4, 2, 14, tzinfo=UTC),
)


class Server:
    """A mail server that answers each command as `answers` says."""

    def __init__(self, answers: dict[str, str]) -> None:
        self.answers = answers
        self.received: list[bytes] = []

    async def handle_MAIL(self, server, session, envelope, address, options):  # noqa: N802
        envelope.mail_from = address
        return self.answers.get("MAIL", "250 OK")

    async def handle_RCPT(self, server, session, envelope, address, options):  # noqa: N802
        envelope.rcpt_tos.append(address)
        return self.answers.get("RCPT", "250 OK")

    async def handle_DATA(self, server, session, envelope):  # noqa: N802
        if "DATA" not in self.answers:
            self.received.append(envelope.content)
        return self.answers.get("DATA", "250 OK")


def free_port() -> int:
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        return int(one.getsockname()[1])


@pytest.fixture
def serve():
    running = []

    def start(answers=None):
        server = Server(answers or {})
        controller = Controller(server, hostname="127.0.0.1", port=free_port())
        controller.start()
        running.append(controller)
        mail = SmtpMail(
            "127.0.0.1", controller.port, "PTSP Contoh <ptsp@contoh.go.id>", security="none"
        )
        return mail, server

    yield start
    for controller in running:
        controller.stop()


class TestOverSmtp:
    def test_a_letter_arrives_whole(self, serve):
        mail, server = serve()
        mail.send(replace(LETTER, attachments=(Attachment("tanda-terima.pdf", b"%PDF-1.7"),)))

        [content] = server.received
        message = email.message_from_bytes(content, policy=default)
        assert message["To"] == "ratna@contoh.id"
        assert message["From"] == "PTSP Contoh <ptsp@contoh.go.id>"
        assert message["Subject"] == LETTER.subject
        assert message["Message-ID"] == "<notice-42@contoh.go.id>"
        assert message["Auto-Submitted"] == "auto-generated"
        assert "lihat daftar" in message.get_body().get_content()
        [attached] = message.iter_attachments()
        assert attached.get_filename() == "tanda-terima.pdf"

    def test_a_letter_sent_again_is_the_same_letter(self, serve):
        mail, server = serve()
        mail.send(LETTER)
        mail.send(LETTER)

        assert server.received[0] == server.received[1]

    @pytest.mark.parametrize(
        ("answers", "fault"),
        [
            ({"RCPT": "450 mailbox busy"}, TemporaryMailFault),
            ({"RCPT": "451 grey list"}, TemporaryMailFault),
            ({"RCPT": "550 no such user"}, PermanentMailFault),
            ({"DATA": "452 too full"}, TemporaryMailFault),
            ({"DATA": "552 too large"}, PermanentMailFault),
            ({"DATA": "421 closing"}, MailChannelDown),
            ({"MAIL": "451 later"}, TemporaryMailFault),
            ({"MAIL": "553 sender not allowed"}, MailChannelDown),
        ],
    )
    def test_a_refusal_says_what_to_do_with_the_letter(self, serve, answers, fault):
        mail, server = serve(answers)

        with pytest.raises(fault) as caught:
            mail.send(LETTER)

        assert type(caught.value) is fault
        assert next(iter(answers.values()))[:3] in str(caught.value)
        assert server.received == []

    def test_no_server_means_that_the_channel_is_down(self):
        with pytest.raises(MailChannelDown, match=r"127\.0\.0\.1"):
            SmtpMail("127.0.0.1", free_port(), "a@b.id", security="none").send(LETTER)

    def test_a_server_without_encryption_is_not_trusted_when_it_is_asked_for(self, serve):
        mail, server = serve()

        with pytest.raises(MailChannelDown):
            replace(mail, security="starttls").send(LETTER)
        assert server.received == []

    def test_a_password_is_never_shown(self):
        mail = SmtpMail("h", 25, "a@b.id", username="u", password="rahasia")

        assert "rahasia" not in repr(mail)


class TestALetterThatCannotBeWritten:
    @pytest.mark.parametrize(
        "change",
        [
            {"subject": "Baik\r\nBcc: semua@contoh.id"},
            {"to": "ratna@contoh.id\r\nBcc: x@y.id"},
            {"to": "bukan alamat"},
            {"to": "a@b.id, c@d.id"},
            {"message_id": "tanpa-kurung@contoh.id"},
            {"message_id": "<a@b>\r\nX: y"},
        ],
    )
    def test_is_a_matter_for_a_person(self, tmp_path, change):
        with pytest.raises(PermanentMailFault):
            FolderMail(tmp_path).send(replace(LETTER, **change))
        assert list(tmp_path.iterdir()) == []


class TestIntoAFolder:
    def test_a_letter_is_a_file_that_mail_programs_open(self, tmp_path):
        FolderMail(tmp_path / "surat").send(LETTER)

        [path] = (tmp_path / "surat").iterdir()
        message = email.message_from_bytes(path.read_bytes(), policy=default)
        assert path.name.startswith("20261104T021400Z-")
        assert path.suffix == ".eml"
        assert message["Subject"] == LETTER.subject
        assert message.get_content().replace("\r\n", "\n") == LETTER.text

    def test_sent_again_takes_the_place_of_the_first(self, tmp_path):
        mail = FolderMail(tmp_path)
        mail.send(LETTER)
        mail.send(LETTER)
        mail.send(replace(LETTER, message_id="<other@contoh.go.id>"))

        assert len(list(tmp_path.iterdir())) == 2

    def test_a_folder_that_cannot_be_written_is_a_channel_that_is_down(self, tmp_path):
        blocked = tmp_path / "surat"
        blocked.write_text("a file, not a folder")

        with pytest.raises(MailChannelDown):
            FolderMail(blocked).send(LETTER)
