"""The key pair behind `X-Lxo-Signature`: RSA, SHA-512, PKCS#1 v1.5, base64 (§2.3)."""

from __future__ import annotations

import base64
from functools import lru_cache
from pathlib import Path

from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import padding, rsa


class Signer:
    """Makes the key once and keeps it beside the state: a restart must not invalidate a cached public key."""

    def __init__(self, folder: Path, bits: int = 4096) -> None:
        file = folder / "signature_key.pem"
        if file.exists():
            key = serialization.load_pem_private_key(file.read_bytes(), password=None)
            assert isinstance(key, rsa.RSAPrivateKey)
        else:
            key = rsa.generate_private_key(public_exponent=65537, key_size=bits)
            draft = file.with_suffix(".tmp")
            draft.touch(mode=0o600)
            draft.write_bytes(
                key.private_bytes(
                    serialization.Encoding.PEM,
                    serialization.PrivateFormat.PKCS8,
                    serialization.NoEncryption(),
                )
            )
            draft.replace(file)
        self._key = key
        self.public_pem = key.public_key().public_bytes(
            serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo
        )
        # A repeat of a delivery carries the same body and so the same signature; 4096 bits cost milliseconds.
        self.sign = lru_cache(maxsize=2048)(self._sign)

    def _sign(self, body: bytes) -> str:
        return base64.b64encode(self._key.sign(body, padding.PKCS1v15(), hashes.SHA512())).decode()
