"""[speech]: where Asterisk sends the sound."""

import pytest

from ari_app.config.speech_settings import SpeechSettings


def test_the_host_is_an_address_to_connect_to() -> None:
    for anywhere in ("0.0.0.0", "::"):
        with pytest.raises(ValueError, match="no address of a machine"):
            SpeechSettings(host=anywhere)
    assert SpeechSettings(host="::1").at == "[::1]"
    assert SpeechSettings(host="10.0.0.5").at == "10.0.0.5"
