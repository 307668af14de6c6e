"""What dashboards call things: kinds of patron data, levels and findings in words that a librarian uses.

Rule: everything that stands in rule files is read from there, so that a panel, an alert and a report agree.
"""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import NamedTuple

import yaml

from monitor.model.data import DataClass, Level

TOP = Path(__file__).resolve().parents[2]

DATA = {
    DataClass.CREDENTIAL: ("PINs and passwords", "#B5544F"),
    DataClass.STAFF_CREDENTIAL: ("Logins of staff and devices", "#CC8266"),
    DataClass.PATRON_IDENTIFIER: ("Card numbers", "#D9A35B"),
    DataClass.NAME: ("Names", "#C9B458"),
    DataClass.POSTAL_ADDRESS: ("Addresses", "#A8AE5E"),
    DataClass.EMAIL: ("E-mail addresses", "#86A867"),
    DataClass.PHONE: ("Phone numbers", "#66A182"),
    DataClass.BIRTH_DATE: ("Dates of birth", "#5B9E9A"),
    DataClass.GOVERNMENT_ID: ("Official numbers", "#8F6A86"),
    DataClass.PAYMENT: ("Payments", "#7E739E"),
    DataClass.FEES: ("Fees", "#8C8FB8"),
    DataClass.ACCOUNT_STATUS: ("State of the account", "#7A9CC0"),
    DataClass.DEMOGRAPHIC: ("About the person", "#9C86A8"),
    DataClass.CIRCULATION: ("Loans and titles", "#5E84AD"),
    DataClass.SEARCH: ("Searches", "#6FB0B8"),
    DataClass.SESSION: ("Web sessions", "#B08CA6"),
    DataClass.DOCUMENT: ("Documents", "#A38F7C"),
    DataClass.MESSAGE: ("Messages", "#8FA391"),
    DataClass.VIDEO: ("Video", "#9A6FA0"),
    DataClass.FREE_TEXT: ("Free text", "#A5A5AD"),
    DataClass.UNCLASSIFIED: ("Unknown fields", "#8C8C96"),
}
"""What each kind is called, and its color, the same in every panel."""

LEVELS = {
    Level.CRITICAL: ("Critical", "#B5544F"),
    Level.HIGH: ("High", "#CC8B5C"),
    Level.MEDIUM: ("Medium", "#C2A94F"),
    Level.LOW: ("Low", "#7393B3"),
    Level.INFORMATIONAL: ("For information", "#8C8C96"),
}

PROTOCOLS = {
    "sip2": ("SIP2", "#5E84AD"),
    "ncip": ("NCIP", "#7E739E"),
    "z3950": ("Z39.50", "#A98F6B"),
    "http": ("Web without encryption", "#CC8B5C"),
    "tls": ("TLS, of any kind", "#6AA084"),
    "rtsp": ("Camera video (RTSP)", "#9A6FA0"),
    "rtp": ("Camera pictures (RTP)", "#B08CA6"),
    "dns": ("Names that cameras ask for", "#8C8C96"),
}


SHORT = {
    "camera-attempt": "Camera tries to connect, gets no answer",
    "camera-internet-time-or-names": "Camera asks the internet for time or names",
    "camera-rtmp-internet": "Camera video broadcast on the internet",
    "camera-rtsp-internet": "Camera video readable on the internet",
    "camera-rtsp-leaves-zone": "Camera video readable beyond its network",
    "camera-unexpected-internet": "Camera talks to an unexpected internet host",
    "camera-unexpected-local": "Camera talks to an unexpected local device",
    "http-basic-auth": "Passwords readable with every web request",
    "http-account-page": "Who a patron is, readable on web pages",
    "http-captive-portal": "Wireless sign-in page not encrypted",
    "http-cookie-not-secure": "Cookies of web logins not protected",
    "http-identifier-in-form": "Card numbers readable in web forms",
    "http-identifier-in-query": "Card numbers readable in web addresses",
    "http-referer-leak": "Card numbers passed on to other websites",
    "http-login-in-clear": "PINs and passwords readable on a web page",
    "http-login-new-host": "Password readable to an unknown website",
    "http-login-page": "Web login page itself not encrypted",
    "http-loans-page": "Loans and fees readable on web pages",
    "http-reading-record": "Titles readable (web catalog)",
    "http-redirect-to-clear": "Web login leads on without encryption",
    "http-session-address": "Web sessions stand in addresses",
    "http-search-terms": "Searches readable",
    "http-session-cookie": "Web sessions readable, can be taken over",
    "ncip-circulation-data": "Loans and titles readable (NCIP)",
    "ncip-other-data": "Other patron data readable (NCIP)",
    "ncip-patron-credential": "Patrons' PINs readable (NCIP)",
    "ncip-patron-identity": "Names and card numbers readable (NCIP)",
    "ncip-system-login": "Logins of library systems readable (NCIP)",
    "ncip-tls-fallback": "Encryption given up (NCIP)",
    "rtsp-password": "Camera passwords readable (RTSP)",
    "sip2-circulation-data": "Loans and titles readable (SIP2)",
    "sip2-from-internet": "SIP2 answers the internet",
    "sip2-login-failures": "A device cannot log in (SIP2)",
    "sip2-other-data": "Other patron data readable (SIP2)",
    "sip2-patron-credential": "Patrons' PINs readable (SIP2)",
    "sip2-patron-identity": "Names and card numbers readable (SIP2)",
    "sip2-patron-harvesting": "A device asks for very many patrons (SIP2)",
    "sip2-patron-without-pin": "Patron data without a PIN (SIP2)",
    "sip2-pin-guessing": "PINs may be guessed (SIP2)",
    "sip2-shared-account": "Many devices share an account (SIP2)",
    "sip2-staff-login": "Logins of self-checks readable (SIP2)",
    "sip2-to-internet": "SIP2 crosses the internet",
    "sip2-unexpected-zone": "SIP2 from an unexpected place",
    "z3950-login": "Logins to other catalogs readable (Z39.50)",
    "z3950-search-terms": "Searches in other catalogs readable (Z39.50)",
}
"""Findings in as few words as fit a table; those that are not here are called by the title of their rule."""


class Rule(NamedTuple):
    """What a page or an alert has to know of a rule file."""

    slug: str
    title: str
    description: str
    level: Level


LOADER = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
"""The same in C, where that is there: ten times as fast."""


@cache
def shipped_rules() -> tuple[Rule, ...]:
    """Every shipped rule, worst first."""
    rules = []
    for path in (TOP / "rules").glob("*.yaml"):
        text = yaml.load(path.read_text("utf-8"), Loader=LOADER)  # noqa: S506  (a safe one)
        level = Level[text["level"].upper()]
        rules.append(Rule(path.stem, text["title"], " ".join(text["description"].split()), level))
    return tuple(sorted(rules, key=lambda rule: (-rule.level, rule.slug)))
