"""Where the keys of callers are written or shown, and with them code words and card numbers."""

from collections.abc import Iterator

from ari_app.doctor.conf import Option, yes
from ari_app.doctor.facts import Facts
from ari_app.doctor.findings import Finding


def findings(facts: Facts) -> Iterator[Finding]:
    """See the module."""
    logger = facts.conf("logger.conf").section("logfiles")
    for option in logger.options:
        if _words(option) & {"dtmf", "*"}:
            kept = [word for word in option.value.split(",") if word.strip().lower() != "dtmf"]
            levels = "notice,warning,error" if "*" in option.value else ",".join(kept)
            yield Finding(
                "keys-logged",
                "critical",
                option.where,
                f"the log {option.key} has the level dtmf, so the keys that callers press",
                f"{option.key} => {levels}",
            )
    if facts.live and "dtmf" in facts.live.log_levels and not _logs_keys(facts):
        yield Finding(
            "keys-logged",
            "critical",
            "Asterisk",
            "a log that was added in the console has the level dtmf, so the keys of callers",
            f"{facts.console} 'logger reload'",
        )
    cel = facts.conf("cel.conf").general
    for option in cel.every("events"):
        if yes(cel.get("enable")) and _words(option) & {"all", "dtmf"}:
            yield Finding(
                "keys-in-cel",
                "critical",
                option.where,
                "CEL records the keys that callers press (the event DTMF)",
                "events = CHAN_START,CHAN_END,ANSWER,HANGUP,BRIDGE_ENTER,BRIDGE_EXIT",
            )
    for user in facts.conf("manager.conf").real():
        for option in user.every("read"):
            if _words(option) & {"all", "dtmf"}:
                yield Finding(
                    "keys-to-ami",
                    "warning",
                    option.where,
                    f"AMI's user {user.name} is sent the keys that callers press",
                    "read = system,call,log,verbose,agent,user,config,reporting,cdr,dialplan",
                )


def _logs_keys(facts: Facts) -> bool:
    return any(
        _words(one) & {"dtmf", "*"} for one in facts.conf("logger.conf").section("logfiles").options
    )


def _words(option: Option) -> set[str]:
    """The words of a list; a log's form, such as ``[json]``, is none of them."""
    value = option.value.partition("]")[2] or option.value
    return {word.strip().lower() for word in value.split(",")}
