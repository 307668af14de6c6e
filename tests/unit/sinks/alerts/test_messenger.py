"""Mail and webhooks, through the library that speaks them, to real servers on this machine."""

from __future__ import annotations

import logging
from email.header import decode_header, make_header
from pathlib import Path

import pytest

from monitor.errors import DeliveryError, UsageError
from monitor.sinks.alerts.messenger import Messenger
from monitor.sinks.alerts.notice import Message, describe_page, write_message
from tests.support.alertmanager import Heard, free_port
from tests.support.mailbox import mailbox, text_of
from tests.unit.sinks.alerts.telling import SENDER, URGENT

pytestmark = pytest.mark.slow


def to(folder: Path, url: str) -> Messenger:
    """An outlet whose address lies in a file."""
    path = folder / "outlet"
    path.write_text(url + "\n", "utf-8")
    return Messenger(path)


def page(outlet: str = "x") -> Message:
    """What is sent of a finding."""
    return write_message(outlet, *describe_page(URGENT, SENDER), is_urgent=True)


def test_a_mail(tmp_path: Path) -> None:
    """It arrives as it was written, and names nobody but us."""
    with mailbox() as box:
        to(tmp_path, box.url).send(page())
        (mail,) = box.mails
    assert str(make_header(decode_header(mail["Subject"]))).startswith("Main: Self-checks send patron PINs")
    assert "it@example.org" in mail["To"]
    text = text_of(mail)
    assert "Used by 17 devices" in text
    assert "- On both ends stunnel does the same" in text
    assert "http" not in text.replace("https://wiki.example.org/runbooks/", "")
    assert b"github" not in mail.as_bytes()


def test_a_webhook(tmp_path: Path) -> None:
    """The same as JSON."""
    with Heard() as heard:
        to(tmp_path, heard.url.replace("http", "json")).send(page())
        (told,) = heard.notifications
    assert told["title"].startswith("Main: Self-checks")
    assert told["message"] == page().body


def test_not_accepted(tmp_path: Path, capfd: pytest.CaptureFixture[str], caplog: pytest.LogCaptureFixture) -> None:
    """That is said, without what the other side said, and without the address."""
    with mailbox() as box, caplog.at_level(logging.DEBUG):
        box.is_full = True
        with pytest.raises(DeliveryError, match="was not accepted") as error:
            to(tmp_path, box.url).send(page())
    shown = "".join((str(error.value), *capfd.readouterr()))
    assert "SECRET" not in shown
    assert "example.org" not in shown


def test_nobody_is_there(tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    """The same."""
    for url in (f"mailto://127.0.0.1:{free_port()}?from=a@example.org", f"json://127.0.0.1:{free_port()}/"):
        with pytest.raises(DeliveryError, match="was not accepted"):
            to(tmp_path, url).send(page())
    assert ("", "") == tuple(capfd.readouterr())


@pytest.mark.parametrize("url", ["example.org", "gopher://SECRET@example.org", "mailto://", "\xff"])
def test_no_address(url: str, tmp_path: Path) -> None:
    """Refused at the start, and not shown."""
    path = tmp_path / "outlet"
    path.write_bytes(url.encode("latin-1"))
    with pytest.raises(UsageError, match="outlet") as error:
        Messenger(path)
    assert "SECRET" not in str(error.value)


def test_it_leaves_no_files(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The library keeps nothing on disk."""
    home = tmp_path / "home"
    home.mkdir()
    monkeypatch.setenv("HOME", str(home))
    monkeypatch.chdir(home)
    with Heard() as heard:
        to(tmp_path, heard.url.replace("http", "json")).send(page())
    assert [] == list(home.rglob("*"))
