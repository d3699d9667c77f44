"""The sections of the settings, with their defaults. Each is described in docs/settings.md."""

from collections.abc import Mapping
from ipaddress import ip_network
from typing import Annotated, Any, Literal
from urllib.parse import urlsplit

import msgspec
from msgspec import Meta, Struct

from ari_app.config.board_settings import BoardSettings
from ari_app.config.cabinet_settings import CabinetSettings
from ari_app.config.callback_settings import CallbackSettings
from ari_app.config.campaign_settings import CampaignSettings
from ari_app.config.canary_settings import CanarySettings
from ari_app.config.conversation_settings import ConversationSettings
from ari_app.config.database_settings import DatabaseSettings
from ari_app.config.desk_settings import DeskSettings, OidcSettings
from ari_app.config.mail_settings import MailSettings
from ari_app.config.operator_settings import OperatorSettings
from ari_app.config.other_systems import ApiSettings, WebhookSettings
from ari_app.config.retention_settings import RetentionSettings
from ari_app.config.server_settings import AgiSettings, MonitoringSettings, UssdSettings
from ari_app.config.site_departments import DepartmentSettings, TopicSettings, policy
from ari_app.config.speech_settings import SpeechSettings
from ari_app.config.staffing_settings import ShiftSettings, StaffingSettings
from ari_app.config.statistics_settings import StatisticsSettings
from ari_app.config.survey_settings import SurveySettings
from ari_app.config.waiting_settings import WaitingSettings
from ari_app.config.worker_settings import HandoverSettings, LogSettings, WorkerSettings
from asterisk_conf.parts import Dialplan
from asterisk_conf.site import Ports, QueueSettings, TrunkSettings
from ivr.http import screen_pop
from ivr.numbers import NumberPlan
from ivr.tickets import TicketPolicy


class Site(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """[site]"""

    host: str = "127.0.0.1"
    numbers: tuple[str, ...] = ("611", "111")
    queues: tuple[str, ...] = ("support", "technical", "claims", "management")
    timezone: str = ""
    languages: tuple[str, ...] = ()
    dead_man: int = 5
    rtp_timeout: Annotated[int, Meta(ge=0, le=3_600)] = 20
    browser_timeout: Annotated[int, Meta(ge=0, le=3_600)] = 8
    calls: Annotated[int, Meta(ge=0)] = 0
    late: Annotated[float, Meta(ge=0, le=2)] = 0.05
    transfer_ring: Annotated[int, Meta(ge=5, le=120)] = 25
    return_ring: Annotated[int, Meta(ge=5, le=120)] = 20
    calls_per_caller: Annotated[int, Meta(ge=0, le=10_000)] = 5
    wrong_words_per_hour: Annotated[int, Meta(ge=0)] = 200
    sip_guesses_per_minute: Annotated[int, Meta(ge=0)] = 30
    demo: bool = True

    def __post_init__(self) -> None:
        if len(set(self.languages)) < len(self.languages):
            raise ValueError("languages: one of them is named twice")


class AriSettings(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """[ari]"""

    url: str = ""
    user: str = "firstline"
    application: str = "firstline"
    transport: Literal["auto", "websocket", "http"] = "auto"
    forgeable: tuple[str, ...] = ()
    dialplan: Dialplan = "own"

    def __post_init__(self) -> None:
        """Only an Asterisk that is there already has another's dialplan."""
        if self.dialplan != "own" and not self.url:
            raise ValueError('dialplan: FreePBX needs its url, such as "http://127.0.0.1:8088"')


class AsteriskSettings(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """[asterisk]"""

    path: str = ""
    custom: str = ""
    ca: str = ""


class VoiceSettings(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """[voice]; what is of one language is in [voice.LANG]."""

    engine: Literal["auto", "rhvoice", "espeak"] = "auto"
    path: str = ""
    recordings: str = ""
    pause: Annotated[float, Meta(ge=0, le=5)] = 0.5


class LanguageVoice(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """[voice.LANG]: who speaks one language, and how. ``engine`` is by default that of [voice]."""

    engine: Literal["", "auto", "rhvoice", "espeak", "http"] = ""
    voice: str = ""
    rate: Annotated[int, Meta(ge=40, le=250)] = 100
    volume: Annotated[int, Meta(ge=25, le=200)] = 100
    url: str = ""
    model: str = ""
    lexicon: dict[str, str] = {}

    def __post_init__(self) -> None:
        """A speech server needs an address; a word needs something that is spoken instead."""
        url = urlsplit(self.url)
        if self.engine == "http" and not (url.scheme in ("http", "https") and url.hostname):
            raise ValueError(
                "the engine http needs a url, such as http://127.0.0.1:8880/v1/audio/speech"
            )
        if url.username or url.password:
            raise ValueError("url is no place for a password: write voice_token in secrets.toml")
        for written, instead in self.lexicon.items():
            if not written.strip() or not any(map(str.isalnum, instead)):
                raise ValueError(f"lexicon: {written!r} = {instead!r} says nothing")


class MenuSettings(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """[menus]"""

    directory: str = ""
    watch: bool = False


class MessageSettings(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """[messages]"""

    by: Literal["sip", "webhook"] = "sip"
    url: str = ""
    stop_words: tuple[str, ...] = ("stop",)

    def __post_init__(self) -> None:
        """A webhook needs an address, without a password in it."""
        url = urlsplit(self.url)
        if self.by == "webhook" and not (url.scheme in ("http", "https") and url.hostname):
            raise ValueError("a webhook needs a url, such as https://sms.example.net/firstline")
        if url.username or url.password:
            raise ValueError("url is no place for a password: write webhook_token in secrets.toml")


class BillingSettings(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """[billing]"""

    kind: Literal["none", "tmforum", "demo"] = "none"
    url: str = ""
    ca: str = ""
    timeout: Annotated[float, Meta(gt=0)] = 1.2
    order_timeout: Annotated[float, Meta(gt=0)] = 5.0
    balance_age: float = 900.0


class OperationSettings(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """[operations]: where the requests of ``http`` operations may go."""

    hosts: tuple[str, ...] = ()
    addresses: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        for each in self.addresses:
            ip_network(each)


class ScreenPopSettings(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """[screen_pop.QUEUE]: a page of another system that opens for the agent with a call."""

    url: str = ""
    opens: Literal["window", "card"] = "window"
    plain: bool = False

    def __post_init__(self) -> None:
        if self.url and (text := screen_pop.fault(self.url, self.plain)):
            raise ValueError(text)


class TlsSettings(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """[tls.NAME]: files in PEM, by which an ``http`` operation and its back end know each other."""

    certificate: str = ""
    key: str = ""
    ca: str = ""


class KnowledgeSettings(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """[knowledge]"""

    directory: str = ""


class QualitySettings(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """[quality]; ``least`` is in seconds."""

    directory: str = ""
    sample: Annotated[int, Meta(ge=0, le=100)] = 5
    least: Annotated[int, Meta(ge=0, le=3600)] = 30


class Config(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """All settings. Each section is described in docs/settings.md."""

    site: Site = Site()
    operator: OperatorSettings = OperatorSettings()
    ports: Ports = Ports()
    database: DatabaseSettings = DatabaseSettings()
    worker: WorkerSettings = WorkerSettings()
    handover: HandoverSettings = HandoverSettings()
    ari: AriSettings = AriSettings()
    asterisk: AsteriskSettings = AsteriskSettings()
    voice: VoiceSettings = VoiceSettings()
    speech: SpeechSettings = SpeechSettings()
    menus: MenuSettings = MenuSettings()
    canary: CanarySettings = CanarySettings()
    messages: MessageSettings = MessageSettings()
    retention: RetentionSettings = RetentionSettings()
    ussd: UssdSettings = UssdSettings()
    desk: DeskSettings = DeskSettings()
    oidc: OidcSettings = OidcSettings()
    cabinet: CabinetSettings = CabinetSettings()
    board: BoardSettings = BoardSettings()
    mail: MailSettings = MailSettings()
    monitoring: MonitoringSettings = MonitoringSettings()
    agi: AgiSettings = AgiSettings()
    api: ApiSettings = ApiSettings()
    billing: BillingSettings = BillingSettings()
    operations: OperationSettings = OperationSettings()
    conversations: ConversationSettings = ConversationSettings()
    callbacks: CallbackSettings = CallbackSettings()
    campaigns: CampaignSettings = CampaignSettings()
    knowledge: KnowledgeSettings = KnowledgeSettings()
    quality: QualitySettings = QualitySettings()
    survey: SurveySettings = SurveySettings()
    statistics: StatisticsSettings = StatisticsSettings()
    waiting: WaitingSettings = WaitingSettings()
    staffing: StaffingSettings = StaffingSettings()
    log: LogSettings = LogSettings()
    queues: dict[str, QueueSettings] = {}
    trunk: dict[str, TrunkSettings] = {}
    voices: dict[str, LanguageVoice] = {}
    departments: dict[str, DepartmentSettings] = {}
    topics: dict[str, TopicSettings] = {}
    tls: dict[str, TlsSettings] = {}
    screen_pop: dict[str, ScreenPopSettings] = {}
    webhooks: dict[str, WebhookSettings] = {}
    shifts: dict[str, ShiftSettings] = {}

    @property
    def tickets(self) -> TicketPolicy:
        """The departments and topics of the site, and when tickets are due."""
        return policy(self.departments, self.topics)

    @property
    def numbers(self) -> NumberPlan:
        """The number plan of the operator."""
        return self.operator.numbers

    @property
    def application(self) -> str:
        """The name in ARI."""
        return self.worker.application(self.ari.application)

    @property
    def manages_asterisk(self) -> bool:
        """Whether the Asterisk is ours to render, start and stop."""
        return not self.ari.url

    @property
    def forgeable(self) -> tuple[str, ...]:
        """The endpoints that do not vouch for their callers' numbers."""
        trunks = (f"PJSIP/{name}" for name, trunk in self.trunk.items() if not trunk.vouches)
        return (*self.ari.forgeable, *trunks, *self.handover.forgeable)

    @property
    def ari_url(self) -> str:
        """Where ARI is."""
        return self.ari.url or f"http://127.0.0.1:{self.ports.http}"

    @property
    def desk_url(self) -> str:
        """Where agents find their desk."""
        return self.desk.url(self.ports.desk)

    @property
    def cabinet_url(self) -> str:
        """Where subscribers find their cabinet."""
        return f"{self.cabinet.url(self.ports.cabinet)}my"


NAMED: Mapping[str, type[Struct]] = {
    "queues": QueueSettings,
    "trunk": TrunkSettings,
    "departments": DepartmentSettings,
    "topics": TopicSettings,
    "tls": TlsSettings,
    "screen_pop": ScreenPopSettings,
    "webhooks": WebhookSettings,
    "shifts": ShiftSettings,
}
"""Section of which there is one for each name, such as [queues.support] -> its settings."""

SECTIONS: Mapping[str, type[Struct]] = {
    field.name: field.type
    for field in msgspec.structs.fields(Config)
    if field.name not in (*NAMED, "voices")
}
"""Section of the file -> its settings, but those of :data:`NAMED` and of voices of languages."""


def decoded(table: Mapping[str, Any]) -> Config:
    """The settings of a table as TOML has it; raises :class:`msgspec.ValidationError`.

    ``[voice.ru]`` is a table inside ``[voice]``, and one of ``voices`` here.
    """
    voice = table.get("voice", {})
    if isinstance(voice, dict):
        inner = {name: each for name, each in voice.items() if isinstance(each, dict)}
        outer = {name: each for name, each in voice.items() if name not in inner}
        table = {**table, "voice": outer, "voices": inner}
    return msgspec.convert(table, Config, strict=False)
