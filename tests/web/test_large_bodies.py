"""A body of two gigabytes is refused before it is read, and costs no memory."""

from __future__ import annotations

import socket
import threading
from collections.abc import Iterator

import psutil
import pytest
import waitress

from tests.web.site import bare_app

GIGABYTES = 2 * 1024**3
PIECE = b"x" * 65_536
MOST_BODY = 32 * 1024 * 1024
UNDER_WAY = 24 * 1024 * 1024
"""What may be under way in the sockets of both sides, and in a buffer of the server."""


@pytest.fixture(scope="module")
def address() -> Iterator[tuple[str, int]]:
    """A server as `web.process.run_web` makes it."""
    server = waitress.create_server(
        bare_app(),
        host="127.0.0.1",
        port=0,
        threads=2,
        asyncore_use_poll=True,
        max_request_body_size=MOST_BODY,
    )
    thread = threading.Thread(target=server.run, daemon=True)
    thread.start()
    yield "127.0.0.1", int(server.effective_port)
    server.close()
    thread.join(5)


def send_until_refused(address: tuple[str, int], head: bytes, piece: bytes) -> tuple[str, int]:
    """Return the first line of the answer, and how much of the body was sent before it."""
    with socket.create_connection(address, timeout=20) as line:
        line.sendall(head)
        line.setblocking(False)
        sent, answer, left = 0, b"", piece
        while sent < GIGABYTES and b"\r\n" not in answer:
            try:
                done = line.send(left)
                sent, left = sent + done, left[done:] or piece
            except BlockingIOError:
                pass
            except (BrokenPipeError, ConnectionResetError):
                break
            try:
                answer += line.recv(4096)
            except BlockingIOError:
                continue
            except ConnectionResetError:
                break
        return answer.partition(b"\r\n")[0].decode(), sent


@pytest.mark.parametrize(
    ("framing", "piece", "most"),
    [
        (b"Content-Length: %d" % GIGABYTES, PIECE, UNDER_WAY),
        # How long it is shows only as it comes.
        (
            b"Transfer-Encoding: chunked",
            b"10000\r\n" + PIECE + b"\r\n",
            MOST_BODY + UNDER_WAY,
        ),
    ],
    ids=["with its length", "in pieces"],
)
def test_two_gigabytes_are_refused_before_they_are_read(
    address: tuple[str, int], framing: bytes, piece: bytes, most: int
) -> None:
    process = psutil.Process()
    before = process.memory_info().rss

    answer, sent = send_until_refused(
        address,
        b"POST /masuk HTTP/1.1\r\nHost: kantor\r\nContent-Type: multipart/form-data; boundary=b\r\n"
        + framing
        + b"\r\n\r\n",
        piece,
    )

    # It hangs up with the body unread, and its words may be lost on the way.
    assert not answer or answer.startswith("HTTP/1.1 413")
    assert sent < most
    assert process.memory_info().rss - before < 100 * 1024 * 1024
