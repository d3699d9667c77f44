"""The shipped menus and texts, read one time in a process: they are the same in all tests."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from functools import cache
from pathlib import Path

import pytest

from ari_app.menus import loading
from ari_app.selfcare.operations import CATALOGUE
from ivr.check import SiteNames
from ivr.model import Operation
from prompts import catalogue
from prompts.catalogue import Catalogue
from prompts.operator import Operator
from tests.operators import DEMO


@cache
def texts() -> Catalogue:
    """The shipped texts, in the name of the demo operator."""
    return catalogue.shipped(DEMO)


@cache
def menus() -> loading.Menus:
    """The shipped flows with their texts, checked."""
    return loading.menus(loading.SHIPPED, texts(), CATALOGUE)


@contextmanager
def kept() -> Iterator[None]:
    """Within it the shipped texts are read one time for an operator, and the shipped flows with
    them are checked one time for a site: the one takes 100 ms, the other 300."""
    as_shipped, as_loaded = catalogue.shipped, loading.menus
    read, checked = dict[str, Catalogue](), dict[str, loading.Menus]()

    def shipped(operator: Operator) -> Catalogue:
        if (key := repr(operator)) not in read:
            read[key] = as_shipped(operator)
        return read[key]

    def menus(
        directory: Path,
        texts: Catalogue,
        operations: Mapping[str, Operation],
        site: SiteNames = loading.ANY_SITE,
    ) -> loading.Menus:
        ours = [operator for operator, known in read.items() if known is texts]
        if directory != loading.SHIPPED or operations is not CATALOGUE or not ours:
            return as_loaded(directory, texts, operations, site)
        if (key := f"{ours[0]} {site}") not in checked:
            checked[key] = as_loaded(directory, texts, operations, site)
        return checked[key]

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(catalogue, "shipped", shipped)
        patch.setattr(loading, "menus", menus)
        yield
