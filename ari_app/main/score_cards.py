"""The score cards of an installation, with what it has that they name."""

from collections.abc import Collection
from functools import partial

from ari_app.config.settings import Config
from ari_app.config.state import State
from ari_app.main.site_names import quality_directory, site_names
from ari_app.quality.files import CardFiles
from ari_app.workplace.quality import card_files


def score_cards(config: Config, state: State) -> CardFiles:
    """The score cards of the site's directory, which may not be there."""
    return card_files(quality_directory(config, state), partial(_queues, config, state))


def _queues(config: Config, state: State) -> Collection[str] | None:
    """The queues that there are; None where they are another Asterisk's."""
    return site_names(config, state, None).queues
