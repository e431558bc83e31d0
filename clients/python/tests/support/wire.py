# SPDX-License-Identifier: Apache-2.0
"""A wire between clients and a daemon that a test can cut or clog."""

from __future__ import annotations

import asyncio
import shutil
import tempfile
from contextlib import suppress
from types import TracebackType

_CHUNK = 64 * 1024


class Wire:
    """Hands everything on, both ways, until it is told otherwise."""

    def __init__(self, daemon_socket: str) -> None:
        self._daemon_socket = daemon_socket
        self._folder = tempfile.mkdtemp(prefix="inet256-wire-")
        self._server: asyncio.Server | None = None
        self._writers: set[asyncio.StreamWriter] = set()
        self._passing: set[asyncio.Task[None]] = set()
        self._open = asyncio.Event()
        self.connections = 0

    @property
    def endpoint(self) -> str:
        return f"unix://{self._folder}/socket"

    async def __aenter__(self) -> Wire:
        self._open.set()
        path = f"{self._folder}/socket"
        self._server = await asyncio.start_unix_server(self._connect, path)
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        await self.stop()

    async def stop(self) -> None:
        """Cuts everything, and lets nobody in any more."""
        if self._server is not None:
            self._server.close()
        self.cut()
        for task in list(self._passing):
            task.cancel()
        await asyncio.gather(*self._passing, return_exceptions=True)
        shutil.rmtree(self._folder, ignore_errors=True)

    def cut(self) -> None:
        """Cuts every connection there is."""
        for writer in list(self._writers):
            writer.transport.abort()
        self._writers.clear()
        self._open.set()

    def clog(self) -> None:
        """Hands nothing from the daemon to the clients any more, until they are cut."""
        self._open.clear()

    async def _connect(self, up: asyncio.StreamReader, down: asyncio.StreamWriter) -> None:
        self.connections += 1
        self._writers.add(down)
        try:
            daemon = await asyncio.open_unix_connection(self._daemon_socket)
        except (OSError, asyncio.CancelledError):
            down.transport.abort()
            return
        if down.transport.is_closing():
            # It was cut meanwhile.
            daemon[1].transport.abort()
            return
        self._writers.add(daemon[1])
        self._pass(up, daemon[1], down, asyncio.Event())
        self._pass(daemon[0], down, daemon[1], self._open)

    def _pass(
        self,
        reader: asyncio.StreamReader,
        writer: asyncio.StreamWriter,
        other: asyncio.StreamWriter,
        gate: asyncio.Event,
    ) -> None:
        if gate is not self._open:
            gate.set()
        task = asyncio.create_task(_pass_on(reader, writer, other, gate))
        self._passing.add(task)
        task.add_done_callback(self._passing.discard)


async def _pass_on(
    reader: asyncio.StreamReader,
    writer: asyncio.StreamWriter,
    other: asyncio.StreamWriter,
    gate: asyncio.Event,
) -> None:
    with suppress(OSError):
        while chunk := await reader.read(_CHUNK):
            await gate.wait()
            if writer.transport.is_closing():
                break
            writer.write(chunk)
            await writer.drain()
    for end in (writer, other):
        end.transport.abort()
