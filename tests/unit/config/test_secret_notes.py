"""Files that a service would not be able to read are remarked on."""

from __future__ import annotations

from pathlib import Path

import pytest

from monitor.config.loading import load_config
from monitor.config.secret_notes import secret_notes

TEXT = """\
metrics:
  tls: {certificate: cert, key: key}
  basic_auth: {user: x, password_file: word}
sinks: [{kind: syslog, to: "tls://logs.example.org:6514", certificate: cert, key: key}]
alerts:
  alertmanagers: [{url: "https://alerts.example.org", basic_auth: {user: x, password_file: other}}]
  notify: [{url_file: mail}, {url_file: "${CREDENTIALS_DIRECTORY}/secrets_mail"}]
"""


@pytest.mark.parametrize(("mode", "noted"), [(0o600, ["key", "word", "other", "mail"]), (0o644, [])])
def test_private_files(mode: int, noted: list[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Each once, with where it belongs; others are handed over, or not here."""
    handed = tmp_path / "handed"
    handed.mkdir()
    monkeypatch.setenv("CREDENTIALS_DIRECTORY", str(handed))
    path = tmp_path / "library.yaml"
    path.write_text(TEXT, "utf-8")
    assert [] == list(secret_notes(load_config(path)))
    for name in ("cert", "key", "word", "other", "mail", "handed/secrets_mail"):
        (tmp_path / name).touch(mode)
    assert [
        f"the sensor as a service cannot read {tmp_path / name}: copy it to /etc/privacy-monitor/secrets, and call it"
        f" ${{CREDENTIALS_DIRECTORY}}/secrets_{name}"
        for name in noted
    ] == list(secret_notes(load_config(path)))
