"""Where an installation lies.

Rule: every folder and file that `install` makes is named here, so that `uninstall` knows all of them.
"""

from __future__ import annotations

from pathlib import Path

from monitor.model.record import Record

SERVICE = "privacy-monitor"


class Places(Record, kw_only=False):
    """The places of one installation, below `root`: ``/``, or a folder for tests and packages."""

    root: Path = Path("/")

    @property
    def environment(self) -> Path:
        """Python with the program and what it needs."""
        return self.root / "opt/library-privacy-monitor"

    @property
    def final_environment(self) -> Path:
        """The same, as it will be called where it runs."""
        return Path("/opt/library-privacy-monitor")

    @property
    def made(self) -> Path:
        """The list of folders that were not there before."""
        return self.environment / "made-folders"

    @property
    def command(self) -> Path:
        """A link to the command, where shells look for it."""
        return self.root / "usr/local/bin" / SERVICE

    @property
    def unit(self) -> Path:
        """The unit file."""
        return self.root / f"etc/systemd/system/{SERVICE}.service"

    @property
    def changes(self) -> Path:
        """What ``systemctl edit`` writes."""
        return self.root / f"etc/systemd/system/{SERVICE}.service.d"

    @property
    def wanted(self) -> Path:
        """The link that ``systemctl enable`` makes."""
        return self.root / f"etc/systemd/system/multi-user.target.wants/{SERVICE}.service"

    @property
    def settings(self) -> Path:
        """The folder of the configuration."""
        return self.root / f"etc/{SERVICE}"

    @property
    def configuration(self) -> Path:
        """The configuration."""
        return self.settings / "config.yaml"

    @property
    def secrets(self) -> Path:
        """The folder of passwords and keys."""
        return self.settings / "secrets"

    @property
    def state(self) -> tuple[Path, Path]:
        """Where the service keeps findings: a link that systemd makes, and the folder it leads to."""
        return self.root / f"var/lib/{SERVICE}", self.root / f"var/lib/private/{SERVICE}"

    @property
    def logs(self) -> tuple[Path, Path]:
        """Where the service writes findings to files, likewise."""
        return self.root / f"var/log/{SERVICE}", self.root / f"var/log/private/{SERVICE}"
