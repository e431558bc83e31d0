# SPDX-License-Identifier: Apache-2.0
"""A real daemon of this repository, alone in a temporary folder, with a key of its own."""

from __future__ import annotations

import json
import os
import shutil
import socket
import subprocess
import tempfile
import time
from collections.abc import Mapping
from pathlib import Path

from inet256 import PrivateKey, generate_key, write_key_file

_ROOT = Path(__file__).parents[4]
_COMMAND = _ROOT / "apps" / "bin" / "inet256.js"
_BUILT = _ROOT / "apps" / "dist"
_START_SECONDS = 30.0
_STOP_SECONDS = 10.0

_CONFIG = """\
private_key_path: ./private_key.pem
api_endpoint: unix://{socket}
transports: []
"""


def why_no_daemon() -> str | None:
    """Why no daemon can be started here, in words; None if one can."""
    if shutil.which("node") is None:
        return "Node.js is not installed"
    if not _BUILT.is_dir():
        return "the command inet256 is not built: npx tsc -b"
    return None


class Daemon:
    """A daemon that can be killed and started again."""

    def __init__(self, settings: str = "", files: Mapping[str, bytes] | None = None) -> None:
        """`settings` are lines more for its configuration, `files` stand beside it, 0600."""
        self._folder = Path(tempfile.mkdtemp(prefix="inet256-python-"))
        self.socket = self._folder / "api.sock"
        self.key: PrivateKey = generate_key()
        write_key_file(self._folder / "private_key.pem", self.key)
        (self._folder / "config.yml").write_text(_CONFIG.format(socket=self.socket) + settings)
        for name, content in (files or {}).items():
            (self._folder / name).touch(mode=0o600)
            (self._folder / name).write_bytes(content)
        self._process: subprocess.Popen[bytes] | None = None

    @property
    def endpoint(self) -> str:
        return f"unix://{self.socket}"

    def listens(self, kind: str) -> str:
        """The endpoint of this kind that it says it listens at; waits until it does."""
        deadline = time.monotonic() + _START_SECONDS
        while (endpoint := self._said(kind)) is None:
            assert time.monotonic() < deadline, f"it listens at no {kind}://"
            time.sleep(0.02)
        return endpoint

    def start(self) -> None:
        """Starts it, and waits until its socket answers."""
        log = self._folder / "log"
        with log.open("ab") as output:
            self._process = subprocess.Popen(
                ["node", str(_COMMAND), "daemon", "--config", str(self._folder / "config.yml")],
                env=self._environment(),
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=output,
            )
        deadline = time.monotonic() + _START_SECONDS
        while not self._answers():
            if self._process.poll() is not None or time.monotonic() > deadline:
                raise RuntimeError(f"the daemon did not start:\n{log.read_text()}")
            time.sleep(0.02)

    def kill(self) -> None:
        """Ends it without a warning, and waits until it is gone."""
        assert self._process is not None
        self._process.kill()
        self._process.wait(_STOP_SECONDS)

    def stop(self) -> None:
        """Ends it and removes what is left."""
        if self._process is not None and self._process.poll() is None:
            self._process.terminate()
            try:
                self._process.wait(_STOP_SECONDS)
            except subprocess.TimeoutExpired:
                self.kill()
        shutil.rmtree(self._folder, ignore_errors=True)

    def _said(self, kind: str) -> str | None:
        # The last line may not be whole yet.
        for line in (self._folder / "log").read_text().split("\n")[:-1]:
            said = json.loads(line) if line.startswith("{") else {}
            endpoint = str(said.get("endpoint", ""))
            if said.get("msg") == "listening" and endpoint.startswith(f"{kind}://"):
                return endpoint
        return None

    def _environment(self) -> dict[str, str]:
        folder = str(self._folder)
        names = {"HOME": folder, "XDG_RUNTIME_DIR": folder, "XDG_STATE_HOME": folder}
        return {"PATH": os.environ.get("PATH", ""), **names}

    def _answers(self) -> bool:
        with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as probe:
            try:
                probe.connect(str(self.socket))
            except OSError:
                return False
            return True
