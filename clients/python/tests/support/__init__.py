# SPDX-License-Identifier: Apache-2.0
"""What the tests stand on: a real daemon, one that misbehaves, and a wire that can be cut."""
