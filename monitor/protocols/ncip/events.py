"""What the NCIP parser says: whole messages, pieces of messages, and oddities.

Rule: names of services come from the protocol (Z39.83, versions 1 and 2); nothing here holds a character of a message.
"""

from __future__ import annotations

from monitor.model.closed import Enum
from monitor.model.events import Event


class NcipService(Enum):
    """What a message asks for, or tells of (Z39.83-1 section 6)."""

    ACCEPT_ITEM = "accept_item"
    AGENCY_CREATED = "agency_created"
    AGENCY_UPDATED = "agency_updated"
    AUTHENTICATE_USER = "authenticate_user"
    CANCEL_RECALL_ITEM = "cancel_recall_item"
    CANCEL_REQUEST_ITEM = "cancel_request_item"
    CHECK_IN_ITEM = "check_in_item"
    CHECK_OUT_ITEM = "check_out_item"
    CIRCULATION_STATUS_CHANGE_REPORTED = "circulation_status_change_reported"
    CIRCULATION_STATUS_UPDATED = "circulation_status_updated"
    CREATE_AGENCY = "create_agency"
    CREATE_ITEM = "create_item"
    CREATE_USER = "create_user"
    CREATE_USER_FISCAL_TRANSACTION = "create_user_fiscal_transaction"
    DELETE_ITEM = "delete_item"
    DELETE_USER = "delete_user"
    ITEM_CHECK_OUT_UNDONE = "item_check_out_undone"
    ITEM_CHECKED_IN = "item_checked_in"
    ITEM_CHECKED_OUT = "item_checked_out"
    ITEM_CREATED = "item_created"
    ITEM_RECALL_CANCELLED = "item_recall_cancelled"
    ITEM_RECALLED = "item_recalled"
    ITEM_RECEIVED = "item_received"
    ITEM_RENEWED = "item_renewed"
    ITEM_REQUEST_CANCELLED = "item_request_cancelled"
    ITEM_REQUEST_UPDATED = "item_request_updated"
    ITEM_REQUESTED = "item_requested"
    ITEM_SHIPPED = "item_shipped"
    ITEM_UPDATED = "item_updated"
    LOOKUP_AGENCY = "lookup_agency"
    LOOKUP_ITEM = "lookup_item"
    LOOKUP_ITEM_SET = "lookup_item_set"
    LOOKUP_REQUEST = "lookup_request"
    LOOKUP_USER = "lookup_user"
    LOOKUP_VERSION = "lookup_version"
    PROBLEM = "problem"
    """The whole answer is that something went wrong."""
    RECALL_ITEM = "recall_item"
    RENEW_ITEM = "renew_item"
    REPORT_CIRCULATION_STATUS_CHANGE = "report_circulation_status_change"
    REQUEST_ITEM = "request_item"
    SEND_USER_NOTICE = "send_user_notice"
    UNDO_CHECK_OUT_ITEM = "undo_check_out_item"
    UPDATE_AGENCY = "update_agency"
    UPDATE_CIRCULATION_STATUS = "update_circulation_status"
    UPDATE_ITEM = "update_item"
    UPDATE_REQUEST_ITEM = "update_request_item"
    UPDATE_USER = "update_user"
    USER_CREATED = "user_created"
    USER_FISCAL_TRANSACTION_CREATED = "user_fiscal_transaction_created"
    USER_NOTICE_SENT = "user_notice_sent"
    USER_UPDATED = "user_updated"
    OTHER = "other"


class NcipMessage(Event):
    """One whole message."""

    service: NcipService
    answer: bool
    """It answers a message of that service."""


class NcipFragment(Event):
    """What a message that is not whole, or that is damaged, certainly exposed. Never counted as a message."""

    service: NcipService
    answer: bool


class NcipWeird(Enum):
    """Oddities of an NCIP flow."""

    BAD_XML = "bad_xml"
    """A document is not well-formed; what stands before the damage was read."""
    FORBIDDEN_XML = "forbidden_xml"
    """A document declares entities or brings a document type of its own, which no system needs; it was not read."""
    TOO_DEEP = "too_deep"
    """Elements within elements beyond the limit; what stands before them was read."""
    NOT_A_MESSAGE = "not_a_message"
    """Something else stood where a message was due."""
    OVERSIZE_MESSAGE = "oversize_message"
    """No end within the limit; the beginning was read."""
    CUT_MESSAGE = "cut_message"
    """The flow ended or bytes were lost inside a message."""
    LOST_BYTES = "lost_bytes"
