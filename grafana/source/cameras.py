"""Cameras and what else talks by itself: to whom, and how much."""

from __future__ import annotations

from grafana_foundation_sdk.builders.dashboard import Dashboard

from grafana.source import queries as ask
from grafana.source.boards import board
from grafana.source.panels import BAD, GOOD, PLAIN, Card, instant, lines, query, shaded, stat
from grafana.source.shared import counted_bars, exposures_by_kind, open_findings
from grafana.source.words import PROTOCOLS

EXPECTED = {"true": ("To whom they may", PLAIN), "false": ("To whom nobody expects", BAD)}
UPLOADS = ask.metric("camera_upload_bytes_total")
STRANGE = ask.metric("camera_upload_bytes_total", 'expected="false"')


def cameras() -> Dashboard:
    """The dashboard *Cameras and devices*."""
    video = ask.metric("exposures_total", 'data_class="video"')
    passwords = ask.metric("exposures_total", 'protocol="rtsp"', 'data_class="staff_credential"')
    return board(
        "privacy-monitor-cameras",
        "Library privacy: cameras and devices",
        "To whom cameras send, how much, and who could watch.",
        (
            stat(
                Card(
                    title="Sent to strangers",
                    about="What cameras sent within the chosen time to hosts that the configuration does not name: "
                    "their maker's cloud, for instance. Encrypted or not, it left.",
                    runbook="camera-unexpected-internet",
                    unit="decbytes",
                    width=6,
                    height=5,
                    steps=((None, GOOD), (1, BAD)),
                ),
                instant(ask.or_none(ask.counted(STRANGE, "$__range"))),
                decimals=None,
            ),
            stat(
                Card(
                    title="Sent as expected",
                    about="What cameras sent within the chosen time to their recorder and whom else the "
                    "configuration names.",
                    runbook="camera-unexpected-local",
                    unit="decbytes",
                    width=6,
                    height=5,
                ),
                instant(
                    ask.or_none(ask.counted(ask.metric("camera_upload_bytes_total", 'expected="true"'), "$__range"))
                ),
                decimals=None,
            ),
            stat(
                Card(
                    title="Video in the clear",
                    about="Video connections within the chosen time that left the cameras' network without encryption.",
                    runbook="camera-rtsp-leaves-zone",
                    unit="short",
                    width=6,
                    height=5,
                    steps=((None, GOOD), (1, BAD)),
                ),
                instant(ask.or_none(ask.counted(video, "$__range"))),
            ),
            stat(
                Card(
                    title="Camera passwords",
                    about="Requests for video within the chosen time that carried the camera's password readable.",
                    runbook="rtsp-password",
                    unit="short",
                    width=6,
                    height=5,
                    steps=((None, GOOD), (1, BAD)),
                ),
                instant(ask.or_none(ask.counted(passwords, "$__range"))),
            ),
            lines(
                Card(
                    title="What cameras send, and to whom",
                    about="Bytes a second. A red line that never rests is a camera that streams to somebody outside.",
                    runbook="camera-unexpected-internet",
                    unit="Bps",
                    width=12,
                    height=9,
                ),
                query(ask.total(f"rate({UPLOADS}[$__rate_interval])", "expected"), "{{expected}}"),
                query(ask.uncounted(UPLOADS, "Nothing sent, as far as ${seen} show"), "{{nothing}}", "B"),
                series=EXPECTED,
            ),
            shaded(
                counted_bars(
                    Card(
                        title="Sent to whom nobody expects, by zone",
                        about="Bytes in each step of time, by the zone of the camera.",
                        runbook="camera-unexpected-internet",
                        unit="decbytes",
                        width=12,
                        height=9,
                    ),
                    STRANGE,
                    "zone",
                    {},
                ),
                BAD,
            ),
            exposures_by_kind(
                Card(
                    title="Video and passwords that could be read",
                    about="Video connections that left the cameras' network readable, and requests with a readable "
                    "password, in each step of time.",
                    runbook="camera-rtsp-leaves-zone",
                    unit="short",
                    width=12,
                    height=8,
                ),
                "rtsp|rtp",
            ),
            counted_bars(
                Card(
                    title="Connections of cameras, by what is spoken",
                    about="RTSP asks for video, RTP carries it. Names are looked up with DNS, which is read for "
                    "cameras only.",
                    runbook="camera-internet-time-or-names",
                    unit="short",
                    width=12,
                    height=8,
                ),
                ask.metric("sessions_total", 'protocol=~"rtsp|rtp|dns"'),
                "protocol",
                PROTOCOLS,
            ),
            open_findings(
                Card(
                    title="Open findings about cameras",
                    about="What stands now. Which camera, and whom it talked to, is in the findings themselves.",
                    runbook="README",
                    unit="none",
                    width=24,
                    height=7,
                ),
                ("camera-", "rtsp-"),
            ),
        ),
    )
