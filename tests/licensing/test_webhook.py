"""Ways out for programs and phones: what is signed, what is refused, and where nothing goes."""

from __future__ import annotations

import hmac
import json
import re
import socket
import threading
from collections.abc import Iterator
from hashlib import sha256
from pathlib import Path
from typing import Any

import pytest

from licensing.ports.gateway import AppriseGateway, _service, _without
from licensing.ports.guarded import AddressRefused, guarded, is_public
from licensing.ports.sending import ChannelDown, ChannelGone, PermanentFault, TemporaryFault
from licensing.ports.webhook import HttpWebhook, UrlRefused
from tests.listener import Listener, listening

DOCS = Path(__file__).parents[2] / "docs/webhook.md"
KEY = "kunci-contoh"
DESK = HttpWebhook(private=True)
TELEGRAM = "tgram://123456789:AAEhBOweik6ad9r_QXMENQjcrGbqCr4K-bc"
PHONES = AppriseGateway(schemes=frozenset({"json"}), private=True)


@pytest.fixture
def listener() -> Iterator[Listener]:
    with listening() as made:
        yield made


def closed_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as server:
        return int(server.getsockname()[1])


class TestASignature:
    def test_is_made_of_the_time_and_the_very_bytes(self, listener: Listener) -> None:
        body = b'{"event":"granted","office":"contoh"}'
        HttpWebhook(private=True, now=lambda: 1_795_000_000.9).send(
            f"{listener.url}/masuk?x=1", KEY, body=body, once="n-1"
        )

        heard = listener.heard[0]
        assert (heard.path, heard.body) == ("/masuk?x=1", body)
        assert heard.headers["Idempotency-Key"] == "n-1"
        assert heard.headers["X-Satupintu-Timestamp"] == "1795000000"
        expected = hmac.new(KEY.encode(), b"1795000000." + body, sha256).hexdigest()
        assert heard.headers["X-Satupintu-Signature"] == f"sha256={expected}"

    def test_is_verified_by_the_example_of_the_documentation(self, listener: Listener) -> None:
        DESK.send(listener.url, KEY, body=b'{"id":"1"}', once="1")
        heard = listener.heard[0]
        example = re.search(r"```python\n(.*?)```", DOCS.read_text(), re.DOTALL)
        assert example is not None
        room: dict[str, Any] = {}
        exec(compile(example[1], str(DOCS), "exec"), room)
        verify, now = room["verify"], int(heard.headers["X-Satupintu-Timestamp"])

        assert verify(KEY, heard.headers, heard.body, now=now)
        assert not verify(KEY, heard.headers, heard.body + b" ", now=now)
        assert not verify("other", heard.headers, heard.body, now=now)
        assert not verify(KEY, heard.headers, heard.body, now=now + 301)
        assert not verify(KEY, {}, heard.body, now=now)


class TestAnAnswer:
    @pytest.mark.parametrize(
        ("status", "fault"),
        [
            (200, None),
            (202, None),
            (204, None),
            (301, PermanentFault),
            (302, PermanentFault),
            (307, PermanentFault),
            (400, PermanentFault),
            (401, PermanentFault),
            (404, PermanentFault),
            (408, TemporaryFault),
            (410, ChannelGone),
            (422, PermanentFault),
            (425, TemporaryFault),
            (429, TemporaryFault),
            (500, TemporaryFault),
            (503, TemporaryFault),
        ],
    )
    def test_says_whether_to_try_again(
        self, listener: Listener, status: int, fault: type[Exception] | None
    ) -> None:
        listener.mood = lambda _: status
        listener.headers = {"Location": f"{listener.url}/elsewhere"}
        if fault is None:
            DESK.send(listener.url, KEY, body=b"{}", once="1")
        else:
            with pytest.raises(fault, match=f"HTTP {status}") as raised:
                DESK.send(listener.url, KEY, body=b"{}", once="1")
            assert type(raised.value) is fault
        assert len(listener.heard) == 1, "a redirect is not followed"

    def test_that_repeats_the_address_keeps_it_to_itself(self, listener: Listener) -> None:
        """Many a server says which path it does not know; the path is the token."""
        listener.mood = lambda _: 404
        listener.says = lambda heard: (
            f"<pre>{'x' * 170} Cannot POST {heard.path}".encode() + b" nor T0KEN-RAHASIA!"
        )
        with pytest.raises(PermanentFault, match="Cannot POST") as raised:
            DESK.send(
                f"{listener.url}/hook/T0KEN-RAHASIA%21?key=SANDI-LAIN", KEY, body=b"{}", once="1"
            )
        assert not {"T0KEN", "RAHASIA", "SANDI"} & set(re.findall("[A-Z0-9]+", raised.value.why))
        assert len(raised.value.why) < 300

    def test_that_never_comes_closes_the_channel(self) -> None:
        with pytest.raises(ChannelDown, match="no connection"):
            DESK.send(f"http://127.0.0.1:{closed_port()}/", KEY, body=b"{}", once="1")

    def test_that_trickles_is_cut_when_the_time_is_over(self) -> None:
        """One byte now and then keeps a read from timing out; the whole has a time as well."""
        stop = threading.Event()

        def trickle(server: socket.socket) -> None:
            connection, _ = server.accept()
            with connection:
                connection.settimeout(5)
                try:
                    connection.sendall(b"HTTP/1.1 200 OK\r\nX-Slow: ")
                    while not stop.wait(0.02):
                        connection.sendall(b"a")
                except OSError:
                    pass

        with socket.create_server(("127.0.0.1", 0)) as server:
            thread = threading.Thread(target=trickle, args=(server,))
            thread.start()
            port = server.getsockname()[1]
            try:
                with pytest.raises(TemporaryFault):
                    HttpWebhook(private=True, seconds=0.3).send(
                        f"http://127.0.0.1:{port}/", KEY, body=b"{}", once="1"
                    )
            finally:
                stop.set()
                thread.join()


PRIVATE = (
    "127.0.0.1", "127.8.9.1", "10.1.2.3", "172.16.0.1", "192.168.1.1", "169.254.169.254",
    "100.64.0.1", "0.0.0.0", "224.0.0.1", "255.255.255.255", "::1", "::", "fe80::1", "fc00::1",
    "fd12::1", "ff02::1", "::ffff:127.0.0.1", "::ffff:10.0.0.1", "2002:7f00:1::", "2002:a00:1::",
    "64:ff9b::7f00:1", "64:ff9b::a9fe:a9fe", "::7f00:1", "::a00:1", "fec0::1",
    "64:ff9b:1::7f00:1", "::ffff:0:7f00:1", "5f00::1", "localhost", "", "2130706433", "0x7f000001",
)  # fmt: skip


class TestAddresses:
    @pytest.mark.parametrize("host", PRIVATE)
    def test_of_our_own_network_are_not_public(self, host: str) -> None:
        assert not is_public(host)

    @pytest.mark.parametrize("host", ["8.8.8.8", "1.1.1.1", "2001:4860:4860::8888"])
    def test_of_everybody_are(self, host: str) -> None:
        assert is_public(host)

    @pytest.mark.parametrize("host", [h for h in PRIVATE if h])
    def test_of_our_own_network_are_refused_by_a_webhook(self, host: str) -> None:
        written = f"[{host}]" if ":" in host else host
        if host == "0x7f000001":  # a name, until it is resolved
            with pytest.raises((PermanentFault, ChannelDown)):
                HttpWebhook().send(f"https://{written}/", KEY, body=b"{}", once="1")
        else:
            with pytest.raises(UrlRefused, match="private_address"):
                HttpWebhook().check(f"https://{written}/x")

    def test_are_looked_at_when_connecting_whatever_the_name_said_before(
        self, listener: Listener, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        """A resolver that answers with a public address first and with ours afterwards."""
        ours = [(socket.AF_INET, socket.SOCK_STREAM, 6, "", ("127.0.0.1", listener.port))]
        monkeypatch.setattr(socket, "getaddrinfo", lambda *_, **__: ours)

        with pytest.raises(PermanentFault, match="private network"):
            HttpWebhook().send("https://hook.contoh.example/", KEY, body=b"{}", once="1")
        assert listener.heard == []

    def test_are_looked_at_for_a_gateway_too(self, listener: Listener) -> None:
        gateway = AppriseGateway(schemes=frozenset({"json"}))
        with pytest.raises(PermanentFault, match="private network"):
            gateway.send(f"json://127.0.0.1:{listener.port}/", title="t", text="x", phone="")
        assert listener.heard == []

    def test_of_others_in_the_same_process_are_not_touched(self, listener: Listener) -> None:
        with guarded(private=False, seconds=5):
            done: list[bool] = []

            def connect() -> None:
                socket.create_connection(("127.0.0.1", listener.port)).close()
                done.append(True)

            thread = threading.Thread(target=connect)
            thread.start()
            thread.join()
            with pytest.raises(AddressRefused):
                socket.create_connection(("127.0.0.1", listener.port))
        socket.create_connection(("127.0.0.1", listener.port)).close()
        assert done == [True]


class TestAWebhookAddress:
    @pytest.mark.parametrize(
        ("url", "code"),
        [
            ("", "url"),
            ("hook.contoh.example", "url"),
            ("ftp://hook.contoh.example/", "url"),
            ("javascript:alert(1)", "url"),
            ("https://", "url"),
            ("https://user:pass@hook.contoh.example/", "url"),
            ("https://hook.contoh.example:99999/", "url"),
            ("https://hook.contoh.example/#x", "url"),
            ("https://hook.contoh.example/a b", "url"),
            ("https://hook.contoh.example/\r\nX: y", "url"),
            ("https://hook.contoh.example/\r\nX:y", "url"),
            ("https://hook.contoh\n.example/", "url"),
            ("https://hook.contoh.example/\tx", "url"),
            ("https://höök.example/", "url"),
            ("https://[::1/", "url"),
            ("http://hook.contoh.example/", "https_only"),
            ("https://hook.contoh.example/" + "x" * 2000, "too_long"),
        ],
    )
    def test_that_cannot_be_used_is_refused(self, url: str, code: str) -> None:
        with pytest.raises(UrlRefused, match=code):
            HttpWebhook().check(url)

    def test_is_shown_without_its_path(self) -> None:
        assert HttpWebhook().check("https://hook.contoh.example/t/RAHASIA?k=1") == (
            "https://hook.contoh.example"
        )


class TestAGatewayAddress:
    @pytest.mark.parametrize(
        ("url", "code"),
        [
            ("", "gateway_url"),
            ("bukan alamat", "gateway_url"),
            ("tgram://x", "gateway_url"),
            ("mailto://a:b@contoh.example", "gateway_scheme"),
            ("file:///etc/passwd", "gateway_scheme"),
            ("syslog://", "gateway_scheme"),
            ("dbus://", "gateway_scheme"),
            ("json://contoh.example/", "gateway_scheme"),
            ("jsons://127.0.0.1/x", "private_address"),
            ("jsons://localhost/x", "private_address"),
            ("jsons://contoh.example/\n", "gateway_url"),
            (f"{TELEGRAM}/12345/?template=/etc/passwd", "gateway_file"),
            (f"{TELEGRAM}/12345/?template=file:///etc/passwd", "gateway_file"),
            (f"{TELEGRAM}/12345/?template=https://contoh.example/x.json", "gateway_file"),
            ("discord://1234567890/abcdefghijkl/?template=/etc/passwd", "gateway_file"),
            (f"{TELEGRAM}/{{phone}}/12345", "gateway_readers"),
            ("whatsapp://token123@12345678901/{phone}/6281299999999", "gateway_readers"),
        ],
    )
    def test_that_cannot_be_used_is_refused(self, url: str, code: str) -> None:
        with pytest.raises(UrlRefused, match=code):
            AppriseGateway().check(url)

    @pytest.mark.parametrize(
        ("url", "place", "personal"),
        [
            ("jsons://gw.contoh.example/kirim?:to={phone}", "jsons://gw.contoh.example", True),
            ("whatsapp://token123@12345678901/{phone}", "whatsapp", True),
            ("tgram://123456789:AAEhBOweik6ad9r_QXMENQjcrGbqCr4K-bc/12345", "tgram", False),
        ],
    )
    def test_is_shown_without_its_token(self, url: str, place: str, personal: bool) -> None:
        assert tuple(AppriseGateway().check(url)) == (place, personal)

    def test_reaches_one_phone_where_it_has_a_place_for_it(self, listener: Listener) -> None:
        PHONES.send(
            f"json://127.0.0.1:{listener.port}/?:to={{phone}}",
            title="Judul",
            text="Isi",
            phone="+6281200000900",
        )
        told = json.loads(listener.heard[0].body)
        assert (told["title"], told["message"], told["to"]) == ("Judul", "Isi", "6281200000900")

    @pytest.mark.parametrize(
        "url",
        [f"{TELEGRAM}/12345/?template=/etc/passwd", f"{TELEGRAM}/{{phone}}/12345"],
    )
    def test_kept_from_before_that_reads_a_file_or_has_a_second_reader_is_not_used(
        self, url: str
    ) -> None:
        with pytest.raises(PermanentFault, match="not allowed"):
            AppriseGateway().send(url, title="t", text="x", phone="+6281200000900")

    def test_with_a_long_list_of_readers_waits_for_none_of_them(self) -> None:
        channels = "/".join(f"C{number:08}" for number in range(60))
        url = f"slack://T1JJ3T3L2/A1BRTD4JD/TIiajkdnlazkcOXrIdevi7FQ/{channels}/?retry=5&wait=60"
        service = _service(url)
        assert len(service) == 60
        assert (service.retry, service.request_rate_per_sec) == (0, 0)

    @pytest.mark.parametrize("form", ["+6281200000900", "6281200000900", "081200000900"])
    def test_names_no_reader_however_the_gateway_writes_him(self, form: str) -> None:
        assert "81200000900" not in _without(f"Failed to send to {form}: x", "+6281200000900")

    def test_without_a_number_nothing_leaves(self, listener: Listener) -> None:
        with pytest.raises(PermanentFault, match="no telephone number"):
            PHONES.send(
                f"json://127.0.0.1:{listener.port}/{{phone}}", title="t", text="x", phone=""
            )
        assert listener.heard == []

    def test_that_refuses_is_tried_again_and_its_reason_names_no_reader(
        self, listener: Listener
    ) -> None:
        listener.mood = lambda _: 500
        with pytest.raises(TemporaryFault, match="500") as raised:
            PHONES.send(
                f"json://127.0.0.1:{listener.port}/?:to={{phone}}",
                title="t", text="x", phone="+6281200000900",
            )  # fmt: skip
        assert "81200000900" not in raised.value.why

    def test_that_is_away_closes_the_channel(self) -> None:
        with pytest.raises(ChannelDown):
            PHONES.send(f"json://127.0.0.1:{closed_port()}/", title="t", text="x", phone="")
