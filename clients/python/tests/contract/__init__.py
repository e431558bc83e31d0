# SPDX-License-Identifier: Apache-2.0
"""The client contract: the cases that every client of every language passes, against a real
daemon. test/contract/client/cases.json lists them; `test_cases` compares.
"""
