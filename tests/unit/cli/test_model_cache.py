from pathlib import Path

from brightline.cli.model_cache import cache_dir


def test_follows_the_base_directories() -> None:
    assert cache_dir({"XDG_CACHE_HOME": "/c"}) == Path("/c/brightline")
    assert cache_dir({"XDG_CACHE_HOME": "relative"}) == Path.home() / ".cache" / "brightline"
    assert cache_dir({}) == Path.home() / ".cache" / "brightline"
