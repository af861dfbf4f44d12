import base64
import os
from dataclasses import replace

from brightline.console.exact import describe, exact
from brightline.domain.sign_off.binding import ActionBinding
from brightline.domain.sign_off.statement import ShownLog
from brightline.testing import approval_samples
from brightline.testing.console import now_ms

LOG = ShownLog("log.example", 7, bytes(32))


def test_all_that_is_shown_comes_from_the_bytes_that_are_given_along() -> None:
    binding = approval_samples.release_payload(os.urandom, now_ms()).binding
    shown = exact(binding, LOG)
    assert ActionBinding.parse(base64.b64decode(str(shown["binding_bytes"]))) == binding
    assert (shown["rendering"], shown["binding_digest"]) == (binding.rendered, binding.digest.hex())
    assert (shown["what"], shown["log"]) == ("release_payload", LOG)


def test_a_call_of_no_tool_is_named_by_its_model() -> None:
    binding = approval_samples.release_payload(os.urandom, now_ms()).binding
    assert describe(replace(binding, tool="")) == "call to sim-echo"
