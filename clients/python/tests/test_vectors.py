# SPDX-License-Identifier: Apache-2.0
"""Addresses, text form, IPv6 and signatures against the shared vectors.

Each file of them is also run with damaged values, which has to be noticed: without that, a check
that compares nothing would go unseen.
"""

from __future__ import annotations

from ipaddress import IPv6Address, ip_address

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from inet256.identity import (
    Address,
    IdentityError,
    PrivateKey,
    PublicKey,
    check_prefix,
    ipv6_of_address,
    prefix_of_ipv6,
    sign,
    signature_context,
    signature_digest,
    verify,
)

from .vector_files import Case, damaged, octets, read

ADDRESSES = read("addresses.json")
TEXTS = read("base64.json")
IPV6 = read("ipv6.json")
SIGNATURES = read("signatures.json")


def agrees(case: Case) -> bool:
    """Whether seed, private key, public key, address and text of a case belong together."""
    made = PrivateKey(octets(case, "seed"))
    try:
        parsed = PrivateKey.parse(octets(case, "privateKeySerialized"))
        public = PublicKey.parse(octets(case, "publicKeySerialized"))
    except IdentityError:
        return False
    return (
        made.serialize() == parsed.serialize() == octets(case, "privateKeySerialized")
        and made.public_key == parsed.public_key == public
        and public.raw == octets(case, "publicKeyRaw")
        and public.serialize() == octets(case, "publicKeySerialized")
        and public.address.raw == octets(case, "addressHex")
        and str(public.address) == case["addressBase64"]
    )


@pytest.mark.parametrize("case", ADDRESSES["cases"], ids=lambda case: case["name"])
def test_addresses(case: Case) -> None:
    assert agrees(case)
    for field, at in {
        "seed": 16,
        "privateKeySerialized": 40,
        "publicKeySerialized": 20,
        "addressHex": 31,
    }.items():
        assert not agrees({**case, field: damaged(octets(case, field), at).hex()}), field


@pytest.mark.parametrize("case", ADDRESSES["others"], ids=lambda case: case["name"])
def test_addresses_of_other_algorithms(case: Case) -> None:
    address = Address.of_public_key(octets(case, "publicKeySerialized"))
    assert (address.raw.hex(), str(address)) == (case["addressHex"], case["addressBase64"])


@pytest.mark.parametrize("case", ADDRESSES["invalid"], ids=lambda case: case["why"])
def test_addresses_refuses_what_is_no_key(case: Case) -> None:
    with pytest.raises(IdentityError):
        (PrivateKey if case["kind"] == "private" else PublicKey).parse(octets(case, "bytes"))


@pytest.mark.parametrize("case", TEXTS["cases"] + TEXTS["order"], ids=lambda case: case["text"])
def test_text(case: Case) -> None:
    address = Address(octets(case, "addressHex"))
    assert str(address) == case["text"]
    assert Address.parse(case["text"]) == address
    assert str(Address(damaged(address.raw, 15))) != case["text"]


def test_text_sorts_as_bytes() -> None:
    texts = [case["text"] for case in TEXTS["order"]]
    assert len(set(texts)) == len(texts) == 20
    assert sorted(texts) == texts
    assert sorted(map(Address.parse, texts)) == list(map(Address.parse, texts))


@pytest.mark.parametrize("case", TEXTS["invalid"], ids=lambda case: case["why"])
def test_text_refuses(case: Case) -> None:
    says = {"length": "has 43", "character": "is not one of", "trailing bits": "two zero bits"}
    with pytest.raises(IdentityError, match=says[case["reason"]]) as refused:
        Address.parse(case["text"])
    assert refused.value.code == "BAD_ADDRESS"


@pytest.mark.parametrize("case", IPV6["cases"], ids=lambda case: case["name"])
def test_ipv6(case: Case) -> None:
    address, ip = Address(octets(case, "addressHex")), IPv6Address(octets(case, "ipv6Hex"))
    prefix = octets(case, "prefixHex")
    assert ipv6_of_address(address) == ip == IPv6Address(case["ipv6"])
    assert prefix_of_ipv6(ip) == (prefix, case["nbits"])
    assert address.has_prefix(prefix, case["nbits"])
    worse = Address(damaged(address.raw, case["nbits"] // 8 - 2))
    assert ipv6_of_address(worse) != ip
    assert not worse.has_prefix(prefix, case["nbits"])
    assert prefix_of_ipv6(IPv6Address(damaged(ip.packed, 9))) != (prefix, case["nbits"])


@pytest.mark.parametrize("case", IPV6["fromIPv6"], ids=lambda case: case["ipv6"])
def test_ipv6_of_nobody(case: Case) -> None:
    expected = (octets(case, "prefixHex"), case["nbits"])
    assert prefix_of_ipv6(IPv6Address(case["ipv6"])) == expected


@pytest.mark.parametrize("case", IPV6["invalid"], ids=lambda case: case.get("ipv6", case["why"]))
def test_ipv6_refuses_what_has_no_mapping(case: Case) -> None:
    def convert() -> object:
        if "ipv6" in case:
            return prefix_of_ipv6(ip_address(case["ipv6"]))
        return ipv6_of_address(Address(octets(case, "addressHex")))

    with pytest.raises(IdentityError) as refused:
        convert()
    assert refused.value.code == "BAD_IPV6"


@pytest.mark.parametrize("case", IPV6["hasPrefix"])
def test_prefixes(case: Case) -> None:
    address, prefix = Address(octets(case, "addressHex")), octets(case, "prefixHex")
    assert address.has_prefix(prefix, case["nbits"]) is case["matches"]
    if "invalid" in case:
        with pytest.raises(IdentityError):
            check_prefix(prefix, case["nbits"])
    else:
        check_prefix(prefix, case["nbits"])


@pytest.mark.parametrize("case", SIGNATURES["cases"], ids=lambda case: case["purpose"][:40])
def test_signatures(case: Case) -> None:
    purpose, message = case["purpose"], octets(case, "messageHex")
    signature, key = octets(case, "signatureHex"), PrivateKey(octets(case, "seed"))
    digest = signature_digest(purpose, message)
    assert signature_context(purpose).hex() == case["sigCtxHex"]
    assert digest.hex() == case["digestHex"]
    assert key.public_key.raw.hex() == case["publicKeyRaw"]
    if case["reserved"]:
        with pytest.raises(IdentityError, match="reserved"):
            sign(key, purpose, message)
        assert Ed25519PrivateKey.from_private_bytes(octets(case, "seed")).sign(digest) == signature
    else:
        assert sign(key, purpose, message) == signature
    assert verify(key.public_key, purpose, message, signature)
    for worse in (
        octets(case, "referenceSignatureHex"),
        damaged(signature, 8),
        damaged(signature, 40),
    ):
        assert not verify(key.public_key, purpose, message, worse)
    assert not verify(key.public_key, purpose + "x", message, signature)
    assert not verify(key.public_key, purpose, message + b"\0", signature)


@pytest.mark.parametrize("case", SIGNATURES["invalid"], ids=lambda case: case["why"])
def test_signatures_refuses(case: Case) -> None:
    key = PublicKey(octets(case, "publicKeyRaw"))
    message, signature = octets(case, "messageHex"), octets(case, "signatureHex")
    assert not verify(key, case["purpose"], message, signature)
