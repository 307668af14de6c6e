"""The closed vocabularies of judgement: kinds of patron data, levels, units of counting."""

from __future__ import annotations

from monitor.model.closed import Enum, IntEnum


class DataClass(Enum):
    """What kind of data a value is. Closed: rules, reports and dashboards rely on the list."""

    CREDENTIAL = "credential"
    STAFF_CREDENTIAL = "staff_credential"
    PATRON_IDENTIFIER = "patron_identifier"
    NAME = "name"
    POSTAL_ADDRESS = "postal_address"
    EMAIL = "email"
    PHONE = "phone"
    BIRTH_DATE = "birth_date"
    GOVERNMENT_ID = "government_id"
    PAYMENT = "payment"
    FEES = "fees"
    ACCOUNT_STATUS = "account_status"
    DEMOGRAPHIC = "demographic"
    CIRCULATION = "circulation"
    SEARCH = "search"
    SESSION = "session"
    DOCUMENT = "document"
    MESSAGE = "message"
    VIDEO = "video"
    FREE_TEXT = "free_text"
    UNCLASSIFIED = "unclassified"

    bit: int
    """This class as one bit, in the order above: sets of classes are sums of bits, tested once a message."""

    def __init__(self, _word: str) -> None:
        self.bit = 1 << len(type(self).__members__)


class Level(IntEnum):
    """How bad a finding is, in Sigma's words; a larger number is worse."""

    INFORMATIONAL = 0
    LOW = 1
    MEDIUM = 2
    HIGH = 3
    CRITICAL = 4

    @property
    def word(self) -> str:
        """The level as rules and reports write it."""
        return self.name.lower()


class Status(Enum):
    """How far a rule can be trusted, in Sigma's words."""

    STABLE = "stable"
    TEST = "test"
    EXPERIMENTAL = "experimental"
    DEPRECATED = "deprecated"


class AboutKind(Enum):
    """Whom a rule is about: the service that answers, or the device that talks."""

    SERVICE = "service"
    DEVICE = "device"


class Audience(Enum):
    """Who uses a network. Closed; `UNASSIGNED` is local but in no configured zone."""

    PUBLIC = "public"
    STAFF = "staff"
    INFRASTRUCTURE = "infrastructure"
    VENDOR = "vendor"
    INTERNET = "internet"
    UNASSIGNED = "unassigned"


class Role(Enum):
    """What a device is for, as the operator says it. Closed: rules may ask for it."""

    CAMERA = "camera"
    RECORDER = "recorder"
    PRINTER = "printer"
    SELF_CHECK = "self-check"
    STAFF_PC = "staff-pc"
    PUBLIC_PC = "public-pc"
    PHONE = "phone"
    ILS = "ils"
    VOICE_ASSISTANT = "voice-assistant"
    SERVER = "server"
    OTHER = "other"


class Inspect(Enum):
    """How much of a zone's traffic is looked at."""

    ALL = "all"
    LIBRARY_ONLY = "library-only"
    """Only what it exchanges with configured assets."""
    NONE = "none"
