"""The embedded Redis-compatible server (Valkey): broker and cache, on a Unix socket, with a password."""

from __future__ import annotations

import os
import signal
import socket
from pathlib import Path

from console.engines.addresses import redis_socket_url, write_private
from console.engines.binaries import redis_server
from console.engines.paths import Places, secrets_of

# Nothing may be evicted: a queue that forgets is worse than one that refuses. Rows in PostgreSQL stay the truth.
SETTINGS = {
    "port": "0",
    "unixsocketperm": "700",
    "daemonize": "no",
    "databases": "16",
    "maxmemory-policy": "noeviction",
    "appendfsync": "everysec",
    "auto-aof-rewrite-min-size": "16mb",
    "loglevel": "notice",
    "save": '""',
}


class RedisServer:
    """One server with its data under one home. The supervisor runs ``command()`` as one of its children."""

    name = "redis"
    stop_signal = signal.SIGTERM

    def __init__(self, home: Path, *, durable: bool = True) -> None:
        self.places = Places(home)
        self.durable = durable

    @property
    def socket(self) -> Path:
        """The Unix socket."""
        return self.places.sockets / "redis.sock"

    @property
    def url(self) -> str:
        """The server's URL in redis-py's form."""
        return redis_socket_url(password=self._password, socket=self.socket)

    def prepare(self) -> None:
        """Make the folders and write the configuration: a password on the command line could be read by everybody."""
        self.places.prepare()
        settings = SETTINGS | {
            "unixsocket": str(self.socket),
            "dir": str(self.places.redis),
            "appendonly": "yes" if self.durable else "no",
            "requirepass": self._password,
        }
        write_private(self._configuration, "".join(f"{name} {value}\n" for name, value in settings.items()))
        if self.places.account is not None:
            os.chown(self._configuration, self.places.account.uid, self.places.account.gid)

    def command(self) -> list[str]:
        """The program and its configuration."""
        return [str(redis_server()), str(self._configuration)]

    def ready(self) -> bool:
        """Whether the server answers with its data loaded."""
        try:
            with socket.socket(socket.AF_UNIX) as talk:
                talk.settimeout(2.0)
                talk.connect(str(self.socket))
                talk.sendall(f"AUTH {self._password}\r\nPING\r\n".encode())
                reply = b""
                while reply.count(b"\r\n") < 2 and (more := talk.recv(256)):
                    reply += more
        except OSError:
            return False
        return b"+PONG" in reply

    @property
    def _configuration(self) -> Path:
        return self.places.sockets / "redis.conf"

    @property
    def _password(self) -> str:
        return secrets_of(self.places.home)["redis"]
