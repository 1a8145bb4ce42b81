"""A stand-in for ClamAV's daemon: it speaks INSTREAM and knows one thing as malware."""

from __future__ import annotations

import socket
import struct
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from tests.files import EICAR

Answer = Callable[[bytes], bytes | None]
"""What is said of a content; None cuts the line."""


def say(content: bytes) -> bytes:
    """Return what ClamAV says."""
    return b"stream: Eicar-Signature FOUND\0" if EICAR in content else b"stream: OK\0"


@contextmanager
def clamd(
    answer: Answer = say, *, most: int = 25 * 1024 * 1024, path: Path | None = None
) -> Iterator[tuple[str, int] | Path]:
    """Return the address of a daemon that takes streams up to `most` bytes."""
    if path is None:
        door = socket.create_server(("127.0.0.1", 0))
        address: tuple[str, int] | Path = ("127.0.0.1", door.getsockname()[1])
    else:
        door = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        door.bind(str(path))
        door.listen()
        address = path
    stop = threading.Event()

    def serve() -> None:
        while True:
            line, _ = door.accept()
            with line:
                if stop.is_set():
                    return
                _talk(line, answer, most)

    server = threading.Thread(target=serve, daemon=True)
    server.start()
    try:
        yield address
    finally:
        stop.set()
        family = socket.AF_INET if path is None else socket.AF_UNIX
        with socket.socket(family, socket.SOCK_STREAM) as last:
            last.connect(address if path is None else str(path))
        server.join()
        door.close()


def _talk(line: socket.socket, answer: Answer, most: int) -> None:
    read = line.makefile("rb")
    with read:
        assert read.read(10) == b"zINSTREAM\0"
        content = bytearray()
        while size := struct.unpack(">I", read.read(4))[0]:
            content += read.read(size)
            if len(content) > most:
                line.sendall(b"INSTREAM size limit exceeded. ERROR\0")
                return
        said = answer(bytes(content))
        if said is not None:
            line.sendall(said)
