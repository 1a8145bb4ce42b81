"""SOPs under which silence grants an application: the SIUP, free or paid, and one with opinions."""

from __future__ import annotations

from tests.money import paid_siup
from workflows.definitions import text_of

END = "deemed"

_CHANGES = (
    ("    silence: flag\n", "    silence: deemed_granted\n"),
    (
        "\n  discontinued: {title",
        "\n  deemed: {title: {id: Dikabulkan secara hukum, en: Granted by law}, outcome: lapsed}"
        "\n  discontinued: {title",
    ),
)


def deemed(text: str) -> str:
    """Return a text of an SOP whose legal limit grants where it flagged before."""
    for before, after in _CHANGES:
        assert text.count(before) == 1, before
        text = text.replace(before, after)
    return text


def deemed_siup() -> str:
    """Return a SIUP that silence grants five working days after the complete file."""
    return deemed(text_of("siup"))


def deemed_paid_siup() -> str:
    """Return a SIUP that costs money and is granted by silence."""
    return deemed(paid_siup())
