"""Errors of the providers.

ProvidersError
├── EndpointError          settings of a deployment that cannot be used
├── SecretError            a provider's key that cannot be read or used
├── RequestError           a request that must not be sent as it stands
├── UnreachableError       no connection to the provider: refused, TLS, all connections busy, down, shut
├── ProviderTimeoutError   the provider took longer than its endpoint allows
├── AnswerError            an answer that cannot be used: cut, garbage, encoded, too big, given up
├── ProviderRefusalError   a whole answer whose status is not a success
├── WeightsError           the local model's weights cannot be found, fetched or trusted
└── LocalModelError        the local model's process does not start, or died
"""

from brightline.domain.errors import BrightlineError


class ProvidersError(BrightlineError):
    """Anything between the gateway and a provider."""


class EndpointError(ProvidersError):
    """Settings of a deployment that cannot be used."""


class SecretError(ProvidersError):
    """A provider's key that cannot be read or used; never holds the key."""


class RequestError(ProvidersError):
    """A request that must not be sent as it stands."""


class UnreachableError(ProvidersError):
    """No connection to the provider."""


class ProviderTimeoutError(ProvidersError):
    """The provider took longer than its endpoint allows."""


class AnswerError(ProvidersError):
    """An answer that cannot be used."""


class ProviderRefusalError(ProvidersError):
    """A whole answer whose status is not a success."""


class WeightsError(ProvidersError):
    """The local model's weights cannot be found, fetched or trusted."""


class LocalModelError(ProvidersError):
    """The local model's process does not start, or died."""


def fault_of(status: int, *, deployment: str) -> ProviderRefusalError | None:
    """What an answer's `status` means for the caller; none for a success (RFC 9110 section 15).

    A redirection is never followed, and a provider refusing OUR key is not the caller's 401.
    """
    if 200 <= status < 300:
        return None
    code = _BY_STATUS.get(status)
    if code is None:
        code = "providers/failed"
        if 300 <= status < 400:
            code = "providers/redirected"
        elif 400 <= status < 500:
            code = "providers/refused"
    return ProviderRefusalError(code, deployment=deployment, status=status)


_BY_STATUS = {
    401: "providers/key-refused",
    403: "providers/key-refused",
    429: "providers/rate-limited",
    503: "providers/overloaded",
    529: "providers/overloaded",
}
