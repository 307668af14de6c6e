"""What an installation puts into place below a folder, that it runs from there, and that nothing of it is left."""

from __future__ import annotations

import os
import stat
import subprocess
import sys
from pathlib import Path

import pytest

from monitor.config.loading import load_config
from monitor.config.shipped import shipped_unit
from monitor.errors import UsageError
from monitor.installation.installing import install, uninstall
from monitor.installation.places import Places
from tests.support.packages import carry_few_packages, need_installation

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(sys.platform != "linux", reason="the service needs Linux"),
]


def tree(root: Path) -> dict[str, tuple[int, bytes]]:
    """Every folder, link and file below a folder, with its rights and what is in it."""
    found = {}
    for path in sorted(root.rglob("*")):
        content = bytes(path.readlink()) if path.is_symlink() else path.read_bytes() if path.is_file() else b""
        found[str(path.relative_to(root))] = (stat.S_IMODE(path.lstat().st_mode), content)
    return found


@pytest.fixture
def places(tmp_path: Path) -> Places:
    """A machine on which other things are installed."""
    root = tmp_path / "machine"
    (root / "etc/systemd/system/multi-user.target.wants").mkdir(parents=True)
    (root / "etc/hostname").write_text("sensor\n", "utf-8")
    (root / "opt").mkdir()
    (root / "var/lib").mkdir(parents=True)
    return Places(root)


@pytest.fixture
def _light(monkeypatch: pytest.MonkeyPatch) -> None:
    """Where nothing runs, few packages do."""
    carry_few_packages(monkeypatch)


@pytest.mark.usefixtures("_light")
def test_nothing_is_left(places: Places) -> None:
    """The machine is as it was, and what the service and its owner made meanwhile is gone as well."""
    before = tree(places.root)
    assert install(places, "eth1")
    places.wanted.symlink_to(places.unit)
    places.changes.mkdir()
    (places.changes / "override.conf").write_text("[Service]\n", "utf-8")
    link, state = places.state
    state.mkdir(parents=True)
    (state / "findings.db").write_bytes(b"x")
    link.symlink_to("private/privacy-monitor")
    (places.secrets / "metrics-password").write_text("correct horse\n", "utf-8")
    assert before != tree(places.root)
    assert uninstall(places)
    state.parent.rmdir()  # systemd's own, for all services
    assert before == tree(places.root)
    assert not uninstall(places)


def test_it_runs_from_there(places: Places, repository: Path, tmp_path: Path) -> None:
    """The environment needs nothing of what it was made from, but the same Python."""
    need_installation()
    install(places, "eth1")
    python = places.environment / "bin/python"
    demo = repository / "demo" / "maple-street-library.pcapng"
    code = "import monitor, sys; from monitor.cli import main; print(monitor.__file__); sys.exit(main())"
    command = [python, "-P", "-c", code, "analyze", str(demo), "--format", "json"]
    environment = {"PATH": "/nowhere"}
    ended = subprocess.run(command, cwd=tmp_path, env=environment, capture_output=True, text=True, check=True)
    where, _, report = ended.stdout.partition("\n")

    assert Path(where).is_relative_to(places.environment)
    assert '"rule": "sip2-patron-credential"' in report
    page = subprocess.run(
        [python, "-P", "-c", code, "runbook", "sensor-blind"], cwd=tmp_path, env=environment, check=True
    )
    assert 0 == page.returncode
    script = (places.environment / "bin/privacy-monitor").read_text("utf-8")
    assert script.startswith("#!/opt/library-privacy-monitor/bin/python\n")
    assert Path("/opt/library-privacy-monitor/bin/privacy-monitor") == places.command.readlink()
    assert shipped_unit().read_bytes() == places.unit.read_bytes()


@pytest.mark.usefixtures("_light")
def test_everybody_may_read_but_secrets(places: Places) -> None:
    """Whatever mask root works with: the service is nobody."""
    mask = os.umask(0o077)
    try:
        install(places, "eth1")
    finally:
        os.umask(mask)
    shut = [
        path
        for top in (places.environment, places.settings, places.unit)
        for path in (top, *top.rglob("*"))
        if not path.is_symlink() and not path.stat().st_mode & stat.S_IROTH
    ]
    assert [places.secrets] == shut
    assert 0o700 == stat.S_IMODE(places.secrets.stat().st_mode)


@pytest.mark.usefixtures("_light")
def test_the_configuration_is_one(places: Places) -> None:
    """It says which interface, and nothing of a network that nobody has described."""
    install(places, "enp3s0")
    config = load_config(places.configuration)
    assert ("enp3s0",) == config.sensor.interfaces
    assert ((), (), ()) == (config.zones, config.assets, config.local)
    assert config.store.path is not None
    assert config.store.path.is_relative_to("/var/lib/privacy-monitor")


@pytest.mark.usefixtures("_light")
def test_a_configuration_that_is_there_stays(places: Places) -> None:
    """Installing again brings a new environment and nothing else; and it still goes without a trace."""
    before = tree(places.root)
    install(places, "eth1")
    places.configuration.write_text("site: Ours\n", "utf-8")
    (places.environment / "left-over").touch()
    assert not install(places, "eth2")
    assert "site: Ours\n" == places.configuration.read_text("utf-8")
    assert not (places.environment / "left-over").exists()
    assert [] == list(places.environment.parent.glob("*.old")) + list(places.environment.parent.glob("*.new"))
    uninstall(places)
    assert before == tree(places.root)


@pytest.mark.usefixtures("_light")
def test_what_was_found_can_be_kept(places: Places) -> None:
    """Whoever means to come back keeps configuration and findings."""
    install(places, "eth1")
    uninstall(places, keep_data=True)
    assert places.configuration.exists()
    assert not places.environment.exists()
    assert not places.unit.exists()


@pytest.mark.usefixtures("_light")
def test_a_command_of_somebody_else_stays(places: Places) -> None:
    """A link or a file that is not ours is neither replaced nor removed."""
    places.command.parent.mkdir(parents=True)
    places.command.write_text("#!/bin/sh\n", "utf-8")
    install(places, "eth1")
    uninstall(places)
    assert "#!/bin/sh\n" == places.command.read_text("utf-8")


@pytest.mark.usefixtures("_light")
def test_what_cannot_be_written_is_named(places: Places) -> None:
    """One sentence, with the place."""
    (places.root / "etc/privacy-monitor").write_text("a file, where a folder should be", "utf-8")
    with pytest.raises(UsageError, match=r"etc/privacy-monitor.*: File exists"):
        install(places, "eth1")
