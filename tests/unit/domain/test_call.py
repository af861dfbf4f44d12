import pytest

from brightline.domain.call import ToolOffer


@pytest.mark.parametrize("kind", ["web_search_20250305", "mcp_toolset", "code_execution_20250522"])
def test_a_tool_of_any_other_kind_is_run_by_the_provider(kind):
    assert ToolOffer("a", kind).runs_at_provider


@pytest.mark.parametrize("kind", ["function", "bash_20250124", "text_editor_20250728", "memory_20250818"])
def test_a_function_and_a_client_tool_are_run_by_the_caller(kind):
    assert not ToolOffer("a", kind).runs_at_provider
