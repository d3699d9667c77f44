"""Builds what calls subscribers for campaigns."""

from zoneinfo import ZoneInfo

from ari_app.ari.calls import Calls
from ari_app.main.foundation import clock
from ari_app.main.shared import Shared
from ari_app.outbound.dialler import Dialler, Pace
from ari_app.store.campaign_calls import of_key


def campaign_dialler(shared: Shared, calls: Calls) -> Dialler:
    """What calls while the application takes calls."""
    settings, site = shared.config.campaigns, shared.config.site
    all_calls = int(site.calls * settings.share) if site.calls else None
    zone = ZoneInfo(site.timezone)

    def others() -> int | None:
        if calls.closed:
            return None
        return sum(of_key(channel) is None for channel in calls.channels)

    return Dialler(
        shared.store,
        shared.link.ari,
        Pace(settings.channels, all_calls, settings.ring, settings.detect_machines),
        others,
        lambda: clock().astimezone(zone),
        next(iter(site.numbers), ""),
    )
