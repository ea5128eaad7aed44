"""An identity that only its receiver can read (schemas/IDENTITY.md): libsodium's sealed box, here by PyNaCl."""

import base64
import hashlib
import json

from nacl.public import PrivateKey, PublicKey, SealedBox

CIPHER = "X25519-SEALED-BOX"


def key_id(public_key):
    return hashlib.sha256(bytes(public_key)).hexdigest()[:16]


def public_key_of(file):
    return PublicKey(base64.b64decode(json.loads(file.read_text())["public_key"]))


def secret_key_of(file):
    return PrivateKey(base64.b64decode(json.loads(file.read_text())["secret_key"]))


def seal(public_key, identity):
    """What patient.identity of ReferralRequested takes."""
    plain = json.dumps(identity, ensure_ascii=False).encode()
    return {"key_id": key_id(public_key), "cipher": CIPHER, "bytes": SealedBox(public_key).encrypt(plain)}


def open_sealed(secret_key, sealed):
    """From patient.identity of ReferralRouted."""
    if sealed["cipher"] != CIPHER or sealed["key_id"] != key_id(secret_key.public_key):
        raise ValueError("sealed in another way, or for another key")
    return json.loads(SealedBox(secret_key).decrypt(sealed["bytes"]))
