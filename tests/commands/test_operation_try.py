"""`firstline operations try`, against a server of this machine."""

import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer

import pytest

from ari_app.config.state import State
from tests.commands.conftest import Run

ORDER = """\
operation: order-status
about: Reads where an order is.
inputs: { order: digits }
url: http://127.0.0.1:PORT/orders/{order}
headers: { Authorization: "Bearer {secret:shop}" }
answers:
  ok: { values: { title: { text: title }, at: { moment: at } } }
  no-such: { status: 404 }
"""


class Shop(BaseHTTPRequestHandler):
    """Knows order 42."""

    def do_GET(self) -> None:
        known = self.path == "/orders/42" and self.headers["Authorization"] == "Bearer sesame"
        self.send_response(200 if known else 404)
        self.end_headers()
        self.wfile.write(b'{"title": "A <b>lamp</b>", "at": "2026-12-01T10:00Z"}' if known else b"")

    def log_message(self, *_: object) -> None:
        """Say nothing."""


@pytest.fixture
def shop(state: State) -> Iterator[State]:
    """Beside the menus there is an operation of a shop that answers."""
    server = HTTPServer(("127.0.0.1", 0), Shop)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    menus = state.directory.parent / "menus" / "operations"
    menus.mkdir()
    (menus / "order.yaml").write_text(ORDER.replace("PORT", str(server.server_port)))
    (state.directory / "secrets.toml").write_text('[operations]\nshop = "sesame"\n')
    settings = state.directory / "firstline.toml"
    settings.write_text(f'{settings.read_text()}[operations]\naddresses = ["127.0.0.1"]\n')
    yield state
    server.shutdown()
    thread.join()
    server.server_close()


@pytest.mark.usefixtures("shop")
def test_the_request_the_answer_and_the_outcome_are_shown(run: Run) -> None:
    done = run("operations", "try", "order-status", "--input", "order=42")
    assert done.exit_code == 0
    assert "> Authorization: Bearer ***" in done.stdout
    assert "sesame" not in done.stdout
    assert "< 200, 53 bytes in" in done.stdout
    assert done.stdout.endswith(
        "outcome: ok\n  title = A lamp (text)\n  at = 2026-12-01T13:00 +03 (moment)\n"
    )
    assert (
        "outcome: no-such" in run("operations", "try", "order-status", "--input", "order=1").stdout
    )
    assert "order-status  " in run("operations").stdout
    assert "title (text)" in run("operations", "order-status").stdout


@pytest.mark.usefixtures("demo")
def test_the_caller_is_a_subscriber_by_any_form_of_the_number(run: Run, shop: State) -> None:
    """As in a call: what asks for the subscriber is not refused."""
    file = shop.directory.parent / "menus" / "operations" / "order.yaml"
    whose = "{caller:number}-{caller:subscriber}"
    file.write_text(file.read_text().replace("/orders/{order}", f"/orders/{{order}}?of={whose}"))
    words = ("operations", "try", "order-status", "--input", "order=42", "--number")
    assert "?of=375990000001-1\n" in run(*words, "8 0 99 000-00-01").stdout
    assert run(*words, "8 0 29 765-43-21").exit_code == 1
    file.write_text(
        file.read_text()
        .replace(whose, "{caller:language}")
        .replace("inputs", "need: caller\ninputs")
    )
    assert "?of=ru\n" in run(*words, "8 0 99 000-00-01").stdout, "as in a call of theirs"
    unknown = run(*words, "8 0 29 765-43-21")
    assert (unknown.exit_code, "give --number or --subscriber" in unknown.stderr) == (2, True)


def test_what_is_missing_is_said(run: Run, shop: State) -> None:
    missing = run("operations", "try", "order-status")
    assert "give --input order=… (digits)" in missing.stderr
    assert (
        "did you mean order?"
        in run("operations", "try", "order-status", "--input", "ordr=1").stderr
    )
    assert "did you mean order-status?" in run("operations", "try", "order-state").stderr
    assert "sends no request" in run("operations", "try", "balance").stderr
    (shop.directory / "secrets.toml").write_text("")
    done = run("operations", "try", "order-status", "--input", "order=42")
    assert (done.exit_code, "under [operations]" in done.stdout) == (1, True)
    (shop.directory / "firstline.toml").write_text(
        (shop.directory / "firstline.toml").read_text().replace('["127.0.0.1"]', "[]")
    )
    (shop.directory / "secrets.toml").write_text('[operations]\nshop = "sesame"\n')
    done = run("operations", "try", "order-status", "--input", "order=42")
    assert (done.exit_code, "of this machine" in done.stdout) == (1, True)
