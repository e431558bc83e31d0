# SPDX-License-Identifier: Apache-2.0
"""Keys in files: what is read, what is refused, and who else may read it."""

from __future__ import annotations

import base64
import contextlib
import random
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric import ec, ed25519
from cryptography.hazmat.primitives.serialization import (
    BestAvailableEncryption,
    Encoding,
    NoEncryption,
    PrivateFormat,
    PublicFormat,
)

from inet256 import (
    IdentityError,
    KeyFileWarning,
    PrivateKey,
    generate_key,
    read_key_file,
    write_key_file,
)
from inet256._pkcs8 import decode_pkcs8
from inet256.keyfiles import _decode

SEED = bytes(range(32))
KEY = PrivateKey(SEED)
LIBRARY_KEY = ed25519.Ed25519PrivateKey.from_private_bytes(SEED)
PKCS8 = LIBRARY_KEY.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
INET256 = (
    b"-----BEGIN INET256 PRIVATE KEY-----\r\n"
    + base64.encodebytes(KEY.serialize()).replace(b"\n", b"\r\n")
    + b"-----END INET256 PRIVATE KEY-----\r\n"
)


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "key.pem"


def put(path: Path, content: bytes, mode: int = 0o600) -> None:
    path.write_bytes(content)
    path.chmod(mode)


def pkcs8(version: int, rest: bytes, algorithm: str = "06032b6570") -> bytes:
    """A structure with something behind the seed, as PEM."""
    oid = bytes.fromhex(algorithm)
    body = bytes([2, 1, version, 0x30, len(oid)]) + oid + b"\x04\x22\x04\x20" + SEED + rest
    encoded = base64.encodebytes(b"\x30" + bytes([len(body)]) + body)
    return b"-----BEGIN PRIVATE KEY-----\n" + encoded + b"-----END PRIVATE KEY-----\n"


PUBLIC = b"\x81\x21\x00" + KEY.public_key.raw
ATTRIBUTES = b"\xa0\x02\x31\x00"


@pytest.mark.parametrize(
    "content",
    [
        PKCS8,
        INET256,
        KEY.serialize(),
        b"a note\n" + PKCS8 + b"more\n",
        pkcs8(0, b""),
        pkcs8(0, ATTRIBUTES),
        pkcs8(1, PUBLIC),
        pkcs8(1, ATTRIBUTES + PUBLIC),
    ],
)
def test_reads_every_form(path: Path, content: bytes) -> None:
    put(path, content)
    assert read_key_file(path).serialize() == KEY.serialize()


def test_a_structure_that_is_cut_short_anywhere_is_refused() -> None:
    for whole in (PKCS8, pkcs8(1, ATTRIBUTES + PUBLIC)):
        der = base64.b64decode(b"".join(whole.splitlines()[1:-1]))
        for size in range(len(der)):
            with pytest.raises(IdentityError):
                decode_pkcs8(der[:size])


def test_damage_is_refused_by_no_other_error() -> None:
    source = random.Random(256)
    whole = [PKCS8, INET256, KEY.serialize(), pkcs8(1, ATTRIBUTES + PUBLIC)]
    for _ in range(2_000):
        content = bytearray(source.choice(whole))
        for _ in range(source.randint(1, 3)):
            content[source.randrange(len(content))] = source.choice(b"\x00\x80\xff-A\n\x30\x81")
        with contextlib.suppress(IdentityError):
            _decode(bytes(content))


def test_writes_what_openssl_would_and_never_over_another(path: Path) -> None:
    write_key_file(path, KEY)
    assert (path.read_bytes(), path.stat().st_mode & 0o777) == (PKCS8, 0o600)
    with pytest.raises(FileExistsError):
        write_key_file(path, generate_key())
    assert read_key_file(str(path)).serialize() == KEY.serialize()


def test_warns_when_others_may_read_it(path: Path) -> None:
    put(path, PKCS8, 0o644)
    with pytest.warns(KeyFileWarning, match="mode 0644.*chmod 600"):
        read_key_file(path)


def public_key() -> bytes:
    return LIBRARY_KEY.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)


def encrypted() -> bytes:
    encryption = BestAvailableEncryption(b"password")
    return LIBRARY_KEY.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, encryption)


def elliptic() -> bytes:
    key = ec.generate_private_key(ec.SECP256R1())
    return key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())


@pytest.mark.parametrize(
    ("content", "code", "says"),
    [
        (b"", "BAD_KEY", "empty"),
        (b" \n", "BAD_KEY", "empty"),
        (PKCS8.decode().encode("utf-16"), "BAD_KEY", "UTF-16"),
        (KEY.serialize()[:-1], "BAD_KEY", "raw bytes"),
        (KEY.public_key.serialize(), "BAD_KEY", "public key"),
        (public_key(), "BAD_KEY", "public key"),
        (encrypted(), "BAD_KEY", "encrypted"),
        (elliptic(), "UNKNOWN_ALGORITHM", "algorithm"),
        (PKCS8 + PKCS8, "BAD_KEY", "one PEM block"),
        (PKCS8[:60], "BAD_KEY", "one PEM block"),
        (PKCS8.replace(b"END", b"EN"), "BAD_KEY", "one PEM block"),
        (PKCS8.replace(b"PRIVATE", b"SECRET"), "BAD_KEY", "PKCS#8"),
        (PKCS8.replace(b"MC4", b"MC"), "BAD_KEY", "base64"),
        (PKCS8.replace(b"MC4C", b"MC4D"), "BAD_KEY", "damaged"),
        (pkcs8(0, PUBLIC), "BAD_KEY", "damaged"),
        (pkcs8(1, ATTRIBUTES), "BAD_KEY", "damaged"),
        (pkcs8(1, PUBLIC + PUBLIC), "BAD_KEY", "damaged"),
        (pkcs8(1, PUBLIC[:-1]), "BAD_KEY", "damaged"),
        (pkcs8(1, PUBLIC[:-1] + b"\x00"), "BAD_KEY", "not that of its private key"),
        (pkcs8(0, b"", algorithm="06032b656f"), "UNKNOWN_ALGORITHM", "algorithm"),
        (pkcs8(0, b"", algorithm="06032b65700500"), "BAD_KEY", "damaged"),
        (bytes(65 * 1024), "BAD_KEY", "too many"),
    ],
)
def test_refuses_and_does_not_repeat(path: Path, content: bytes, code: str, says: str) -> None:
    put(path, content)
    with pytest.raises(IdentityError) as refused:
        read_key_file(path)
    assert refused.value.code == code
    assert says in str(refused.value)
    assert str(path) in str(refused.value)
    assert base64.b64encode(SEED)[4:12].decode() not in str(refused.value)
