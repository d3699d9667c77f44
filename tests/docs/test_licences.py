"""docs/licences.md names every locked package with the licence that its metadata gives."""

import pytest

from tests.docs.licences import PAGE, licence, page


def test_the_table_is_that_of_the_lock_files() -> None:
    text = PAGE.read_text("utf-8")
    assert page(text) == text, "run `python -m tests.docs.licences` and commit what it writes"


def test_a_package_that_says_nothing_is_not_passed_over() -> None:
    with pytest.raises(LookupError):
        licence("no-such-package")
