# SPDX-License-Identifier: Apache-2.0
"""The limits of the client, each with its unit and what happens at it."""

# What the protocol fixes.

MTU = 65_535
"""The longest message in bytes, the same for every destination."""

STREAM_MESSAGE_BYTES = 256 * 1024
"""The longest message of a stream in bytes; a batch ends before it."""

UNACCEPTED_BYTES = 1024 * 1024
"""What may be sent and not yet accepted, in encoded bytes; beyond it nothing is written."""

# What we chose.

UNWRITTEN_BYTES = 1024 * 1024
"""Encoded bytes not yet written; beyond it try_send answers False."""

WAITING_BYTES = 16 * 1024 * 1024
"""Encoded bytes not yet written; beyond it send raises LIMIT_BYTES."""

INBOX_BYTES = 8 * 1024 * 1024
"""Encoded bytes that arrived and were not read; beyond it the oldest are lost, counted."""

REMEMBERED_SENDERS = 1024
"""Addresses kept at hand per node, for senders repeat themselves; beyond it all are forgotten."""

OUTAGE_SECONDS = 10.0
"""Without a daemon for so long, unwritten messages fail with UNAVAILABLE."""

RECONNECT_FIRST_SECONDS = 0.05
"""Between attempts to reach a daemon that is away: the first."""

RECONNECT_MOST_SECONDS = 0.5
"""See RECONNECT_FIRST_SECONDS: at most."""

REOPEN_AT_ONCE = 128
"""Nodes that are reopened at the same time after a daemon came back."""

REOPEN_FIRST_SECONDS = 0.1
"""Between attempts to reopen a node that the daemon refused for now: the first."""

REOPEN_MOST_SECONDS = 5.0
"""See REOPEN_FIRST_SECONDS: at most."""

CLOSE_SECONDS = 2.0
"""How long `close` waits for what was sent to be written, and for the daemon to agree."""

LOOKUP_SECONDS = 10.0
"""The longest a lookup waits for the network; then it fails with UNREACHABLE."""

KEY_FILE_BYTES = 64 * 1024
"""The longest key file in bytes; a longer one is refused."""
