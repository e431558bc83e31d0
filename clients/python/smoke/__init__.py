# SPDX-License-Identifier: Apache-2.0
"""Checks a running daemon from Python, with nothing but the generated stubs.

That its API can be used from this language, and says what it should. From this package's folder:

    PYTHONPATH=src python -m smoke --api unix:///run/inet256.sock

It prints a line for each check and then "N passed, N failed". The exit code is 0 if all passed, 1
if one failed, 2 if it could not begin.
"""
