"""Files with whom to trust, and who the sensor is: what is wrong is said when the program starts."""

from __future__ import annotations

from pathlib import Path

import pytest

from monitor.errors import UsageError
from monitor.sinks.destinations.trust import open_trust
from tests.support.certificates import make_certificate


def test_what_is_wrong_is_said(tmp_path: Path) -> None:
    """Without a word of what is in the files."""
    certificate, key = make_certificate(tmp_path)
    nothing = tmp_path / "nothing.pem"
    prose = tmp_path / "prose.pem"
    prose.write_text("swordfish", "ascii")
    said = []
    for files in (
        (nothing, None, None),
        (prose, None, None),
        (certificate, nothing, key),
        (certificate, certificate, prose),
        (certificate, certificate, make_certificate(tmp_path, "other")[1]),
    ):
        with pytest.raises(UsageError) as refused:
            open_trust(*files)
        said.append(str(refused.value).replace(f"{tmp_path}/", ""))

    assert "cannot read nothing.pem: No such file or directory" == said[0]
    assert "prose.pem holds no certificates, PEM" == said[1]
    assert "cannot read nothing.pem and sensor.key: No such file or directory" == said[2]
    assert said[3].startswith("sensor.pem and prose.pem are no certificate with its key, unencrypted: ")
    assert said[4].startswith("sensor.pem and other.key are no certificate with its key, unencrypted: ")
    assert "swordfish" not in "".join(said)
