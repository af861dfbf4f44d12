import sys
from types import ModuleType

from brightline.cli.perform import perform


def test_a_running_gateway_is_asked(gateway, data_dir) -> None:
    gateway.answer({"a": 1})
    assert perform(str(data_dir), "status", {}) == {"a": 1}


def test_with_nobody_listening_the_directory_is_opened_here(data_dir, monkeypatch) -> None:
    offline = ModuleType("brightline.cli.offline")
    calls = []
    offline.run = lambda *words: calls.append(words) or {"here": True}
    monkeypatch.setitem(sys.modules, "brightline.cli.offline", offline)
    assert perform(str(data_dir), "status", {"b": 2}) == {"here": True}
    assert calls == [(data_dir, "status", {"b": 2})]
