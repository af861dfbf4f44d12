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
        ('["Anna Beck", "Carl Dorn", "Eva Falk"]', 3),
        ('["Anna Beck", "Carl Dorn"]', 0),
        ('{"text": "Anna Beck\\nCarl Dorn\\nEva Falk"}', 3),
        ('[{"name": "Anna Beck", "q": "rows 1 to 4"}, {"name": "Carl Dorn"}, {"name": "Eva Falk"}]', 7),
        ("[no JSON", 0),
        ("", 0),
    ],
)
def test_how_many_a_text_lists(text: str, people: int) -> None:
    assert count_rows(text) == people


@pytest.mark.parametrize(
    ("text", "people"),
    [
        (
            '{"tools": [{"name": "get_weather"}, {"name": "x", "schema": {"properties": {"name": {}}}}]}',
            0,
        ),
        ('{"tools": [{"name": "x", "schema": {"enum": ["Anna Beck", "Carl Dorn", "Eva Falk"]}}]}', 3),
        ('[{"name": "Anna Beck"}, {"name": "Carl Dorn"}, {"name": "Eva Falk"}]', 3),
        ('[{"description": "Anna Beck; Carl Dorn; Eva Falk"}]', 3),
    ],
)
def test_definitions_name_tools_and_their_values_may_name_people(text: str, people: int) -> None:
    assert count_rows(text, defines=True) == people
