import pytest

from brightline.providers.errors import fault_of


@pytest.mark.parametrize("status", [200, 201, 204])
def test_a_success_is_no_fault(status: int) -> None:
    assert fault_of(status, deployment="d") is None


@pytest.mark.parametrize(
    ("status", "what", "answered"),
    [
        (302, "redirected", 502),
        (400, "refused", 400),
        (401, "key-refused", 502),
        (403, "key-refused", 502),
        (404, "refused", 400),
        (429, "rate-limited", 429),
        (500, "failed", 502),
        (503, "overloaded", 529),
        (529, "overloaded", 529),
        (599, "failed", 502),
    ],
)
def test_every_other_status_has_its_meaning(status: int, what: str, answered: int) -> None:
    fault = fault_of(status, deployment="d")
    assert fault is not None
    assert (fault.code, fault.status) == (f"providers/{what}", answered)
