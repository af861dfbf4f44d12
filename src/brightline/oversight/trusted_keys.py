"""The keys that one trust bundle believes: whether the gateway, a person or the directory signed something.

INVARIANT: a check returns or raises `effector/bad-signature`; nothing here decides what a signature is worth.
"""

from collections.abc import Mapping
from functools import lru_cache

from brightline.crypto.assertion import verify_assertion
from brightline.crypto.errors import CryptoError
from brightline.crypto.note import Verifier
from brightline.crypto.signatures import KeyRing
from brightline.domain.sign_off.assertion import AssertionReader, KeyEntry, SignedAssertion
from brightline.domain.sign_off.release import Release
from brightline.domain.sign_off.revocation import RevocationList, SignedRevocationList
from brightline.domain.sign_off.statement import WEBAUTHN_ES256, SignedStatement
from brightline.domain.sign_off.trust import TrustBundle
from brightline.oversight.errors import EffectorError


class TrustedKeys:
    """The keys of one bundle, made ready; raises `EffectorError` (`effector/bad-bundle`) when one cannot be used."""

    def __init__(self, bundle: TrustBundle) -> None:
        self._webauthn = bundle.webauthn
        self._key = KeyRing().key
        self._assertions = AssertionReader()
        self._gateways = {entry.id: entry for entry in bundle.gateway_keys}
        self._directories = {entry.id: entry for entry in bundle.directory_keys}
        # What the directory signed stands beside many releases: a signature that held once is not checked again.
        self._check_assertion = lru_cache(maxsize=256)(self._verify_assertion)
        self.read_list = lru_cache(maxsize=2)(self._read_list)
        try:
            self.logs = tuple(Verifier.parse(vkey) for vkey in bundle.log.keys)
            for entry in (*bundle.gateway_keys, *bundle.directory_keys):
                self._key(entry.algorithm, entry.encoded)
        except CryptoError as error:
            raise EffectorError("effector/bad-bundle", why=error.message) from error

    def read_release(self, data: bytes) -> Release:
        """The release that `data` is the canonical form of; raises `SignOffError`."""
        return Release.parse_with(data, self._assertions.read)

    def check_gateway(self, release: Release) -> None:
        """Check that a trusted gateway signed `release`; raises `EffectorError`."""
        self._verify(self._gateways, release.gateway.key, release.gateway.signature, release.tagged)

    def check_person(self, signed: SignedStatement) -> None:
        """Check that the directory asserted the key and that the key signed the statement; raises `EffectorError`."""
        self._check_assertion(signed.assertion)
        entry, signature = signed.assertion.assertion.key.entry, signed.signature
        try:
            key = self._key(entry.algorithm, entry.encoded)
            if signature.algorithm == WEBAUTHN_ES256:
                verify_assertion(
                    key,
                    signature=signature.value,
                    authenticator_data=signature.authenticator_data,
                    client_data=signature.client_data,
                    challenge=signed.statement.digest,
                    rp_id=self._webauthn.rp_id,
                    origins=self._webauthn.origins,
                )
            else:
                key.verify(signature.value, signed.statement.tagged)
        except CryptoError as error:
            raise EffectorError("effector/bad-signature", key=entry.id) from error

    def assertions_verified(self) -> int:
        """How many assertions were verified, and not remembered from before."""
        return self._check_assertion.cache_info().misses

    def _read_list(self, data: bytes) -> RevocationList:
        """The revocation list that `data` holds and the directory signed; raises `EffectorError`, `SignOffError`."""
        signed = SignedRevocationList.parse(data)
        self._verify(self._directories, signed.directory_key, signed.signature, signed.revocations.tagged)
        return signed.revocations

    def _verify_assertion(self, signed: SignedAssertion) -> None:
        self._verify(self._directories, signed.directory_key, signed.signature, signed.assertion.tagged)

    def _verify(self, keys: Mapping[str, KeyEntry], key: str, signature: bytes, message: bytes) -> None:
        if key not in keys:
            raise EffectorError("effector/bad-signature", key=key)
        try:
            self._key(keys[key].algorithm, keys[key].encoded).verify(signature, message)
        except CryptoError as error:
            raise EffectorError("effector/bad-signature", key=key) from error
