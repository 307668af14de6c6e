"""Certificates of this machine for itself."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path

import pytest


def make_certificate(folder: Path, name: str = "sensor") -> tuple[Path, Path]:
    """A certificate for 127.0.0.1 and its key, unencrypted, as files in `folder`."""
    if shutil.which("openssl") is None:
        pytest.skip("the command openssl is not here to make a certificate")
    certificate, key = folder / f"{name}.pem", folder / f"{name}.key"
    command = ["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes"]
    command += ["-keyout", str(key), "-out", str(certificate), "-days", "2", "-subj", "/CN=sensor.example.org"]
    command += ["-addext", "subjectAltName=IP:127.0.0.1"]
    subprocess.run(command, check=True, capture_output=True)
    return certificate, key
