# SPDX-License-Identifier: Apache-2.0
"""INET256 for Python: one 256-bit address per process, messages by address alone.

`inet256.identity` has addresses, keys and signatures, and works without a daemon. The stubs of
the gRPC API are private, in `inet256._gen`.
"""

__version__ = "0.1.0"
