"""Builds what hears callers who answer by voice, if the settings name a recogniser."""

import asyncio
import logging
import math
from pathlib import Path
from typing import NoReturn

from ari_app.ari.ears import Ears
from ari_app.background import Background
from ari_app.config.settings import Config
from ari_app.config.state import State
from ari_app.main import voices
from ari_app.main.shared import Shared
from ari_app.speech_recognition.messages import Setup
from ari_app.speech_recognition.recognition import Recognition
from ari_app.speech_recognition.synthesis import speak_templates
from ivr.vocabulary import vocabulary

log = logging.getLogger(__name__)

LOOK, AGAIN = 5.0, 600.0
"""Seconds between two looks whether other menus are in force, with other words; and until words
that could not be spoken are tried again."""


def build_ears(shared: Shared, background: Background) -> Ears | None:
    """What hears callers; None if the site does not listen."""
    config, state = shared.config, shared.foundation.state
    if not config.speech.enabled:
        return None
    recognition = Recognition(setup(config, state))
    background.begin(recognition.run())
    if config.speech.engine == "built-in":
        background.begin(_keep_templates(shared))
    return Ears(shared.link, recognition, config.speech.listens, background.begin)


def setup(config: Config, state: State) -> Setup:
    """What the recognition process is set to."""
    speech = config.speech
    own = speech.engine
    assert own != "off"
    recorded = (str(Path(speech.recordings).expanduser()),) if speech.recordings else ()
    return Setup(
        engine=own,
        host=speech.host,
        url=speech.url,
        model=speech.model,
        token=state.keys().speech.reveal() if own == "openai" else "",
        templates=(str(templates(state)), *recorded),
        sure=speech.sure,
        least=speech.least,
        secrets=speech.secrets,
        timeout=speech.timeout,
    )


def templates(state: State) -> Path:
    """Where the words of the menus are, as the site's voices say them."""
    return state.directory / "speech"


async def _keep_templates(shared: Shared) -> NoReturn:
    """Have the words of the menus in force spoken, also after a reload."""
    config, state = shared.config, shared.foundation.state
    engines = {each: voices.engine(config, each) for each in config.site.languages}
    if voices.found(config, state) is None:
        engines = dict.fromkeys(engines, "espeak")
    engines = {each: "rhvoice" if own == "auto" else own for each, own in engines.items()}
    clock = asyncio.get_running_loop().time
    before, again = None, math.inf
    while True:
        flows = shared.menus.now.menus.book.flows
        if flows is not before or clock() >= again:
            before = flows
            wanted = {each for each in vocabulary(flows) if config.speech.listens(each[0])}
            spoken = await speak_templates(
                templates(state), wanted, engines, voices.settings(config, state)
            )
            again = clock() + AGAIN if spoken.missing else math.inf
            log.info("speech recognition: %d words of menus, %d templates are new, %d missing",
                     len(wanted), spoken.made, spoken.missing)  # fmt: skip
        await asyncio.sleep(LOOK)
