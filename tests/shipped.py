"""The shipped menus, texts and pages, read once in a process: they are the same in all tests."""

import os
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from functools import cache, partial
from pathlib import Path
from types import CodeType

import pytest
from jinja2 import BytecodeCache, FileSystemBytecodeCache
from jinja2.bccache import Bucket

from ari_app.menus import loading
from ari_app.pages import templates
from ari_app.selfcare.operations import CATALOGUE
from ivr.check import SiteNames
from ivr.loader import Loaded
from ivr.model import Operation
from ivr.speech import languages
from prompts import catalogue
from prompts.catalogue import Catalogue, MergedCatalogue
from prompts.operator import Operator
from tests.live.seed import SHARED
from tests.operators import DEMO


@cache
def texts() -> Catalogue:
    """The shipped texts, in the name of the demo operator."""
    return catalogue.shipped(DEMO)


@cache
def menus() -> loading.Menus:
    """The shipped flows with their texts, checked."""
    return loading.menus(loading.SHIPPED, texts(), CATALOGUE)


class _Compiled(BytecodeCache):
    """The templates that were compiled in this process, or in another one of this run."""

    def __init__(self) -> None:
        self._codes: dict[str, CodeType] = {}

    def load_bytecode(self, bucket: Bucket) -> None:
        bucket.code = self._codes.get(bucket.key + bucket.checksum)
        if bucket.code is None and (run := self._of_run()):
            run.load_bytecode(bucket)
            self._keep(bucket)

    def dump_bytecode(self, bucket: Bucket) -> None:
        self._keep(bucket)
        if run := self._of_run():
            run.dump_bytecode(bucket)

    def _keep(self, bucket: Bucket) -> None:
        if bucket.code is not None:
            self._codes[bucket.key + bucket.checksum] = bucket.code

    def _of_run(self) -> FileSystemBytecodeCache | None:
        if SHARED not in os.environ:
            return None
        (directory := Path(os.environ[SHARED], "templates")).mkdir(parents=True, exist_ok=True)
        return FileSystemBytecodeCache(str(directory))


@contextmanager
def kept() -> Iterator[None]:
    """Within it the shipped texts are read one time for an operator, and the shipped flows with
    them, or a copy of them, are checked one time for a site: the one takes 100 ms, the other 300.
    Templates of pages are compiled one time in a run, which takes 300 ms for a card."""
    as_shipped, as_loaded, as_checked = catalogue.shipped, loading.menus, loading.checked
    flows = [*loading.texts(loading.SHIPPED).values()]
    read, loaded, known = dict[str, Catalogue](), dict[str, loading.Menus](), dict[str, Loaded]()

    def shipped(operator: Operator) -> Catalogue:
        if (key := repr(operator)) not in read:
            read[key] = as_shipped(operator)
        return read[key]

    def operators(texts: Catalogue) -> list[str]:
        return [operator for operator, each in read.items() if each is texts]

    def menus(
        directory: Path,
        texts: Catalogue,
        operations: Mapping[str, Operation],
        site: SiteNames = loading.ANY_SITE,
    ) -> loading.Menus:
        ours = operators(texts)
        if directory != loading.SHIPPED or operations is not CATALOGUE or not ours:
            return as_loaded(directory, texts, operations, site)
        if (key := f"{ours[0]} {site}") not in loaded:
            loaded[key] = as_loaded(directory, texts, operations, site)
        return loaded[key]

    def checked(
        found: Mapping[str, str],
        laid: MergedCatalogue,
        operations: Mapping[str, Operation],
        site: SiteNames = loading.ANY_SITE,
        within: int = 3,
    ) -> Loaded:
        ours = operators(laid.catalogue)
        if [*found.values()] != flows or operations is not CATALOGUE or not ours:
            return as_checked(found, laid, operations, site, within)
        key = repr((ours[0], site, within, [*found], languages.installed()))
        if key not in known:
            known[key] = as_checked(found, laid, operations, site, within)
        return known[key]

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(catalogue, "shipped", shipped)
        patch.setattr(loading, "menus", menus)
        patch.setattr(loading, "checked", checked)
        compiled = _Compiled()
        patch.setattr(
            templates, "_Environment", partial(templates._Environment, bytecode_cache=compiled)
        )
        assert templates.templates("ari_app.desk").bytecode_cache is compiled
        yield
