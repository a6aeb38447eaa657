"""The words that people are told: approved texts by hazard, stage, level, threat and language, and the messages made
of them. Pure but for `load_texts`, which reads them."""

from tocsin.texts.catalogue import Approval, Catalogue, Template
from tocsin.texts.load import Texts, load_texts, texts_of
from tocsin.texts.message import Kind, Message
from tocsin.texts.second import ZoneNames, rendered
from tocsin.texts.telling import Began, Now, messages
from tocsin.texts.wording import Wording

__all__ = [
    "Approval",
    "Began",
    "Catalogue",
    "Kind",
    "Message",
    "Now",
    "Template",
    "Texts",
    "Wording",
    "ZoneNames",
    "load_texts",
    "messages",
    "rendered",
    "texts_of",
]
