"""The invented readers and books of Maple Street Library. Nobody here exists.

Mail ends in example.org (RFC 2606), telephone numbers lie in the range kept for fiction (555-0100 to 555-0199), and
card and item numbers are counted up, not taken from anywhere.
"""

from __future__ import annotations

from dataclasses import dataclass
from random import Random

FIRST_NAMES = (
    "Amara",
    "Bela",
    "Cyrus",
    "Dalia",
    "Enno",
    "Farah",
    "Gideon",
    "Hanna",
    "Idris",
    "Jonna",
    "Kofi",
    "Lenka",
    "Milo",
    "Nadia",
    "Oskar",
    "Petra",
)
LAST_NAMES = (
    "Applewood",
    "Birchfield",
    "Cloverley",
    "Dunmore",
    "Elmhurst",
    "Fernsby",
    "Glenrowan",
    "Hawthorpe",
    "Ivydale",
    "Juniper",
)
STREETS = (
    "Alder Lane",
    "Brook Street",
    "Chapel Row",
    "Dover Court",
    "Orchard Way",
    "Quarry Hill",
    "Station Road",
)
TITLES = (
    "Living Well with Diabetes",
    "The Quiet Lighthouse",
    "Starting Over after Divorce",
    "Bread from Scratch",
    "Your Rights at Work",
    "A Field Guide to Ferns",
    "When a Parent Drinks",
    "The Cartographer's Apprentice",
    "Changing Your Faith",
    "Knots for Small Boats",
    "Coming Out at Fifty",
    "A Short History of Maple Street",
)


@dataclass(frozen=True, slots=True)
class Reader:
    """One library card and whoever is behind it."""

    card: str
    pin: str
    name: str
    address: str
    mail: str
    phone: str
    born: str


@dataclass(frozen=True, slots=True)
class Book:
    """One copy on the shelf."""

    item: str
    title: str


def readers(random: Random, count: int) -> list[Reader]:
    """`count` invented readers with different names and cards."""
    names = [(first, last) for first in FIRST_NAMES for last in LAST_NAMES]
    return [
        Reader(
            card=f"29990{number:04d}{random.randrange(10**5):05d}",
            pin=f"{random.randrange(10**4):04d}",
            name=f"{last}, {first}",
            address=f"{random.randrange(1, 180)} {random.choice(STREETS)}, Mapleby 00000",
            mail=f"{first}.{last}@example.org".lower(),
            phone=f"555-01{random.randrange(100):02d}",
            born=f"{random.randrange(1945, 2012)}{random.randrange(1, 13):02d}{random.randrange(1, 29):02d}",
        )
        for number, (first, last) in enumerate(random.sample(names, count), 1)
    ]


def books(random: Random, count: int) -> list[Book]:
    """`count` copies, some of the same title."""
    return [Book(f"39990{number:09d}", random.choice(TITLES)) for number in range(1, count + 1)]
