"""From a call, its principal and its deployment to a use."""

from collections.abc import Callable, Mapping
from dataclasses import replace

from brightline.domain.agreement import Deployment
from brightline.domain.call import Call
from brightline.domain.description import NO_READING, TextReading
from brightline.domain.principal import Principal
from brightline.domain.use import NO_READINGS, ToolEffect, Use


def describe(
    call: Call,
    *,
    use_id: bytes,
    principal: Principal,
    mission: str,
    deployment: Deployment,
    effect_of: Callable[[str], ToolEffect],
    readings: Mapping[str, int] = NO_READINGS,
    text: TextReading = NO_READING,
) -> Use:
    """The exact facts of `call`, and beside them what its words seem to be for, in `text`.

    `effect_of` gives what the register says of a tool, `readings` what meters tell.
    """
    return Use(
        use_id=use_id,
        principal=principal,
        mission=mission,
        deployment=deployment,
        dialect=call.dialect,
        operation=call.operation,
        stream=call.stream,
        tools=tuple([effect_of(tool.name) for tool in call.tools]),
        modalities=call.modalities,
        remote_urls=call.remote_urls,
        input_bytes=len(call.body),
        message_count=call.message_count,
        max_output_tokens=call.max_output_tokens,
        claimed=call.claimed,
        readings=readings,
        text=text,
    )


def describe_action(use: Use, effect: ToolEffect, readings: Mapping[str, int] = NO_READINGS) -> Use:
    """The use that runs one tool, which the model proposed in `use`; `effect` is what the register says of that tool.

    `readings` is what meters tell with this act in them. All that the tools beside it do is left out: what is judged is
    the one act.
    """
    return replace(use, tools=(effect,), acting=True, readings=readings)
