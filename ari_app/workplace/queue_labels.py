"""What agents see in place of the names of queues."""

from collections.abc import Iterator, Mapping

from ari_app.config.settings import Config
from ari_app.config.site_departments import as_labels, defaults
from ari_app.desk.words import page_languages
from ivr.tickets import Labels


def queue_labels(config: Config) -> Mapping[str, Labels]:
    """Queue -> its labels; the queues of a site that names none of its own have usual ones."""
    usual = defaults().queues
    return {
        **{name: usual[name] for name in config.site.queues if name in usual},
        **{name: as_labels(one.label) for name, one in config.queues.items() if one.label},
    }


def unlabelled(config: Config) -> Iterator[str]:
    """Warnings about queues that have no label in a language of the desk that the site speaks."""
    labels = queue_labels(config)
    pages = [one for one in page_languages() if one in config.site.languages]
    for name in dict.fromkeys((*config.site.queues, *config.queues)):
        own = labels.get(name, {})
        lacking = [one for one in pages if not (own.get(one) or own.get(""))]
        if not own:
            yield (
                f"the queue {name} has no label, so agents see its name: write "
                f'label = "…" under [queues.{name}]'
            )
        elif lacking:
            yield (
                f"the queue {name} has no label in {', '.join(lacking)}, so agents read another "
                f"language: add it to label under [queues.{name}]"
            )
