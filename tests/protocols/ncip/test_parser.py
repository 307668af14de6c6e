"""Documents in, messages out: what counts, what is said of the rest, and what is refused."""

from __future__ import annotations

import pytest

from monitor.audit.plants.ncip import ANSWERS, ASKS, element, message
from monitor.protocols.ncip.bounds import DOCUMENT_BYTES, MAX_DEPTH
from monitor.protocols.ncip.events import NcipFragment, NcipMessage, NcipService, NcipWeird
from tests.protocols.ncip.samples import CARD, CHECKOUT, ENTITIES, FOUND, LOOKUP, OTHER_CARD
from tests.protocols.ncip.talks import exposed, facts, oddities, parse, patrons


def test_what_a_message_asks_for() -> None:
    """The service is the first element below the root, and an answer says so in its name."""
    said = facts(parse((ASKS, LOOKUP.encode()), (ANSWERS, FOUND.encode())))
    asked, answered = said
    assert isinstance(asked, NcipMessage)
    assert isinstance(answered, NcipMessage)
    assert (NcipService.LOOKUP_USER, False) == (asked.service, asked.answer)
    assert (NcipService.LOOKUP_USER, True) == (answered.service, answered.answer)


def test_documents_that_follow_at_once() -> None:
    """Nothing between two documents says where one ends, and nothing needs to."""
    said = facts(parse((ASKS, (LOOKUP + CHECKOUT).encode() * 3)))
    assert 6 == len(said)
    assert all(isinstance(one, NcipMessage) for one in said)


def test_each_patron_once() -> None:
    """A message names the same patron several times; another patron counts."""
    twice = element("UserId", element("UserIdentifierValue", CARD)) * 2
    other = element("CurrentRequester", element("UserId", element("UserIdentifierValue", OTHER_CARD)))
    assert [1] == patrons(parse((ASKS, message(element("LookupUserResponse", twice)).encode())))
    assert [2] == patrons(parse((ASKS, message(element("LookupItemResponse", twice, other)).encode())))


def test_a_message_without_its_end() -> None:
    """What certainly stood in it was exposed; it counts for nothing else."""
    outputs = parse((ANSWERS, FOUND.encode()[:-40]))
    (said,) = facts(outputs)
    assert isinstance(said, NcipFragment)
    assert ("DateOfBirth", "birth_date") in exposed(outputs)
    assert [NcipWeird.CUT_MESSAGE] == oddities(outputs)


def test_a_loss_inside_a_message() -> None:
    """What stood before it is said; what comes behind is looked through for the next beginning."""
    data = FOUND.encode()
    outputs = parse((ANSWERS, data[:700]), (ANSWERS, 50), (ANSWERS, data[750:] + data))
    assert [NcipFragment, NcipMessage] == [type(one) for one in facts(outputs)]
    assert [NcipWeird.LOST_BYTES, NcipWeird.CUT_MESSAGE] == oddities(outputs)


def test_a_flow_met_halfway() -> None:
    """The end of a message that nobody saw begin says nothing."""
    outputs = parse((ANSWERS, FOUND.encode()[300:] + FOUND.encode()), from_start=False)
    assert [NcipMessage] == [type(one) for one in facts(outputs)]
    assert [] == oddities(outputs)


@pytest.mark.parametrize("wrong", ["latin-1", "cp1252"])
def test_another_encoding_than_declared(wrong: str) -> None:
    """Letters in an encoding that the document does not name cost nothing: the names of elements are the same."""
    right = exposed(parse((ANSWERS, FOUND.encode())))
    outputs = parse((ANSWERS, FOUND.encode(wrong)))
    assert right == exposed(outputs)
    assert [] == oddities(outputs)


@pytest.mark.parametrize("name", ["windows-1252", "ibm850", "x-nobody-knows", "utf-7"])
def test_encodings_that_are_seldom(name: str) -> None:
    """One that nobody knows is read as one that has every byte."""
    outputs = parse((ANSWERS, FOUND.replace("UTF-8", name).encode("cp1252")))
    assert ("UserIdentifierValue", "patron_identifier") in exposed(outputs)


@pytest.mark.parametrize("damage", ["Lund & Sons", "Lund&nbsp;Sons", "A&B; C", "Lund\x0bSons"])
def test_what_writers_forget_to_escape(damage: str) -> None:
    """What stands behind it is read all the same, and the document is called damaged."""
    text = FOUND.replace("<UserOptionalFields>", f"<UserNote>{damage}</UserNote><UserOptionalFields>", 1)
    assert text != FOUND
    outputs = parse((ANSWERS, text.encode()), (ANSWERS, FOUND.encode()))
    (fragment, after) = facts(outputs)
    assert isinstance(fragment, NcipFragment)
    assert {(one.key, one.data_class) for one in after.exposed} < {
        (one.key, one.data_class) for one in fragment.exposed
    }
    assert [NcipWeird.BAD_XML] == oddities(outputs)


def test_damage_that_cannot_be_mended() -> None:
    """What stands before it is said, what is behind is lost, and that is counted."""
    text = FOUND.replace("<UserOptionalFields>", "<UserOptionalFields></Wrong>", 1)
    outputs = parse((ANSWERS, text.encode()), (ANSWERS, FOUND.encode()))
    assert [NcipFragment, NcipMessage] == [type(one) for one in facts(outputs)]
    assert [NcipWeird.BAD_XML] == oddities(outputs)


def test_entities_are_refused() -> None:
    """A document that brings a document type is not read at all, however small it is, and what follows is."""
    outputs = parse((ANSWERS, (ENTITIES + FOUND).encode()))
    assert [NcipWeird.FORBIDDEN_XML] == oddities(outputs)
    assert 1 == len(facts(outputs))


def test_laughs_are_not_multiplied() -> None:
    """The attack that makes gigabytes of a kilobyte."""
    laughs = "".join(f'<!ENTITY l{n} "{f"&l{n - 1};" * 10}">' for n in range(1, 10))
    bomb = LOOKUP.replace("<NCIPMessage", f'<!DOCTYPE NCIPMessage [<!ENTITY l0 "ha">{laughs}]><NCIPMessage', 1)
    outputs = parse((ASKS, bomb.replace("4711", "&l9;").encode()))
    assert [] == facts(outputs)
    assert [NcipWeird.FORBIDDEN_XML] == oddities(outputs)


def test_nothing_is_fetched() -> None:
    """A document type that stands elsewhere is named by every message of version 1, and left where it is."""
    typed = LOOKUP.replace("<NCIPMessage", '<!DOCTYPE NCIPMessage SYSTEM "file:///etc/hostname"><NCIPMessage', 1)
    outputs = parse((ASKS, typed.encode()))
    assert [] == oddities(outputs)
    assert 1 == len(facts(outputs))


def test_too_deep() -> None:
    """Beyond the limit nothing is read any more."""
    deep = element("UserId", CARD) + "<a>" * MAX_DEPTH + "</a>" * MAX_DEPTH + element("UserId", OTHER_CARD)
    outputs = parse((ASKS, message(element("LookupUser", deep)).encode()))
    assert [("UserId", "patron_identifier")] == exposed(outputs)
    assert [NcipWeird.TOO_DEEP] == oddities(outputs)


def test_too_long() -> None:
    """Of a message over the limit the beginning is read, and the next one is found."""
    long = message(element("LookupUser", element("UserId", CARD), " " * DOCUMENT_BYTES))
    outputs = parse((ASKS, (long + LOOKUP).encode()))
    assert [NcipFragment, NcipMessage] == [type(one) for one in facts(outputs)]
    assert [NcipWeird.OVERSIZE_MESSAGE] == oddities(outputs)


def test_another_document() -> None:
    """A root that is not NCIP's is none of ours, whatever is quoted in it."""
    quoting = FOUND.replace("<NCIPMessage", "<Log><NCIPMessage", 1).strip() + "</Log>"
    assert [] == facts(parse((ANSWERS, quoting.encode())))
