"""Every room of the program: the rule that says what belongs there, and which rooms it may import.

A room is a package, one of the loose modules of `ari_app/`, or the engine's own files in
`ivr/`. The table is exact: an arrow that is missing here fails the test, and so does one that no
import uses any more.
"""

from typing import NamedTuple


class Room(NamedTuple):
    """What belongs into a room, and the rooms that its modules import."""

    rule: str
    imports: frozenset[str]


def _room(rule: str, *imports: str) -> Room:
    """Imports are named without `ari_app.` where they are rooms of it."""
    own = ("asterisk_conf", "prompts", "ivr")
    return Room(
        rule,
        frozenset(
            name if name.partition(".")[0] in own else f"ari_app.{name}"
            for each in imports
            for name in each.split()
        ),
    )


ROOMS = {
    "ari_app.cli": _room(
        "the command line's front door",
        "commands main",
    ),
    "ari_app.log": _room(
        "log lines, and numbers masked for them",
    ),
    "ari_app.watcher": _room(
        "a small process that starts again what has died",
        "asterisk_conf",
    ),
    "ari_app.background": _room(
        "tasks that go on beside the calls",
    ),
    "ari_app.retry": _room(
        "work that is attempted again until it has ended",
    ),
    "ari_app.rate_limit": _room(
        "how often something may be tried",
    ),
    "ari_app.database_url": _room(
        "what the URL of a PostgreSQL database says",
    ),
    "ari_app.networks": _room(
        "which addresses may come to a port",
    ),
    "ari_app.main": _room(
        "builds the application and runs it; may know all the others",
        "admin agi ami api ari background cabinet calls config control demo doctor fulfilment",
        "knowledge menus messaging monitoring rate_limit selfcare session statistics store ussd",
        "log pages waiting watcher workplace callbacks outbound quality speech_recognition",
        "asterisk_conf ivr ivr.acd ivr.check ivr.diagram ivr.hours ivr.speech prompts",
    ),
    "ari_app.commands": _room(
        "the command line, a module per group of commands",
        "admin ami api calls cluster config control doctor freepbx fulfilment knowledge log main",
        "menus messaging phone selfcare",
        "sim staffing statistics store ussd workplace",
        "asterisk_conf ivr ivr.acd ivr.analysis ivr.check ivr.diagram ivr.hours ivr.http",
        "ivr.quality ivr.speech ivr.staffing prompts",
    ),
    "ari_app.admin": _room(
        "what an operator asks of an installation",
        "calls config control fulfilment monitoring selfcare store",
        "ivr ivr.identity",
    ),
    "ari_app.cluster": _room(
        "several machines as one installation: which there are, and their files",
        "admin config control database_url",
        "asterisk_conf",
    ),
    "ari_app.demo": _room(
        "the fictional operator; production reaches it through two modules of `main` alone",
        "config selfcare sim store",
        "ivr",
    ),
    "ari_app.freepbx": _room(
        "what a FreePBX or a plain dialplan has, as menus of ours",
        "ivr.hours prompts",
    ),
    "ari_app.speech_recognition": _room(
        "makes out what callers say, in a process of its own",
        "ivr.speech prompts",
    ),
    "ari_app.session": _room(
        "runs any session over any line; knows no line and no store",
        "ivr",
    ),
    "ari_app.calls": _room(
        "what a voice call does besides its line: admission, side effects, records",
        "control log messaging selfcare session store",
        "ivr ivr.hours",
    ),
    "ari_app.menus": _room(
        "from YAML on the disk to the menus in force",
        "config session",
        "ivr ivr.check ivr.hours ivr.http ivr.speech prompts",
    ),
    "ari_app.fulfilment": _room(
        "the ports of self-service, kept in the store",
        "config log messaging rate_limit retry selfcare store",
        "ivr ivr.acd ivr.identity ivr.speech",
    ),
    "ari_app.api": _room(
        "what other systems ask and do over HTTP",
        "config messaging networks store",
        "ivr ivr.acd",
    ),
    "ari_app.staffing": _room(
        "what staffing is planned from: the history in the store, and the settings",
        "config store",
        "ivr.acd ivr.hours ivr.staffing",
    ),
    "ari_app.messaging": _room(
        "texts and events leave, with retries",
        "config log retry store",
        "ivr ivr.hours",
    ),
    "ari_app.callbacks": _room(
        "calls back those who asked for it, in their place in the queue",
        "ami ari log store",
        "ivr.acd",
    ),
    "ari_app.outbound": _room(
        "calls those whom a campaign is for, with a flow",
        "ari log session store",
        "ivr",
    ),
    "ari_app.monitoring": _room(
        "what monitoring asks of the running application: health, readiness, metrics",
        "config networks session store",
        "ivr ivr.acd",
    ),
    "ari_app.doctor": _room(
        "what is wrong with an Asterisk: facts in, findings out; read_… gathers them",
    ),
    "ari_app.control": _room(
        "how other processes look into the running one",
        "asterisk_conf ivr",
    ),
    "ari_app.config": _room(
        "files, environment, defaults",
        "asterisk_conf database_url ivr ivr.acd ivr.hours ivr.http ivr.identity ivr.speech "
        "ivr.staffing prompts",
    ),
    "ari_app.knowledge": _room(
        "articles for agents, from Markdown files of the site",
        "ivr",
    ),
    "ari_app.quality": _room(
        "score cards for conversations, from YAML files of the site",
        "ivr.quality",
    ),
    "ari_app.ami": _room(
        "Asterisk's manager interface: queues and agents' phones",
        "background",
        "ivr ivr.acd",
    ),
    "ari_app.ari": _room(
        "Asterisk's REST interface: a channel as a line",
        "speech_recognition session",
        "ivr",
    ),
    "ari_app.agi": _room(
        "FastAGI: a channel of an Asterisk without ARI as a line",
        "networks session",
        "ivr",
    ),
    "ari_app.ussd": _room(
        "text sessions: a line of text",
        "config networks session store",
        "ivr ivr.identity",
    ),
    "ari_app.sim": _room(
        "calls without a phone: a line on a virtual clock, over fictional subscribers",
        "selfcare session",
        "ivr ivr.analysis ivr.hours ivr.identity prompts",
    ),
    "ari_app.phone": _room(
        "a real SIP phone for scripts, in a process of its own",
        "prompts",
    ),
    "ari_app.selfcare": _room(
        "what a subscriber may do, behind ports; billing and its implementations",
        "ivr ivr.http ivr.identity ivr.speech",
    ),
    "ari_app.store": _room(
        "SQLite: one module per thing remembered",
        "database_url ivr ivr.acd ivr.diagram ivr.hours ivr.identity ivr.quality ivr.speech",
    ),
    "ari_app.statistics": _room(
        "what became of callers in queues and what agents did: recorded, completed, counted",
        "store",
        "ivr.acd",
    ),
    "ari_app.cabinet": _room(
        "the subscribers' browser: what callers do by keys, on pages",
        "pages rate_limit selfcare session ussd",
        "ivr ivr.identity ivr.speech",
    ),
    "ari_app.pages": _room(
        "what servers of pages share: requests, certificates, texts, operations as forms",
        "rate_limit",
        "ivr ivr.speech",
    ),
    "ari_app.desk": _room(
        "the agents' browser; knows the rest as ports",
        "pages rate_limit",
        "ivr ivr.acd ivr.hours ivr.http ivr.quality ivr.speech ivr.staffing",
    ),
    "ari_app.waiting": _room(
        "callers who wait in queues: what they hear, and when",
        "background",
        "ivr ivr.acd",
    ),
    "ari_app.workplace": _room(
        "the adapters behind the desk's ports",
        "ami ari callbacks calls config desk fulfilment knowledge log pages quality selfcare",
        "session staffing store",
        "ivr ivr.acd ivr.analysis ivr.hours ivr.quality ivr.speech prompts",
    ),
    "asterisk_conf": _room(
        "Asterisk: its configuration as text, and a private one to run",
    ),
    "prompts": _room(
        "texts and sound",
        "ivr ivr.check ivr.speech",
    ),
    "ivr": _room(
        "the engine and the language of menus",
        "ivr.check ivr.hours ivr.http ivr.identity ivr.speech",
    ),
    "ivr.acd": _room(
        "queues, agents, and who speaks with whom, folded from events",
        "ivr ivr.hours",
    ),
    "ivr.analysis": _room(
        "flows as a graph",
        "ivr",
    ),
    "ivr.check": _room(
        "the rules that flows are checked by",
        "ivr ivr.analysis ivr.hours ivr.http ivr.speech",
    ),
    "ivr.diagram": _room(
        "flows as pictures, and as a page to print",
        "ivr ivr.analysis ivr.hours",
    ),
    "ivr.hours": _room(
        "opening hours",
        "ivr",
    ),
    "ivr.http": _room(
        "operations of the operator's own: what they declare, as requests and answers",
        "ivr",
    ),
    "ivr.identity": _room(
        "code words, keypad letters, lockout",
        "ivr.speech",
    ),
    "ivr.staffing": _room(
        "how many agents are needed when",
        "ivr.hours",
    ),
    "ivr.quality": _room(
        "score cards, what a score is, and which conversations are drawn",
        "ivr",
    ),
    "ivr.speech": _room(
        "values as words, per language",
        "ivr",
    ),
}
"""Room -> its rule and its arrows, in the order in which a newcomer should meet them."""


def room_of(module: str) -> str | None:
    """The room in which a module of the program stands, or None if it stands in none."""
    package, *rest = module.split(".")
    if package in ("prompts", "asterisk_conf"):
        return package
    if package == "ivr" and len(rest) < 2 and f"ivr.{'.'.join(rest)}" not in ROOMS:
        return "ivr"
    name = ".".join(module.split(".")[:2])
    return name if name in ROOMS else None
