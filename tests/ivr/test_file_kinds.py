"""What a file of menus holds, also where the key that says so is mistyped."""

import pytest

from ivr.loader import load


@pytest.mark.parametrize(
    ("text", "found"),
    [
        (
            "operaton: shop\nurl: https://shop.example.net/\nmethod: GET\noutcomes: {}\n",
            "an operation has no key 'operaton': did you mean operation?",
        ),
        (
            'shedule: office\nweek: { mon: "09:00-18:00" }\n',
            "a schedule has no key 'shedule': did you mean schedule?",
        ),
        ('lst: vip\nentries: ["1"]\n', "a list has no key 'lst': did you mean list?"),
        (
            "flw: x\nlanguages: [en]\nstart: bye\nnodes: { bye: { end: [] } }\n",
            "a flow has no key 'flw': did you mean flow?",
        ),
    ],
)
def test_a_mistyped_kind_is_reported_as_that_kind(text: str, found: str) -> None:
    assert found in [problem.text for problem in load({"1.yaml": text}, {}, {}).problems]
