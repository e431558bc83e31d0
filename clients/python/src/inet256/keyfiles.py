# SPDX-License-Identifier: Apache-2.0
"""Keys in files, and new ones (INET256 section 6).

A key file is PKCS#8 PEM as openssl writes it, PEM with the label "INET256 PRIVATE KEY" around a
serialized private key, or the bare serialized bytes. Files are written with mode 0600 from their
first byte and never over another; reading warns when others could have read them too. No error
repeats anything of a file.
"""

from __future__ import annotations

import base64
import os
import re
import secrets
import stat
import warnings

from ._limits import KEY_FILE_BYTES
from ._pkcs8 import decode_pkcs8, encode_pkcs8
from .identity import IdentityError, PrivateKey

_PKCS8_LABEL = b"PRIVATE KEY"
_INET256_LABEL = b"INET256 PRIVATE KEY"
_SEED_BYTES = 32
_LINE = 64
_PEM = re.compile(
    rb"-----BEGIN ([A-Z0-9 ]{1,64})-----([A-Za-z0-9+/=\s]*)-----END \1-----", re.ASCII
)
_PUBLIC = (b"PUBLIC KEY", b"INET256 PUBLIC KEY", b"CERTIFICATE")


class KeyFileWarning(UserWarning):
    """Others may read or change a private key's file."""


def generate_key() -> PrivateKey:
    """Makes a new Ed25519 key from the system's randomness.

    >>> key = generate_key()
    >>> len(str(key.address))
    43
    """
    return PrivateKey(secrets.token_bytes(_SEED_BYTES))


def read_key_file(path: str | os.PathLike[str]) -> PrivateKey:
    """Reads a key file in any of its forms.

    Warns with KeyFileWarning when others may read or change it. Raises IdentityError BAD_KEY or
    UNKNOWN_ALGORITHM, which name the file and say what is wrong with it, or OSError.
    """
    with open(path, "rb") as file:
        content = file.read(KEY_FILE_BYTES + 1)
        mode = stat.S_IMODE(os.fstat(file.fileno()).st_mode)
    try:
        key = _decode(content)
    except IdentityError as cause:
        raise IdentityError(cause.code, f"{os.fspath(path)}: {cause}") from None
    if mode & 0o077 != 0:
        warnings.warn(
            f"{os.fspath(path)} has mode {mode:04o}: others may read or change this private key; "
            "use chmod 600",
            KeyFileWarning,
            stacklevel=2,
        )
    return key


def write_key_file(path: str | os.PathLike[str], key: PrivateKey) -> None:
    """Writes a new key file as PKCS#8 PEM, mode 0600.

    Raises FileExistsError when there is a file already, and IdentityError BAD_KEY for a wiped key.
    """
    body = base64.b64encode(encode_pkcs8(key))
    lines = [body[at : at + _LINE] for at in range(0, len(body), _LINE)]
    pem = [b"-----BEGIN " + _PKCS8_LABEL + b"-----", *lines, b"-----END PRIVATE KEY-----", b""]
    file = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with open(file, "wb") as opened:
        opened.write(b"\n".join(pem))


def _decode(content: bytes) -> PrivateKey:
    if len(content) > KEY_FILE_BYTES:
        raise _bad(f"more than {KEY_FILE_BYTES} bytes are too many for a key file")
    if content.strip() == b"":
        raise _bad("the key file is empty")
    if content[:2] in (b"\xff\xfe", b"\xfe\xff"):
        raise _bad("the key file is UTF-16 text: convert it to UTF-8")
    if b"-----" not in content:
        return PrivateKey.parse(content)
    blocks = _PEM.findall(content)
    if len(blocks) != 1 or content.count(b"-----BEGIN ") != 1:
        raise _bad("expected one PEM block, whole and without headers")
    label, body = blocks[0]
    if label in _PUBLIC:
        raise _bad("the file holds a public key, not a private key")
    if label == b"ENCRYPTED PRIVATE KEY":
        raise _bad("the private key is encrypted: decrypt it first, for example with openssl pkey")
    if label not in (_PKCS8_LABEL, _INET256_LABEL):
        raise _bad('expected a PEM block "PRIVATE KEY" (PKCS#8) or "INET256 PRIVATE KEY"')
    try:
        decoded = base64.b64decode(b"".join(body.split()), validate=True)
    except ValueError:
        raise _bad("its base64 is damaged or cut short") from None
    return PrivateKey.parse(decoded) if label == _INET256_LABEL else decode_pkcs8(decoded)


def _bad(what: str) -> IdentityError:
    return IdentityError("BAD_KEY", what)
