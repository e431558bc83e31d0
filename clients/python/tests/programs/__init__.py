# SPDX-License-Identifier: Apache-2.0
"""Programs that every language has with the same behaviour: to talk across languages, and to
measure. Not part of what is shipped.
"""
