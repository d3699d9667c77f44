"""TLS of a server of pages: a certificate and its key from files, taken again when renewed."""

import logging
import ssl
from pathlib import Path

log = logging.getLogger(__name__)


class Tls:
    """``context`` serves new connections; ``key`` is None where ``certificate`` holds both.

    Both are files in PEM, the certificate with the chain that leads to its authority. Raises
    ``OSError`` when they cannot be read, are no PEM, or do not belong together.
    """

    def __init__(self, certificate: Path, key: Path | None, name: str) -> None:
        self._name = name
        self._files = (certificate, key)
        self._seen = self._stamps()
        self.context = self._context()

    def renew(self) -> None:
        """Take the files again if they changed. What is there now stays if they are faulty: they
        are tried again at the next call."""
        try:
            if (stamps := self._stamps()) == self._seen:
                return
            self._context()  # certificate and key may be half renewed: the one in use stays whole
            self.context.load_cert_chain(*self._files)
            self._seen = stamps
        except OSError as error:
            log.error(
                "the %s keeps its certificate, the new one cannot be used: %s", self._name, error
            )
            return
        log.info("the %s has a new certificate, from %s", self._name, self._files[0])

    def _context(self) -> ssl.SSLContext:
        context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)  # TLS 1.2 and newer
        context.load_cert_chain(*self._files)
        return context

    def _stamps(self) -> tuple[tuple[int, int], ...]:
        found = [each.stat() for each in self._files if each is not None]
        return tuple((one.st_mtime_ns, one.st_ino) for one in found)
