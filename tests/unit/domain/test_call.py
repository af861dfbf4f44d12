import pytest

from brightline.domain.call import ToolOffer


@pytest.mark.parametrize("kind", ["web_search_20250305", "mcp_toolset", "code_execution_20250522"])
def test_a_tool_of_any_other_kind_is_run_by_the_provider(kind):
    assert ToolOffer("a", kind).runs_at_provider


def test_a_function_is_run_by_the_caller():
    assert not ToolOffer("a").runs_at_provider
