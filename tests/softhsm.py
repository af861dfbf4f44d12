"""Smart cards for tests: tokens of softhsm2, with keys as PIV cards have them, in a directory of this process's own."""

import atexit
import functools
import os
import shutil
import subprocess
import tempfile
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import pytest

MODULES = tuple(
    Path(place)
    for place in (
        "/usr/lib/softhsm/libsofthsm2.so",
        "/usr/lib/x86_64-linux-gnu/softhsm/libsofthsm2.so",
        "/usr/lib64/pkcs11/libsofthsm2.so",
    )
)
TOOL = "softhsm2-util"
PIN = "123456"
CARD = "ana"  # one key, id 02, that wants its PIN for each signature, with a certificate and no public key
DRAWER = "ben"  # several keys: `auth` (P-256), `sign` (P-384), `lone` without a public half, `odd` on another curve
MULTIPLE = ("auth", "sign", "lone", "odd")


@dataclass(frozen=True)
class Cards:
    """The module to load; all cards have the PIN `PIN`."""

    module: str


def softhsm_or_skip() -> Cards:
    """The cards; without softhsm2 on this machine the test is skipped, and fails under CI."""
    module = next((str(place) for place in MODULES if place.exists()), None)
    if module is None or shutil.which(TOOL) is None:
        pytest.skip("needs the Debian package softhsm2")
    return _cards(module)


@functools.cache
def _cards(module: str) -> Cards:
    place = Path(tempfile.mkdtemp(prefix="bl-cards-"))
    atexit.register(shutil.rmtree, place, ignore_errors=True)
    (place / "tokens").mkdir()
    conf = place / "softhsm2.conf"
    conf.write_text(f"directories.tokendir = {place / 'tokens'}\nobjectstore.backend = file\nlog.level = ERROR\n")
    # The library reads it once, when it is loaded: before any test of this process.
    os.environ["SOFTHSM2_CONF"] = str(conf)
    for label in (CARD, DRAWER):
        words = ["--init-token", "--free", "--label", label, "--so-pin", "12345678", "--pin", PIN]
        subprocess.run([TOOL, *words], check=True, capture_output=True)
    _fill(module)
    return Cards(module)


def _fill(module: str) -> None:
    import pkcs11

    library = pkcs11.lib(module)
    with library.get_token(token_label=CARD).open(user_pin=PIN, rw=True) as session:
        public, _ = _generate(session, "secp256r1", "sign", b"\x02", always=True)
        _certify(session, public, b"\x02")
        public.destroy()
    with library.get_token(token_label=DRAWER).open(user_pin=PIN, rw=True) as session:
        _generate(session, "secp256r1", "auth", b"\x01")
        _generate(session, "secp384r1", "sign", b"\x02")
        _generate(session, "secp256r1", "lone", b"\x03")[0].destroy()
        _generate(session, "secp521r1", "odd", b"\x04")


def _generate(session, curve, label, number, *, always=False):
    from pkcs11 import Attribute, KeyType
    from pkcs11.util.ec import encode_named_curve_parameters

    parameters = session.create_domain_parameters(
        KeyType.EC, {Attribute.EC_PARAMS: encode_named_curve_parameters(curve)}, local=True
    )
    template = {Attribute.ALWAYS_AUTHENTICATE: True} if always else {}
    return parameters.generate_keypair(store=True, label=label, id=number, private_template=template)


def _certify(session, public, number) -> None:
    """Put a certificate of the key on the card, as an authority would."""
    from cryptography import x509
    from cryptography.hazmat.primitives import hashes
    from cryptography.hazmat.primitives.asymmetric import ec
    from cryptography.hazmat.primitives.serialization import Encoding
    from pkcs11 import Attribute, CertificateType, ObjectClass

    point = bytes(public[Attribute.EC_POINT])[-65:]
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "ana")])
    certificate = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(ec.EllipticCurvePublicKey.from_encoded_point(ec.SECP256R1(), point))
        .serial_number(1)
        .not_valid_before(datetime(2026, 1, 1, tzinfo=UTC))
        .not_valid_after(datetime(2036, 1, 1, tzinfo=UTC))
        .sign(ec.generate_private_key(ec.SECP256R1()), hashes.SHA256())
    )
    session.create_object(
        {
            Attribute.CLASS: ObjectClass.CERTIFICATE,
            Attribute.CERTIFICATE_TYPE: CertificateType.X_509,
            Attribute.TOKEN: True,
            Attribute.ID: number,
            Attribute.SUBJECT: name.public_bytes(),
            Attribute.VALUE: certificate.public_bytes(Encoding.DER),
        }
    )
