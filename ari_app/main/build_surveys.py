"""Builds what asks callers by text how they were served."""

from datetime import timedelta
from zoneinfo import ZoneInfo

from ari_app.main.foundation import clock
from ari_app.main.shared import Shared
from ari_app.messaging.survey_texts import SurveyTexts, Texts
from ivr.hours.day import day_hours


def survey_texts(shared: Shared) -> SurveyTexts:
    """What asks, and takes the replies; it keeps nothing but in the store."""
    settings, messaging = shared.config.survey, shared.messaging
    zone = ZoneInfo(shared.config.site.timezone)
    rules = Texts(
        share=settings.share,
        every=timedelta(days=settings.every),
        hours=day_hours(settings.text_hours),
        replies=timedelta(hours=settings.replies),
        phones=messaging.to_phones,
    )
    return SurveyTexts(
        shared.store,
        shared.menus.say,
        messaging.outbox.wake,
        lambda: clock().astimezone(zone),
        rules,
    )
