import pytest

HOLD = "5f3c0d1e2a4b59687786958493a2b1c0"
DUE = {"hold": HOLD, "what": "set_valve", "person": "walter", "opened": "t0", "due": "t1"}


@pytest.fixture
def secret(data_dir):
    (data_dir / "ana.key").write_text("bl_secret\n")
    return ("--secret-file", data_dir / "ana.key", "--data", data_dir)


@pytest.mark.parametrize(
    "words",
    [
        (HOLD,),
        (HOLD, "--justified"),
        (HOLD, "--reason", "r"),
        (HOLD, "--justified", "--reason", " "),
        ("--justified",),
        ("--reason", "r"),
    ],
)
def test_half_a_judgement_is_none(run, gateway, secret, words) -> None:
    result = run("hold", "review", *words, *secret)
    assert result.exit_code == 2
    assert "a judgement is HOLD" in result.stderr
    assert gateway.asked == []


def test_nobody_reviews_without_a_key(run, gateway, data_dir) -> None:
    assert run("hold", "review", "--data", data_dir).exit_code == 2
    result = run("hold", "review", "--secret-file", data_dir / "none", "--data", data_dir)
    assert "cli/unreadable" in result.stderr
    assert gateway.asked == []


def test_lists_what_waits(run, gateway, secret) -> None:
    gateway.answer({"person": "ana", "reviews": []})
    assert run("hold", "review", *secret).stdout == "no review is due\n"
    gateway.answer({"person": "ana", "reviews": [DUE]})
    assert run("hold", "review", *secret).stdout == f'{HOLD}  due t1  "set_valve", broken by "walter"\n'
    assert gateway.asked[0] == {"command": "hold.reviews", "args": {"secret": "bl_secret"}}


@pytest.mark.parametrize(("option", "verdict"), [("--justified", "justified"), ("--unjustified", "not justified")])
def test_judges_in_the_name_of_the_key(run, gateway, secret, option, verdict) -> None:
    gateway.answer({"person": "ana"})
    result = run("hold", "review", HOLD, option, "--reason", "looked at it", *secret)
    assert result.stdout == f"ana found the broken glass {verdict}\n"
    args = {"hold": HOLD, "secret": "bl_secret", "justified": option == "--justified", "words": "looked at it"}
    assert gateway.asked == [{"command": "hold.review", "args": args}]
