import json

import pytest

from brightline.packs import pack_files, packs


@pytest.mark.parametrize(
    ("words", "exit_code", "said"),
    [
        (["s-4114"], 1, "cli/unknown-pack"),
        (["--copy-to", "x"], 2, "cli/usage"),
        (["--layer", "law"], 2, "cli/usage"),
        (["--around", "x"], 2, "cli/usage"),
        (["s-4113", "--layer", "law"], 2, "cli/usage"),
        (["s-4113", "--around", "x", "--copy-to", "y"], 2, "cli/usage"),
        (["s-4113", "--copy-to", "/nowhere", "--layer", "operator"], 2, "cli/usage"),
        (["s-4113", "--copy-to", "/nowhere"], 1, "cli/not-a-directory"),
    ],
)
def test_refuses_what_it_cannot_do(words, exit_code, said, run) -> None:
    result = run("agreement", "packs", *words)
    assert result.exit_code == exit_code
    assert said in result.stderr


def test_a_vendor_pack_does_not_go_into_the_law_layer(tmp_path, run) -> None:
    result = run("agreement", "packs", "red-lines-2026-02-26", "--copy-to", tmp_path, "--layer", "law")
    assert result.exit_code == 1
    assert "cli/pack-layer" in result.stderr
    assert list(tmp_path.iterdir()) == []


def test_never_overwrites_and_leaves_no_half_pack(tmp_path, run) -> None:
    (tmp_path / "law").mkdir()
    mine = tmp_path / "law" / "s-4113.cedar"
    mine.write_text("mine", encoding="utf-8")
    result = run("agreement", "packs", "s-4113", "--copy-to", tmp_path)
    assert result.exit_code == 1
    assert "cli/file-exists" in result.stderr
    assert mine.read_text(encoding="utf-8") == "mine"
    assert not (tmp_path / "redlines").exists()


@pytest.mark.parametrize(("layer", "folder"), [(None, "law"), ("law", "law"), ("vendor", "vendor")])
def test_copies_rules_into_a_layer_and_red_lines_beside_it(layer, folder, tmp_path, run) -> None:
    words = ["--layer", layer] if layer else []
    result = run("agreement", "packs", "s-4113", "--copy-to", tmp_path, *words)
    assert result.exit_code == 0
    files = pack_files("s-4113")
    assert (tmp_path / folder / "s-4113.cedar").read_bytes() == files["rules/s-4113.cedar"]
    assert (tmp_path / "redlines" / "s-4113.cedar").read_bytes() == files["redlines/s-4113.cedar"]
    assert "next: read the rules" in result.stdout


def test_lists_every_pack(run) -> None:
    text = run("agreement", "packs").stdout
    answer = json.loads(run("agreement", "packs", "--json").stdout)
    assert [row["name"] for row in answer["result"]["packs"]] == [pack.name for pack in packs()]
    for pack in packs():
        assert pack.name in text
    assert "Not legal advice" in text


@pytest.mark.parametrize("pack", packs(), ids=lambda pack: pack.name)
def test_shows_what_a_pack_rests_on_and_what_it_leaves_out(pack, run) -> None:
    text = run("agreement", "packs", pack.name).stdout
    for words in (pack.disclaimer, pack.sources[0].title, pack.readings[0], pack.not_encoded[0].what):
        assert words in text
    answer = json.loads(run("agreement", "packs", pack.name, "--json").stdout)["result"]
    assert answer["not_encoded"][0]["why"] == pack.not_encoded[0].why
    assert set(answer["files"]) == set(pack_files(pack.name))


def test_writes_a_whole_agreement_only_where_nothing_is(tmp_path, run) -> None:
    (tmp_path / "mine").write_text("mine", encoding="utf-8")
    (tmp_path / "link").symlink_to(tmp_path / "nowhere")
    for taken in (tmp_path, tmp_path / "mine", tmp_path / "link"):
        result = run("agreement", "packs", "s-4113", "--around", taken)
        assert result.exit_code == 1
        assert "cli/not-empty" in result.stderr
    assert sorted(path.name for path in tmp_path.iterdir()) == ["link", "mine"]


@pytest.mark.parametrize("pack", packs(), ids=lambda pack: pack.name)
def test_a_pack_with_an_agreement_around_it_has_no_faults(pack, tmp_path, run) -> None:
    assert run("agreement", "packs", pack.name, "--around", tmp_path / "a").exit_code == 0
    result = run("agreement", "check", tmp_path / "a")
    assert result.exit_code == 0, result.output
    assert "warning" not in result.output


def test_two_packs_fit_into_one_agreement(tmp_path, run) -> None:
    assert run("agreement", "packs", "defence-clause-2026-03-02", "--around", tmp_path / "a").exit_code == 0
    for name in ("s-4113", "weapons-signoff", "eu-prohibited"):
        assert run("agreement", "packs", name, "--copy-to", tmp_path / "a").exit_code == 0
    result = run("agreement", "check", tmp_path / "a")
    assert result.exit_code == 0, result.output
