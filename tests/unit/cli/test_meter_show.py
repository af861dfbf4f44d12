ROW = {
    "meter": "people",
    "measure": "data-subjects",
    "per": {"agreement": "pact", "unit": "org/one"},
    "seconds": 86400,
    "reading": 12,
    "limits": [{"most": 500, "policy": "law-2", "holds": False}, {"most": 100, "policy": "op-1", "holds": True}],
}


def test_one_window_a_line_with_its_limits(run, gateway, data_dir) -> None:
    gateway.answer({"meters": [ROW, {**ROW, "per": {}, "limits": []}]})
    first, second = run("meter", "show", "--unit", "one", "--data", data_dir).stdout.splitlines()
    assert first == (
        'people  12 data-subjects in 86400 s  for agreement "pact", unit "org/one": '
        "refused beyond 500 (law-2); held beyond 100 (op-1)"
    )
    assert second.endswith("for the operator: no limit")
    asked = {"organisation": "", "unit": "one", "mission": "", "app": "", "principal": ""}
    assert gateway.asked == [{"command": "meter.show", "args": asked}]


def test_nothing_to_show(run, gateway, data_dir) -> None:
    gateway.answer({"meters": []})
    assert "no window to show" in run("meter", "show", "--data", data_dir).stdout
