# SPDX-License-Identifier: Apache-2.0
"""What a private key lets nobody see, and what it refuses."""

from __future__ import annotations

import copy
import pickle

import pytest

from inet256.identity import IdentityError, PrivateKey, PublicKey, sign, verify

SEED = bytes(range(32))


def test_a_private_key_never_shows() -> None:
    key = PrivateKey(SEED)
    for shown in (str(key), repr(key), f"{key}", f"{[key]}", f"{key!s:>20}"):
        assert "[secret]" in shown
        assert str(SEED[:4])[2:-1] not in shown
    for leak in (pickle.dumps, copy.copy, copy.deepcopy):
        with pytest.raises(TypeError):
            leak(key)


def test_a_wiped_key_is_gone() -> None:
    key = PrivateKey(SEED)
    signature = sign(key, "example", b"message")
    key.wipe()
    key.wipe()
    for use in (key.serialize, lambda: sign(key, "example", b"message")):
        with pytest.raises(IdentityError, match="wiped"):
            use()
    assert verify(key.public_key, "example", b"message", signature)


@pytest.mark.parametrize("purpose", ["inet256/", "inet256/x", "half a pair: \ud800"])
def test_purposes_that_are_refused(purpose: str) -> None:
    with pytest.raises(IdentityError) as refused:
        sign(PrivateKey(SEED), purpose, b"")
    assert refused.value.code == "BAD_PURPOSE"


@pytest.mark.parametrize("kind", [PrivateKey, PublicKey])
def test_what_is_cut_short_or_damaged_is_refused(kind: type[PrivateKey | PublicKey]) -> None:
    key = PrivateKey(SEED)
    whole = key.serialize() if kind is PrivateKey else key.public_key.serialize()
    assert kind.parse(whole).serialize() == whole
    assert kind.parse(bytearray(whole)).serialize() == whole
    for size in range(len(whole)):
        with pytest.raises(IdentityError):
            kind.parse(whole[:size])
    for at in range(len(whole) - 32):
        with pytest.raises(IdentityError):
            kind.parse(whole[:at] + bytes([whole[at] ^ 0x80]) + whole[at + 1 :])
