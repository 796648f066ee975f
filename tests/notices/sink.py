"""A real SMTP server on this machine, small: it keeps what it is given, or refuses as it is told to."""

from __future__ import annotations

import socketserver
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from email import message_from_bytes, policy
from email.message import EmailMessage
from typing import Any


class Sink(socketserver.ThreadingTCPServer):
    """Answers on a free port. ``refuse`` holds addresses that are refused; ``broken`` ends every conversation early."""

    allow_reuse_address = True
    daemon_threads = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Conversation)
        self.mails: list[EmailMessage] = []
        self.recipients: list[str] = []
        self.refuse: set[str] = set()
        self.broken = False

    @property
    def port(self) -> int:
        return int(self.server_address[1])


class _Conversation(socketserver.StreamRequestHandler):
    server: Any

    def _say(self, text: str) -> None:
        self.wfile.write(f"{text}\r\n".encode())

    def handle(self) -> None:
        if self.server.broken:
            self._say("421 not now")
            return
        self._say("220 sink")
        for line in iter(self.rfile.readline, b""):
            word, _, rest = line.decode().strip().partition(" ")
            if word.upper() == "QUIT":
                self._say("221 bye")
                return
            self._answer(word.upper(), rest)

    def _answer(self, word: str, rest: str) -> None:
        if word == "RCPT":
            address = rest.partition("<")[2].partition(">")[0]
            if address in self.server.refuse:
                self._say("550 no such person")
                return
            self.server.recipients.append(address)
        if word == "DATA":
            self._say("354 go on")
            body = b"".join(iter(self.rfile.readline, b".\r\n")).replace(b"\r\n..", b"\r\n.")
            self.server.mails.append(message_from_bytes(body, policy=policy.default))
        self._say("250 sink")


@contextmanager
def sink() -> Iterator[Sink]:
    """A server as long as the block lasts."""
    with Sink() as server:
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True)
        thread.start()
        yield server
        server.shutdown()
