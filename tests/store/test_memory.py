from __future__ import annotations

import pytest

from tests.store.contract import StoreContract
from tocsin.model import Realm
from tocsin.store.contract import Store
from tocsin.store.memory import MemoryStore


class TestMemoryStore(StoreContract):
    @pytest.fixture
    def store(self) -> Store:
        return MemoryStore(Realm.LIVE, "ua-2026")


def test_every_log_has_its_own_identity() -> None:
    assert MemoryStore().identity != MemoryStore().identity


def test_it_belongs_to_the_realm_it_was_made_for() -> None:
    assert (MemoryStore().realm, MemoryStore(Realm.DRILL).realm) == (Realm.LIVE, Realm.DRILL)
