"""A configuration without mistakes becomes typed values, with the defaults filled in."""

from __future__ import annotations

from collections.abc import Mapping
from ipaddress import ip_address, ip_network
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from monitor.config.document import MAX_DEPTH
from monitor.config.keys import CONFIGURATION
from monitor.config.loading import load_config
from monitor.config.settings import (
    METRICS_AT,
    Alertmanager,
    AlertPolicy,
    AlertSettings,
    BasicAuth,
    Carrier,
    Config,
    JournalSettings,
    LineFormat,
    LinesSettings,
    MetricsSettings,
    Quiet,
    SyslogSettings,
    Target,
    Tls,
    Urgency,
)
from monitor.errors import ConfigError
from monitor.model.contract import Answer, ProtocolSpec, Verdict
from monitor.model.data import Audience, Inspect, Role
from monitor.model.flow import Transport
from monitor.model.opaque import Label
from monitor.privacy.places import Asset, Expectation, Port, Zone

DESIGN = """\
site: Main Library
zones:
  - {name: self-check, audience: infrastructure, networks: [10.30.0.0/24]}
  - name: cameras
    audience: infrastructure
    role: camera
    networks: [10.40.0.0/24]
    expect:                                   # everything else is unexpected
      - {asset: recorder}
      - {network: 10.1.0.0/24, ports: [123/udp, 53/udp]}
      - {name: "*.updates.example", ports: [443/tcp]}
  - {name: patron-wifi, audience: public, networks: [10.99.0.0/16], inspect: library-only}
assets:
  - {name: recorder, address: 10.40.0.250, role: recorder}
  - {name: ils, address: 10.1.0.10, role: ils}
"""


def spec(name: str, options: Mapping[str, object]) -> ProtocolSpec:
    """A protocol that has nothing but options."""
    return ProtocolSpec(
        name=name,
        transport=Transport.TCP,
        ports=(),
        probe=lambda _heads, _final: Verdict(Answer.NO),
        parser=lambda _options, _from_start: None,  # type: ignore[arg-type,return-value]
        events=(),
        limits={},
        options=options,
    )


TOY = spec("toy", {"strict": False, "most": 5, "words": ("a",), "site": "x"})


def load(tmp_path: Path, text: str, *specs: ProtocolSpec) -> Config:
    """The configuration that a text is."""
    path = tmp_path / "c.yaml"
    path.write_text(text, "utf-8")
    return load_config(path, specs)


def refusal(tmp_path: Path, text: str, *specs: ProtocolSpec) -> str:
    """What is wrong with a text."""
    with pytest.raises(ConfigError) as error:
        load(tmp_path, text, *specs)
    return str(error.value).replace(f"{tmp_path}/", "")


def test_everything(tmp_path: Path) -> None:
    """Each key becomes what it says."""
    expected = Config(
        site="Main Library",
        zones=(
            Zone(name="self-check", audience=Audience.INFRASTRUCTURE, networks=(ip_network("10.30.0.0/24"),)),
            Zone(
                name="cameras",
                audience=Audience.INFRASTRUCTURE,
                role=Role.CAMERA,
                networks=(ip_network("10.40.0.0/24"),),
                expect=(
                    Expectation(asset="recorder"),
                    Expectation(
                        network=ip_network("10.1.0.0/24"),
                        ports=(Port(123, Transport.UDP), Port(53, Transport.UDP)),
                    ),
                    Expectation(name="*.updates.example", ports=(Port(443, Transport.TCP),)),
                ),
            ),
            Zone(
                name="patron-wifi",
                audience=Audience.PUBLIC,
                networks=(ip_network("10.99.0.0/16"),),
                inspect=Inspect.LIBRARY_ONLY,
                show_addresses=False,
            ),
        ),
        assets=(
            Asset(name="recorder", addresses=(ip_address("10.40.0.250"),), role=Role.RECORDER),
            Asset(name="ils", addresses=(ip_address("10.1.0.10"),), role=Role.ILS),
        ),
    )
    assert expected == load(tmp_path, DESIGN)


def test_nothing(tmp_path: Path) -> None:
    """Where nothing is said, the defaults hold."""
    assert Config() == load(tmp_path, "{}\n")
    assert Config() == load(tmp_path, "zones: []\nassets: []\nlocal: []\nprotocols: {}\n")


def test_byte_order_mark_and_windows_lines(tmp_path: Path) -> None:
    """A file saved by Windows' editor is the same configuration."""
    path = tmp_path / "c.yaml"
    path.write_bytes(b"\xef\xbb\xbf" + DESIGN.replace("\n", "\r\n").encode())
    expected = load_config(path)
    assert expected == load(tmp_path, DESIGN)


@pytest.mark.parametrize("audience", Audience)
def test_defaults_follow_the_audience(tmp_path: Path, audience: Audience) -> None:
    """What patrons do is looked at toward the library's devices only, and their addresses are never shown."""
    (zone,) = load(tmp_path, f"zones: [{{name: z, audience: {audience.value}, networks: [10.0.0.0/8]}}]\n").zones
    public = audience is Audience.PUBLIC
    assert (Inspect.LIBRARY_ONLY if public else Inspect.ALL) is zone.inspect
    assert (not public) is zone.show_addresses
    assert zone.expect is None


@pytest.mark.parametrize("shown", [True, False])
def test_addresses_are_the_operators_choice(tmp_path: Path, *, shown: bool) -> None:
    """Of everybody but patrons."""
    text = f"zones: [{{name: z, audience: staff, networks: [10.0.0.0/8], show_addresses: {str(shown).lower()}}}]\n"
    assert shown is load(tmp_path, text).zones[0].show_addresses


@pytest.mark.parametrize("inspect", Inspect)
@pytest.mark.parametrize("audience", ["public", "staff"])
def test_inspect_is_the_operators_choice(tmp_path: Path, audience: str, inspect: Inspect) -> None:
    """Every word is allowed for every audience."""
    text = f"zones: [{{name: z, audience: {audience}, networks: [10.0.0.0/8], inspect: {inspect.value}}}]\n"
    assert inspect is load(tmp_path, text).zones[0].inspect


def test_an_empty_list_expects_nothing(tmp_path: Path) -> None:
    """It is something else than no list."""
    text = "zones: [{name: z, audience: staff, networks: [10.0.0.0/8], expect: []}]\n"
    assert () == load(tmp_path, text).zones[0].expect


@pytest.mark.parametrize("role", Role)
def test_roles(tmp_path: Path, role: Role) -> None:
    """Every role can be written, of zones and of assets."""
    config = load(
        tmp_path,
        f"zones: [{{name: z, audience: staff, networks: [10.0.0.0/8], role: {role.value}}}]\n"
        f"assets: [{{name: a, address: 10.0.0.1, role: {role.value}}}]\n",
    )
    assert (role, role) == (config.zones[0].role, config.assets[0].role)


def test_both_ip_versions(tmp_path: Path) -> None:
    """IPv6 stands wherever IPv4 does."""
    config = load(
        tmp_path,
        """\
local: ["2001:db8::/32"]
zones:
  - name: cameras
    audience: infrastructure
    networks: [10.40.0.0/24, "fd00:40::/64"]
    show_addresses: false
    expect:
      - {network: "fd00:1::/64", ports: [123/udp]}
assets:
  - {name: ils, address: [10.1.0.10, "fd00:1::10"], role: ils, ports: [6001/tcp]}
""",
    )
    (zone,) = config.zones
    assert (ip_network("10.40.0.0/24"), ip_network("fd00:40::/64")) == zone.networks
    assert not zone.show_addresses
    assert (ip_network("2001:db8::/32"),) == config.local
    assert (ip_address("10.1.0.10"), ip_address("fd00:1::10")) == config.assets[0].addresses


def test_networks_within_each_other_on_purpose(tmp_path: Path) -> None:
    """A zone inside another one says so."""
    text = """\
zones:
  - {name: servers, audience: infrastructure, networks: [10.1.0.0/24], inside: staff}
  - {name: staff, audience: staff, networks: [10.1.0.0/16]}
"""
    assert ["staff", ""] == [zone.inside for zone in load(tmp_path, text).zones]


def test_options_of_protocols(tmp_path: Path) -> None:
    """What is written, and the defaults of what is not; protocols without options are left out."""
    other = spec("other", {})
    config = load(tmp_path, "protocols:\n  toy: {most: 7, words: [b, c]}\n", other, TOY)
    assert {"toy": {"strict": False, "most": 7, "words": ("b", "c"), "site": "x"}} == config.protocols
    assert {"toy": TOY.options} == load(tmp_path, "{}\n", other, TOY).protocols


def test_mistakes_in_options(tmp_path: Path) -> None:
    """Options are checked against the protocol's own list."""
    text = "protocols:\n  toy:\n    moist: 7\n    strict: no\n    site: 0123\n  tuy: {}\n"
    expected = [
        "c.yaml:3: unknown key 'moist' (hint: did you mean 'most'?)",
        "c.yaml:4: 'strict' is true or false, not 'no' (hint: write true or false, without quotes)",
        "c.yaml:5: 'site' is text, but YAML reads '0123' as a number (hint: put quotes around it: \"0123\")",
        "c.yaml:6: unknown key 'tuy' (hint: did you mean 'toy'?)",
    ]
    assert expected == refusal(tmp_path, text, TOY).splitlines()


def test_a_wrong_name_is_one_mistake(tmp_path: Path) -> None:
    """What refers to a name that is written wrongly is not complained about as well."""
    text = """\
zones:
  - {name: "a{b", audience: staff, networks: [10.1.0.0/16]}
  - {name: c, audience: staff, networks: [10.1.0.0/24], inside: "a{b", expect: [{asset: "d{e"}]}
assets:
  - {name: "d{e", address: 10.0.0.1, role: other}
"""
    assert [2, 5] == [int(line.split(":")[1]) for line in refusal(tmp_path, text).splitlines()]


def test_a_wrong_network_is_one_mistake(tmp_path: Path) -> None:
    """Whether a zone is inside another is judged only when all their networks can be read."""
    text = """\
zones:
  - {name: a, audience: staff, networks: [10.1.0.0/33]}
  - {name: c, audience: staff, networks: [10.1.0.0/24], inside: a}
"""
    assert 1 == len(refusal(tmp_path, text).splitlines())


def test_aliases_are_bounded(tmp_path: Path) -> None:
    """A file of aliases to aliases ends at the limit."""
    lines = ["l0: &l0 [x, x, x, x, x, x, x, x, x, x]"]
    lines += [f"l{i}: &l{i} [{', '.join([f'*l{i - 1}'] * 10)}]" for i in range(1, 9)]
    assert f"more than {CONFIGURATION.max_nodes} values" in refusal(tmp_path, "\n".join(lines))


def test_an_alias_is_fine(tmp_path: Path) -> None:
    """What two zones have in common can be written once."""
    text = """\
zones:
  - {name: a, audience: staff, networks: [10.1.0.0/16], expect: &usual [{network: 10.0.0.0/8, ports: [443/tcp]}]}
  - {name: b, audience: staff, networks: [10.2.0.0/16], expect: *usual}
"""
    first, second = load(tmp_path, text).zones
    assert first.expect == second.expect


def test_depth_and_size_are_bounded(tmp_path: Path) -> None:
    """So are nesting and length."""
    assert f"nested more than {MAX_DEPTH} levels" in refusal(tmp_path, "zones: " + "[" * 99 + "]" * 99)
    too_long = "#" * (CONFIGURATION.max_bytes + 1)
    assert f"c.yaml:1: larger than {CONFIGURATION.max_bytes} bytes (hint: is this a configuration?)" == refusal(
        tmp_path, too_long
    )


@pytest.mark.parametrize(("name", "expected"), [("none.yaml", "cannot be read: "), (".", "is a folder ")])
def test_no_file(tmp_path: Path, name: str, expected: str) -> None:
    """A file that is missing, and a folder, are one clear line."""
    with pytest.raises(ConfigError, match=rf"^[^\n]*:1: {expected}[^\n]*$"):
        load_config(tmp_path / name)


WORDS = st.sampled_from(
    [*DESIGN.split(), "- ", ": ", "\n  - ", "\n", "{", "}", "[", "]", "&a", "*a", "no", "0123", "~", "'"]
)


@given(st.lists(st.tuples(st.integers(0, len(DESIGN)), st.integers(0, 12), WORDS), min_size=1, max_size=4))
def test_any_damage_is_a_mistake_or_a_configuration(
    tmp_path_factory: pytest.TempPathFactory, cuts: list[tuple[int, int, str]]
) -> None:
    """Whatever happens to a file, it ends in a configuration or in lines that name the file, never otherwise."""
    text = DESIGN
    for at, length, word in cuts:
        text = text[:at] + word + text[at + length :]
    path = tmp_path_factory.getbasetemp() / "damaged.yaml"
    path.write_text(text, "utf-8")
    try:
        config = load_config(path)
    except ConfigError as error:
        assert all(line.startswith(f"{path}:") for line in str(error).splitlines())  # noqa: PT017 (both ways are right)
    else:
        assert isinstance(config, Config)


def test_files_are_found_from_the_folder_of_the_configuration(tmp_path: Path) -> None:
    """But for those whose whole path is written."""
    path = tmp_path / "library.yaml"
    text = "{tls: {certificate: tls/a.pem, key: /etc/b.pem}, basic_auth: {user: x, password_file: secret}}"
    path.write_text(f"metrics: {text}\n", "utf-8")

    assert load_config(path).metrics == MetricsSettings(
        listen=METRICS_AT,
        tls=Tls(certificate=tmp_path / "tls" / "a.pem", key=Path("/etc/b.pem")),
        basic_auth=BasicAuth(user=Label("x"), password_file=tmp_path / "secret"),
    )


def test_nobody_is_offered_metrics_unasked(tmp_path: Path) -> None:
    """An empty section asks for them."""
    path = tmp_path / "library.yaml"
    path.write_text("{}\n", "utf-8")
    assert load_config(path).metrics is None
    path.write_text("metrics: {}\n", "utf-8")
    assert MetricsSettings() == load_config(path).metrics


def test_alerts(tmp_path: Path) -> None:
    """An Alertmanager may be its address alone; files are found from the configuration's folder."""
    config = load(
        tmp_path,
        "zones: [{name: lobby, audience: staff, networks: [10.1.0.0/24]}]\n"
        "alerts:\n"
        "  alertmanagers:\n"
        "    - http://127.0.0.1:9093/\n"
        "    - {url: https://am.example.org/x/, ca_file: ca.pem, basic_auth: {user: u, password_file: /etc/pw}}\n"
        "  notify: [{url_file: mail}]\n"
        '  digest_at: "06:05"\n'
        '  quiet: {from: "20:00", to: "07:30"}\n'
        "  first_look_hours: 0\n"
        "  policy:\n"
        '    - {rule: "camera-*", zone: lobby, alert: ticket}\n'
        "    - {alert: page}\n"
        "  sensor: north\n"
        "  path: /var/lib/x/alerts.db\n",
    )
    expected = AlertSettings(
        alertmanagers=(
            Alertmanager(url="http://127.0.0.1:9093"),
            Alertmanager(
                url="https://am.example.org/x",
                ca_file=tmp_path / "ca.pem",
                basic_auth=BasicAuth(user=Label("u"), password_file=Path("/etc/pw")),
            ),
        ),
        notify=(tmp_path / "mail",),
        path=Path("/var/lib/x/alerts.db"),
        sensor=Label("north"),
        digest_at=365,
        quiet=Quiet(1200, 450),
        first_look_hours=0,
        policy=(
            AlertPolicy(rule="camera-*", zone=Label("lobby"), alert=Urgency.TICKET),
            AlertPolicy(rule="*", zone=Label(""), alert=Urgency.PAGE),
        ),
    )
    assert expected == config.alerts


def test_nobody_is_told_unasked(tmp_path: Path) -> None:
    """Without the section there are no alerts; an empty one has the defaults."""
    assert load(tmp_path, "{}\n").alerts is None
    assert AlertSettings() == load(tmp_path, "alerts: {}\n").alerts


def test_sinks(tmp_path: Path) -> None:
    """Each with its defaults, in the order in which they stand; files of TLS from the folder of the configuration."""
    path = tmp_path / "library.yaml"
    path.write_text(
        """
        sinks:
          - {kind: eve, path: /var/log/eve.json, max_mb: 5, keep: 2}
          - {kind: lines, path: "-"}
          - {kind: journal}
          - {kind: journal, path: /run/systemd/journal.library/socket}
          - {kind: syslog}
          - {kind: syslog, to: "tls://Logs.example.org", ca: ca.pem, certificate: tls/a.pem, key: /etc/a.key}
          - {kind: syslog, to: "udp://[fd00:1::5]:5514"}
          - {kind: syslog, to: "tcp://192.0.2.5"}
        """,
        "utf-8",
    )
    assert (
        LinesSettings(format=LineFormat.EVE, path=Path("/var/log/eve.json"), max_mb=5, keep=2),
        LinesSettings(format=LineFormat.ENTRY, path=None, max_mb=50, keep=5),
        JournalSettings(path=Path("/run/systemd/journal/socket")),
        JournalSettings(path=Path("/run/systemd/journal.library/socket")),
        SyslogSettings(to=Target(Carrier.UNIX, "/dev/log", 0)),
        SyslogSettings(
            to=Target(Carrier.TLS, "logs.example.org", 6514),
            ca=tmp_path / "ca.pem",
            certificate=tmp_path / "tls" / "a.pem",
            key=Path("/etc/a.key"),
        ),
        SyslogSettings(to=Target(Carrier.UDP, "fd00:1::5", 5514)),
        SyslogSettings(to=Target(Carrier.TCP, "192.0.2.5", 514)),
    ) == load_config(path).sinks


@pytest.mark.parametrize(("text", "sinks"), [("{}", None), ("sinks: []", ())])
def test_nothing_said_of_sinks(tmp_path: Path, text: str, sinks: tuple[()] | None) -> None:
    """It is one thing to say nothing, and another one to want none."""
    path = tmp_path / "library.yaml"
    path.write_text(text, "utf-8")
    assert sinks == load_config(path).sinks


def test_secrets_of_a_service(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """They are found where the service manager says, or where it will put them for the service."""
    path = tmp_path / "library.yaml"
    named = '"${CREDENTIALS_DIRECTORY}/secrets_password"'
    path.write_text(f"metrics: {{basic_auth: {{user: prometheus, password_file: {named}}}}}\n", "utf-8")

    def found() -> Path:
        metrics = load_config(path).metrics
        assert metrics is not None
        assert metrics.basic_auth is not None
        return metrics.basic_auth.password_file

    monkeypatch.delenv("CREDENTIALS_DIRECTORY", raising=False)
    assert Path("/run/credentials/privacy-monitor.service/secrets_password") == found()
    monkeypatch.setenv("CREDENTIALS_DIRECTORY", "/run/other")
    assert Path("/run/other/secrets_password") == found()


def test_the_interface(tmp_path: Path) -> None:
    """A list of one, and nothing where nothing is said."""
    path = tmp_path / "library.yaml"
    path.write_text("sensor: {interfaces: [eth1]}\n", "utf-8")
    assert ("eth1",) == load_config(path).sensor.interfaces
    assert () == Config().sensor.interfaces
