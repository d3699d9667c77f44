"""The shipped menus and texts, read one time in a process: they are the same in all tests."""

from functools import cache

from ari_app.menus import loading
from ari_app.selfcare.operations import CATALOGUE
from prompts import catalogue
from prompts.catalogue import Catalogue
from tests.operators import DEMO


@cache
def texts() -> Catalogue:
    """The shipped texts, in the name of the demo operator."""
    return catalogue.shipped(DEMO)


@cache
def menus() -> loading.Menus:
    """The shipped flows with their texts, checked."""
    return loading.menus(loading.SHIPPED, texts(), CATALOGUE)
