"""People in lists, tables and rows, each another person."""

import pytest

from brightline.use.lists import count_rows


@pytest.mark.parametrize(
    ("text", "people"),
    [
        ("1. Anna Beck\n2. Carl Dorn\n3. Eva Falk", 3),
        ("- Anna Beck\n- Carl Dorn", 0),
        ("Anna Beck, Carl Dorn, Eva Falk", 3),
        ("Anna Beck; Carl Dorn; Eva Falk; 7", 3),
        ("name|unit\nAnna Beck|S1\nCarl Dorn|S2\nEva Falk|S3", 3),
        ("The report is due on Monday. Send it to the staff.", 0),
        ("open rows 17, 18, 19 and 40", 4),
        ("records 1-500", 500),
        ("records 9 to 1", 0),
        ("row 17", 0),
        ('[{"name": "a"}, {"Full_Name": "b"}, {"id": 3}]', 2),
        ('{"rows": [{"surname": "x"}], "total": 1}', 1),
        ("[no JSON", 0),
        ("", 0),
    ],
)
def test_how_many_a_text_lists(text: str, people: int) -> None:
    assert count_rows(text) == people
