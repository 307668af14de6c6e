"""Tests of `monitor.protocols.tls.hello`."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from monitor.protocols.tls.events import Alpn, TlsClientHello, TlsVersion
from monitor.protocols.tls.hello import read_client_hello, read_old_hello, read_server_hello
from tests.protocols.tls.samples import (
    BROWSER,
    MODERN_SERVER,
    alpn,
    client_hello,
    extension,
    old_hello,
    server_hello,
    server_name,
    versions,
)
from tests.support.uncompiled import load_source

SOURCE = load_source("monitor.protocols.tls.hello")


def client(*extensions: bytes, version: int = 0x0303) -> TlsClientHello:
    """What is read of a client's hello with these extensions."""
    found = read_client_hello(client_hello(*extensions, version=version)[4:])
    assert found is not None
    return found


def named(hello: TlsClientHello) -> str | None:
    """The server's name, opened."""
    return None if hello.server_name is None else hello.server_name.reveal()


def test_a_browser() -> None:
    """Name, highest version and what is to be spoken; values that mean nothing are left out."""
    found = read_client_hello(BROWSER[4:])
    assert found is not None
    assert ("catalog.example.org", TlsVersion.TLS_1_3) == (named(found), found.version)
    assert (Alpn.HTTP_2, Alpn.HTTP_1_1) == found.alpn


@pytest.mark.parametrize(
    ("codes", "expected"),
    [
        ((0x0303, 0x0304), TlsVersion.TLS_1_3),
        ((0x0302, 0x0301), TlsVersion.TLS_1_1),
        ((0x7F1C, 0x0303), TlsVersion.TLS_1_3),
        ((0xFB17,), TlsVersion.TLS_1_3),
        ((0x1A1A,), TlsVersion.OTHER),
        ((0x0305,), TlsVersion.OTHER),
    ],
)
def test_highest_version_offered(codes: tuple[int, ...], expected: TlsVersion) -> None:
    """The list of versions counts, in whatever order; drafts are what they became."""
    assert expected is client(versions(*codes)).version


@pytest.mark.parametrize(
    ("version", "expected"),
    [(0x0300, TlsVersion.SSL_3), (0x0301, TlsVersion.TLS_1_0), (0x0303, TlsVersion.TLS_1_2), (9, TlsVersion.OTHER)],
)
def test_version_without_a_list(version: int, expected: TlsVersion) -> None:
    """Clients before TLS 1.3 offer up to the one version they name."""
    assert expected is client(version=version).version


@pytest.mark.parametrize("name", [b"192.0.2.7", b"", b"caf\xe9.example", b"two words.example", b"a..b"])
def test_what_is_no_host_name(name: bytes) -> None:
    """An address or anything else that is no host name is no name."""
    assert client(server_name(name)).server_name is None


def test_name_in_capitals() -> None:
    """Names are compared in lower case, and a dot at their end says nothing."""
    assert "opac.example.org" == named(client(server_name(b"OPAC.Example.ORG.")))


def test_name_longer_than_its_extension() -> None:
    """What lies behind the extension is not a part of the name."""
    lying = extension(0, b"\x00\x05\x00\x00\xffabc")
    assert "abc" == named(client(lying))


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        ((b"dot",), (Alpn.DNS,)),
        ((b"x-secret", b"other"), (Alpn.OTHER,)),
        ((b"http/1.0", b"h2", b"h2"), (Alpn.HTTP_1_0, Alpn.HTTP_2)),
        ((), ()),
    ],
)
def test_what_is_to_be_spoken(words: tuple[bytes, ...], expected: tuple[Alpn, ...]) -> None:
    """Only words of the closed list are told apart, and none is told twice."""
    assert expected == client(alpn(*words)).alpn


def test_a_server() -> None:
    """The version it chose stands in an extension since TLS 1.3, and in the old place before."""
    modern, old = read_server_hello(MODERN_SERVER[4:]), read_server_hello(server_hello(alpn(b"h2"))[4:])
    assert modern is not None
    assert old is not None
    assert (TlsVersion.TLS_1_3, None) == (modern.version, modern.alpn)
    assert (TlsVersion.TLS_1_2, Alpn.HTTP_2) == (old.version, old.alpn)


@pytest.mark.parametrize("version", [0x7F12, 0x0304])
def test_a_server_of_a_draft(version: int) -> None:
    """Early drafts left two fields out."""
    found = read_server_hello(server_hello(extension(40, bytes(30)), version=version, early=True)[4:])
    assert found is not None
    assert TlsVersion.TLS_1_3 is found.version


def test_the_form_of_ssl_2() -> None:
    """It offers a version and nothing else."""
    found = read_old_hello(old_hello(0x0301))
    assert (TlsVersion.TLS_1_0, None, ()) == (found.version, found.server_name, found.alpn)


@pytest.mark.parametrize("size", range(4, len(BROWSER)))
def test_a_hello_that_is_cut(size: int) -> None:
    """A body shorter than it says is no hello, except where only extensions are missing altogether."""
    whole = BROWSER[4:size]
    found = read_client_hello(whole)
    assert found is None or len(whole) == 2 + 32 + 33 + 8 + 2


@given(st.binary(max_size=300))
def test_any_bytes_are_taken(body: bytes) -> None:
    """No body makes a reader fail."""
    read_client_hello(body)
    read_server_hello(body)


@given(st.integers(0, len(BROWSER) - 5), st.integers(0, 255))
def test_any_byte_may_be_wrong(at: int, value: int) -> None:
    """A hello with one byte changed is read as far as its lengths agree, compiled and from sources."""
    for whole, read in ((BROWSER, read_client_hello), (MODERN_SERVER, read_server_hello)):
        body = bytearray(whole[4:])
        body[at % len(body)] = value
        assert getattr(SOURCE, read.__name__)(bytes(body)) == read(bytes(body))
