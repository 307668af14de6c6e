"""Says which files with secrets a service would not be able to read; part of `summary`.

Rule: no file is opened, and one that cannot be looked at is none of which something is said.
"""

from __future__ import annotations

import os
import stat
from collections.abc import Iterator
from pathlib import Path

from monitor.config.loading import SERVICE_CREDENTIALS
from monitor.config.settings import Config, SyslogSettings


def secret_notes(config: Config) -> Iterator[str]:
    """Files for one user alone, whoever that is: the service is nobody, and finds its secrets elsewhere."""
    for path in dict.fromkeys(_secrets(config)):
        if _is_private(path):
            yield (
                f"the sensor as a service cannot read {path}: copy it to /etc/privacy-monitor/secrets, and call it"
                f" ${{CREDENTIALS_DIRECTORY}}/secrets_{path.name}"
            )


def _secrets(config: Config) -> Iterator[Path]:
    metrics, alerts = config.metrics, config.alerts
    if metrics is not None:
        yield from [metrics.tls.key] if metrics.tls else []
        yield from [metrics.basic_auth.password_file] if metrics.basic_auth else []
    if alerts is not None:
        yield from (one.basic_auth.password_file for one in alerts.alertmanagers if one.basic_auth)
        yield from alerts.notify
    yield from (one.key for one in config.sinks or () if isinstance(one, SyslogSettings) and one.key)


def _is_private(path: Path) -> bool:
    handed_over = {SERVICE_CREDENTIALS, os.environ.get("CREDENTIALS_DIRECTORY", SERVICE_CREDENTIALS)}
    if any(path.is_relative_to(folder) for folder in handed_over):
        return False
    try:
        return not path.stat().st_mode & stat.S_IROTH
    except OSError:
        return False
