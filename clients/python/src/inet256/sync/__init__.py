# SPDX-License-Identifier: Apache-2.0
"""The client for programs without asyncio: the same verbs, which wait, with timeouts as arguments.

Nothing is done twice: each call is that of the asyncio client, run on an event loop in a thread of
its own.
"""

from ._client import Client, connect
from ._node import Node

__all__ = ["Client", "Node", "connect"]
