"""A bucket that speaks just enough S3 for what we ask of one, in memory."""

from __future__ import annotations

import hashlib
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qs, unquote, urlsplit

STAMP = "Mon, 06 Jul 2026 03:00:00 GMT"


@dataclass(slots=True)
class FakeBucket:
    """What it holds, and what it was asked."""

    address: str
    objects: dict[str, bytes] = field(default_factory=dict)
    asked: list[tuple[str, str]] = field(default_factory=list)
    broken: int = 0
    """The status of every answer while it is not 0."""


@contextmanager
def bucket() -> Iterator[FakeBucket]:
    """Return a served bucket called `berkas`."""
    held = FakeBucket("")

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def _answer(self, status: int, body: bytes = b"", **headers: str) -> None:
            self.send_response(status)
            for name, value in headers.items():
                self.send_header(name.replace("_", "-"), value)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            if self.command != "HEAD":
                self.wfile.write(body)

        def _asked(self) -> tuple[str, dict[str, list[str]], bytes]:
            parts = urlsplit(self.path)
            body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
            key = unquote(parts.path).removeprefix("/berkas").lstrip("/")
            held.asked.append((self.command, key))
            return key, parse_qs(parts.query), body

        def do_PUT(self) -> None:
            key, _query, body = self._asked()
            if held.broken or "Authorization" not in self.headers:
                return self._answer(held.broken or 403)
            held.objects[key] = body
            return self._answer(200, ETag=f'"{hashlib.md5(body).hexdigest()}"')

        def do_GET(self) -> None:
            key, query, _body = self._asked()
            if held.broken:
                return self._answer(held.broken)
            if "list-type" in query:
                return self._answer(200, self._list(query.get("prefix", [""])[0]))
            if key not in held.objects:
                return self._answer(404, b"<Error><Code>NoSuchKey</Code></Error>")
            body = held.objects[key]
            return self._answer(200, body, ETag='"1"', Last_Modified=STAMP)

        do_HEAD = do_GET  # noqa: N815 - the name that the server looks for

        def do_DELETE(self) -> None:
            key, _query, _body = self._asked()
            held.objects.pop(key, None)
            self._answer(held.broken or 204)

        def do_POST(self) -> None:
            _key, _query, body = self._asked()
            if held.broken:
                return self._answer(held.broken)
            keys = [part.partition("</Key>")[0] for part in body.decode().split("<Key>")[1:]]
            for key in keys:
                held.objects.pop(key, None)
            rows = "".join(f"<Deleted><Key>{key}</Key></Deleted>" for key in keys)
            return self._answer(200, f"<DeleteResult>{rows}</DeleteResult>".encode())

        def _list(self, prefix: str) -> bytes:
            rows = "".join(
                f"<Contents><Key>{key}</Key><LastModified>2026-07-06T03:00:00.000Z</LastModified>"
                f"<ETag>1</ETag><Size>{len(body)}</Size></Contents>"
                for key, body in sorted(held.objects.items())
                if key.startswith(prefix)
            )
            return (
                '<?xml version="1.0"?><ListBucketResult><Name>berkas</Name>'
                f"<IsTruncated>false</IsTruncated>{rows}</ListBucketResult>"
            ).encode()

        def log_message(self, *_arguments: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    held.address = f"http://127.0.0.1:{server.server_port}"
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    try:
        yield held
    finally:
        server.shutdown()
        thread.join()
        server.server_close()
