"""Tests of `monitor.protocols.http.catalog`, `monitor.protocols.http.products` and of the shipped catalog itself."""

from __future__ import annotations

from pathlib import Path

import pytest

import monitor.config.shipped
from monitor.config.shipped import shipped
from monitor.config.stored import shipped_texts
from monitor.errors import ConfigError
from monitor.model.data import DataClass
from monitor.protocols.http.catalog import Catalog, Entry, meaning
from monitor.protocols.http.index import tabulate
from monitor.protocols.http.names import components
from monitor.protocols.http.products import Example, make_entry, read_catalog, read_examples, shipped_entries
from tests.protocols.http.samples import CLIENT, FORM, SERVER, answer, ask
from tests.protocols.http.talks import exposed, parse, requests

ENTRIES, TABLES = shipped_entries()
CATALOG = Catalog(ENTRIES, tables=TABLES)
KOHA = """
product: koha
title: Koha
sources: [{what: somewhere, date: 2026-11-22}]
examples: []
"""


def read(text: str) -> dict[str, Entry]:
    """What is made of a file of this text."""
    return {name: make_entry(data) for name, data in read_catalog({"koha.yaml": text.encode()}).items()}


@pytest.mark.parametrize(
    ("path", "host", "expected"),
    [
        (b"/cgi-bin/koha/opac-user.pl", b"", "koha"),
        (b"/CGI-BIN/Koha/opac-user.pl", b"x", "koha"),
        (b"/cgi-bin/kohaha", b"", ""),
        (b"/x/cgi-bin/koha/", b"", ""),
        (b"/eg/opac/login", b"", "evergreen"),
        (b"/patroninfo", b"", "sierra"),
        (b"/patroninfo~S3*chx/1177297/items", b"", "sierra"),
        (b"/patroninformation", b"", ""),
        (b"/polaris/logon.aspx", b"", "polaris"),
        (b"/PAPIService/REST/public/v1/1033/100/1/patron/1", b"", "polaris"),
        (b"/client/en_US/default/search/results", b"", "sirsidynix"),
        (b"/lib_ilsws/rest/security/loginUser", b"", "sirsidynix"),
        (b"/", b"lib.ent.sirsi.net:8080", "sirsidynix"),
        (b"/MyResearch/Home", b"", "vufind"),
        (b"/discover/MyResearch/Home", b"", "vufind"),
        (b"/login", b"ezproxy.lib.example.edu", "ezproxy"),
        (b"/stable/1", b"www-journal-org.ezproxy2.example.edu.", "ezproxy"),
        (b"/stable/1", b"example.idm.oclc.org:443", "ezproxy"),
        (b"/login", b"noezproxy.example.edu", ""),
        (b"/login", b"idm.oclc.org", ""),
        (b"", b"", ""),
        (b"/" + b"x" * 5000 + b"/MyResearch/", b"", ""),
    ],
)
def test_whose_request_it_is(path: bytes, host: bytes, expected: str) -> None:
    """A path is known by its beginning up to the end of a word, a host as a whole; the path goes first."""
    product = CATALOG.product(path, host)
    assert expected == (product.label if product else "")


def test_meanings() -> None:
    """Names of a product in every spelling; what it says is nothing is nothing, what it does not name is unknown."""
    product = CATALOG.product(b"/cgi-bin/koha/sco/sco-main.pl", b"")
    assert product is not None
    names = product.names(b"/cgi-bin/koha/sco/sco-main.pl")
    assert ("patronid", DataClass.PATRON_IDENTIFIER.bit) == meaning(names, b"patronid")
    assert ("patronid", DataClass.PATRON_IDENTIFIER.bit) == meaning(names, b"form[Patron_ID]")
    assert ("barcode", DataClass.CIRCULATION.bit) == meaning(names, b"barcode")
    staff = product.names(b"/cgi-bin/koha/catalogue/moredetail.pl")
    assert ("barcode", 0) == meaning(staff, b"barcode")
    assert None is meaning(names, b"q")
    assert ("q", DataClass.SEARCH.bit) == meaning(product.names(b"/cgi-bin/koha/opac-search.pl"), b"q")
    assert None is meaning(product.names(b"/cgi-bin/koha/opac-search.plus"), b"q")


def test_sessions() -> None:
    """A cookie's own name counts everywhere, a shared one for its products only; empty and deleted ones do not."""
    koha = CATALOG.product(b"/cgi-bin/koha/", b"")
    sierra = CATALOG.product(b"/patroninfo", b"")
    assert ["VUFIND_SESSION"] == CATALOG.sessions(b"a=b; VUFIND_SESSION=abc; JSESSIONID=d", None)
    assert ["CGISESSID"] == CATALOG.sessions(b'CGISESSID="abc"; JSESSIONID=d', koha)
    assert ["JSESSIONID"] == CATALOG.sessions(b"CGISESSID=abc;JSESSIONID=d", sierra)
    assert [] == CATALOG.sessions(b"ezproxy=; ezproxyl=deleted; xezproxyn=a; EZPROXY=b", None)
    assert ["ezproxyl"] == CATALOG.sessions(b"ezproxyl=a", None)


def test_an_empty_catalog() -> None:
    """Without products nothing is anybody's."""
    empty = Catalog({})
    assert None is empty.product(b"/cgi-bin/koha/", b"ezproxy.example.org")
    assert [] == empty.sessions(b"VUFIND_SESSION=abc", None)


def test_a_name_of_two_products() -> None:
    """A shared name counts for each product that uses it; where one claims it for itself, it counts everywhere."""
    one = Entry(product="one", paths=["/one"], parameters={}, cookies={"S": True})
    two = Entry(product="two", paths=["/two"], parameters={}, cookies={"S": True})
    own = Entry(product="own", paths=["/own"], parameters={}, cookies={"S": False})
    both = Catalog({"one": one, "two": two})
    assert [["S"], ["S"], []] == [
        both.sessions(b"S=x", both.product(path, b"")) for path in (b"/one", b"/two", b"/own")
    ]
    assert ["S"] == Catalog({"one": one, "own": own}).sessions(b"S=x", None)
    assert ["S"] == Catalog({"own": own, "one": one}).sessions(b"S=x", None)


def test_the_shipped_products() -> None:
    """Each product that library people asked for is there, can be recognized, and says something of patrons."""
    assert {"koha", "evergreen", "sierra", "polaris", "sirsidynix", "vufind", "ezproxy"} <= ENTRIES.keys()
    assert 25 <= len(ENTRIES)
    for entry in ENTRIES.values():
        assert entry.parameters or entry.hosts or entry.paths, entry.product
        assert entry.paths or entry.hosts or entry.forms or not any(entry.cookies.values()), entry.product
        spelled = [components(name.encode())[0] for name in entry.parameters]
        assert len(set(spelled)) == len(spelled), entry.product
        assert all(not path.startswith("/") or len(path) > 2 for path in entry.paths), entry.product


def test_as_the_build_stored_them() -> None:
    """Products and tables are those that reading the files anew gives."""
    files = shipped_texts("products")
    entries = {name: make_entry(data) for name, data in read_catalog(files).items()}
    assert entries == dict(ENTRIES)
    assert tabulate(entries.values()) == dict(TABLES)


def _examples() -> list[tuple[str, Example]]:
    files = sorted(shipped("catalog", "products").glob("*.yaml"))
    return [(path.stem, example) for path in files for example in read_examples(path.name, path.read_text("utf-8"))]


@pytest.mark.parametrize(("product", "example"), _examples())
def test_examples(product: str, example: Example) -> None:
    """Each request in a product's file is found to be the product's, and exposes what the file says, no more.

    So does the page that answers it.
    """
    assert example.product in (product, "", "web-catalog")
    fields = {"Host": example.host or "catalog.example.org"}
    if example.cookie:
        fields["Cookie"] = example.cookie
    if example.header:
        name, _, value = example.header.partition(": ")
        fields[name] = value
    talk = [(CLIENT, ask(example.request, example.form.encode(), Content_Type=FORM, **fields))]
    if example.answer:
        kind = "application/json" if example.answer[0] in "{[" else "text/html"
        kind = "text/xml" if example.answer.startswith(("<GetPatronInfo", "<LookupMyAccount")) else kind
        talk.append((SERVER, answer(body=example.answer.encode(), Content_Type=kind)))
    outputs = parse(*talk)
    assert sorted((key, one.value) for key, one in example.finds.items()) == sorted(exposed(outputs))
    assert [example.product] == [request.product for request in requests(outputs)]


def test_every_product_has_an_example() -> None:
    """What nobody sends nobody notices when it breaks."""
    assert set(ENTRIES) == {product for product, _ in _examples()}


@pytest.mark.parametrize("item", ["a", "{request: GET /}", "{request: GET /, finds: {a: secret}}"])
def test_mistakes_in_examples(item: str) -> None:
    """They are checked as everything else."""
    with pytest.raises(ConfigError):
        read_examples("koha.yaml", KOHA.replace("[]", f"[{item}]"))


def test_what_is_unconfirmed_is_marked() -> None:
    """The catalog says which of its facts nobody has checked."""
    files = sorted(shipped("catalog", "products").glob("*.yaml"))
    assert len(files) == len(ENTRIES)
    assert any("unconfirmed:" in path.read_text("utf-8") for path in files)


def test_an_entry_in_full() -> None:
    """Every key of a file."""
    text = """
    paths: [/x/]
    hosts: ["*.x.org"]
    parameters: {user: patron_identifier, page: nothing}
    searches: [{path: /x/find, parameters: [q, off]}]
    forms: [{path: /x/log, parameters: [user]}]
    identifiers: [/x/patron/]
    cookies: {OWN: own, SHARED: shared}
    headers: {x-token: session, x-other: nothing}
    unconfirmed: [/x/, "*.x.org", user, OWN, /x/find, /x/log, /x/patron/, x-token]
    """
    expected = Entry(
        product="koha",
        paths=("/x/",),
        hosts=("*.x.org",),
        parameters={"user": DataClass.PATRON_IDENTIFIER, "page": None},
        searches=(("/x/find", ("q", "off")),),
        forms=(("/x/log", ("user",)),),
        identifiers=("/x/patron/",),
        cookies={"OWN": False, "SHARED": True},
        headers={"x-token": DataClass.SESSION, "x-other": None},
    )
    lines = "\n".join(line.strip() for line in text.splitlines())
    assert {"koha": expected} == read(KOHA + lines)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("product: [", "line 2 is not YAML"),
        ("- a", "begins with 'product:'"),
        ("title: Koha", "'examples' is missing"),
        (KOHA + "cookie: {}", "unknown key 'cookie'"),
        (KOHA.replace("koha", "other"), "'product' is the file's name"),
        (KOHA.replace("2026-11-22", "today"), "a day as in"),
        (KOHA.replace("[{what: somewhere, date: 2026-11-22}]", "[]"), "'sources' says where"),
        (KOHA.replace("[{what: somewhere, date: 2026-11-22}]", "somewhere"), "'sources' is a list"),
        (KOHA + "paths: [{a: b}]", "each of 'paths' is a text"),
        (KOHA + "parameters: [a]", "'parameters' is a mapping"),
        (KOHA + "parameters: {a: secret}", "'parameters' has a word"),
        (KOHA + "cookies: {a: [b]}", "'cookies' has a word"),
        (KOHA + "searches: [a]", "each of 'searches' has"),
        (KOHA + "forms: [a]", "each of 'forms' has"),
        (KOHA + "headers: {a: secret}", "'headers' has a word"),
        (KOHA + "unconfirmed: [user]", "'unconfirmed' names 'user'"),
    ],
)
def test_mistakes(text: str, expected: str) -> None:
    """What is wrong with a file is said in one sentence that names it."""
    with pytest.raises(ConfigError) as refused:
        read(text)
    assert expected in str(refused.value)
    assert "rules/catalog/products/koha.yaml" in str(refused.value)


def test_shipped_files(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """They are found beside the package or inside it, where a wheel carries them; and missed with a sentence."""
    package = tmp_path / "monitor"
    beside = tmp_path / "rules" / "catalog"
    beside.mkdir(parents=True)
    monkeypatch.setattr(monitor.config.shipped, "_PACKAGE", package)
    assert beside == shipped("catalog")
    inside = package / "_rules" / "catalog"
    inside.mkdir(parents=True)
    assert inside == shipped("catalog")
    with pytest.raises(ConfigError, match="install the package again"):
        shipped("catalog", "products")
