# SPDX-License-Identifier: Apache-2.0
"""Ed25519 verification by the rule of INET256 section 1.

On Wycheproof's cases, and on crafted ones with a torsion component, where libraries differ.
"""

from __future__ import annotations

import pytest

from inet256.identity import IdentityError, PublicKey, verify_ed25519
from inet256.identity.ed25519 import is_acceptable_public_key, is_acceptable_signature

from .vector_files import Case, damaged, octets, read

CASES = read("ed25519.json")["cases"] + read("ed25519-torsion.json")["cases"]


def is_of_small_order(case: Case) -> bool:
    return "SmallOrderPublicKey" in case.get("flags", [])


def verdict(case: Case) -> bool:
    """What the rule says.

    Where Wycheproof says "acceptable" the rule decides: keys of small order are refused, and those
    of mixed order satisfy the cofactorless equation.
    """
    acceptable = case["result"] == "acceptable" and not is_of_small_order(case)
    return case["result"] == "valid" or acceptable


def name(case: Case) -> str:
    return f"{case.get('tcId', 'torsion')} {case['name']} {case.get('comment', '')}"


@pytest.mark.parametrize("case", CASES, ids=name)
def test_ed25519(case: Case) -> None:
    key, message, signature = (octets(case, f) for f in ("publicKey", "message", "signature"))
    assert verify_ed25519(key, message, signature) is verdict(case)
    if is_of_small_order(case):
        with pytest.raises(IdentityError, match="small order"):
            PublicKey(key)
    else:
        assert PublicKey(key).raw == key


@pytest.mark.parametrize("case", [case for case in CASES if verdict(case)], ids=name)
def test_ed25519_notices_damage(case: Case) -> None:
    key, message, signature = (octets(case, f) for f in ("publicKey", "message", "signature"))
    assert not verify_ed25519(damaged(key, 16), message, signature)
    assert not verify_ed25519(key, message + b"\0", signature)
    assert not verify_ed25519(key, message, damaged(signature, 8))
    assert not verify_ed25519(key, message, damaged(signature, 40))


@pytest.mark.parametrize("y", range(19))
@pytest.mark.parametrize("sign", [0, 1 << 255])
def test_public_keys_that_are_not_canonical_are_refused(y: int, sign: int) -> None:
    # The vectors have no such key other than of small order: nobody knows the private half of one.
    # These are all the values of y that have two encodings.
    assert not is_acceptable_public_key((2**255 - 19 + y | sign).to_bytes(32, "little"))
    assert is_acceptable_public_key((y | sign).to_bytes(32, "little")) is (y > 1)


def test_signatures_have_a_scalar_below_the_group_order() -> None:
    # The library makes this check as well; a signature must not depend on it.
    order = 2**252 + 27742317777372353535851937790883648493
    for scalar, acceptable in {order: False, order - 1: True}.items():
        signature = (3).to_bytes(32, "little") + scalar.to_bytes(32, "little")
        assert is_acceptable_signature(signature) is acceptable
