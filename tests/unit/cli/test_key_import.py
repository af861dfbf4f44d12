import pytest

GRANT = ["--name", "suite", "--organisation", "agency", "--unit", "tests", "--app", "sdk"]


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (None, "cli/unreadable"),
        (b"", "cli/bad-text"),
        (b"\n", "cli/bad-text"),
        (b"a\nb\n", "cli/bad-text"),
        (b"\xff", "cli/bad-text"),
    ],
)
def test_a_file_that_holds_no_secret_refuses_before_anything_is_asked(content, code, gateway, data_dir, run) -> None:
    if content is not None:
        (data_dir / "key.txt").write_bytes(content)
    result = run("key", "import", "--data", data_dir, *GRANT, "--secret-file", data_dir / "key.txt")
    assert result.exit_code == 1
    assert code in result.stderr
    assert gateway.asked == []


@pytest.mark.parametrize("content", [b"my-secret", b"my-secret\n", b"my-secret\r\n"])
def test_imports_and_never_prints_the_secret(content, gateway, data_dir, run, key) -> None:
    (data_dir / "key.txt").write_bytes(content)
    gateway.answer({**key, "weak": True, "imported": True})
    result = run("key", "import", "--data", data_dir, *GRANT, "--secret-file", data_dir / "key.txt", "--weak")
    assert result.exit_code == 0
    assert "my-secret" not in result.output
    assert "WEAK SECRET" in result.stdout
    assert gateway.asked[0]["args"]["secret"] == "my-secret"
    assert gateway.asked[0]["args"]["weak"] is True
