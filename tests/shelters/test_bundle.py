from __future__ import annotations

import numpy as np
import pytest

from tests.shelters.towns import NOON, closed, register, shelter, town
from tocsin.errors import BadFile, BadSignature
from tocsin.model import Realm
from tocsin.shelters.area import Standing
from tocsin.shelters.areas import Areas
from tocsin.shelters.bundle import bundle_bytes, read_bundle
from tocsin.shelters.labels import Labels
from tocsin.shelters.sections import Section, pack, unpack
from tocsin.shelters.signed import START
from tocsin.store.heads import Signer

SIGNER = Signer(Realm.LIVE, b"s" * 32)


def standing() -> Standing:
    known = register([shelter(1, 100, name="School", capacity=60), shelter(2, 900, 20), shelter(3, 1_900)])
    return town().at(closed(known, 2))


def made() -> bytes:
    return bundle_bytes(standing(), SIGNER, "log", ["Shelters: the town"], NOON)


def test_a_bundle_gives_back_streets_labels_and_shelters_as_they_stand() -> None:
    here, bundle = standing(), read_bundle(made(), key=SIGNER.key, realm=Realm.LIVE, seq=2)
    assert bundle.header["seq"] == 2
    assert bundle.header["attribution"] == ["Streets: nobody", "Shelters: the town"]
    assert bundle.network.lon_e6.tolist() == here.network.lon_e6.tolist()
    for (doors, labels), ways in ((bundle.foot, here.foot), (bundle.wheels, here.wheels)):
        assert doors.shelter.tolist() == ways.doors.shelter.tolist()
        assert [column.tolist() for column in doors.beside] == [column.tolist() for column in ways.doors.beside]
        for name in Labels._fields:
            assert getattr(labels, name).tolist() == getattr(ways.labels, name).tolist()
    assert [it["id"] for it in bundle.shelters] == ["town:1", "town:2", "town:3"]
    assert bundle.shelters[0] | {"lon_e6": 0, "lat_e6": 0} == {
        "id": "town:1", "name": "School", "capacity": 60, "public": True, "open": True, "lon_e6": 0, "lat_e6": 0,
    }  # fmt: skip
    assert bundle.shelters[1]["said"] == {"by": "town", "cause": "flooded", "at": "2026-03-01T12:00:00Z"}
    assert "capacity" not in bundle.shelters[1], "what nobody says is not there"


def test_the_same_register_gives_the_same_bytes() -> None:
    assert made() == made()


def test_a_bundle_altered_or_cut_anywhere_is_refused() -> None:
    whole = made()
    for at in range(0, len(whole), 41):
        with pytest.raises((BadSignature, BadFile)):
            read_bundle(whole[:at] + bytes([whole[at] ^ 0x20]) + whole[at + 1 :])
        with pytest.raises((BadSignature, BadFile)):
            read_bundle(whole[:at])


def test_a_bundle_signed_by_another_or_of_another_realm_or_older_than_the_register_is_refused() -> None:
    whole = made()
    with pytest.raises(BadSignature, match="another key"):
        read_bundle(whole, key=Signer(Realm.LIVE, b"t" * 32).key)
    with pytest.raises(BadSignature, match="does not hold"):
        read_bundle(whole[:8] + b"\0" * 64 + whole[START:], key=SIGNER.key)
    with pytest.raises(BadFile, match="live realm"):
        read_bundle(whole, realm=Realm.DRILL)
    with pytest.raises(BadFile, match="older than the register"):
        read_bundle(whole, seq=3)
    with pytest.raises(BadFile, match="another version"):
        read_bundle(b"TOCSINB9" + whole[8:])


def test_a_bundle_is_made_anew_once_a_shelter_closes_and_not_before() -> None:
    known = register([shelter(1, 100), shelter(2, 900)])
    areas = Areas({"town": town()}, lambda: known, "log")
    first = areas.bundle("town", SIGNER)
    assert areas.bundle("town", SIGNER) is first
    known = closed(known, 1)
    second = areas.bundle("town", SIGNER)
    assert second.etag != first.etag
    assert [it["open"] for it in read_bundle(second.content).shelters] == [False, True]


@pytest.mark.parametrize(("kind", "numbers"), [("u8", [0, 255]), ("u16", [0, 65_535, 1]), ("u32", [0, 2**32 - 1, 7])])
def test_columns_come_back_as_they_were(kind: str, numbers: list[int]) -> None:
    back = unpack(pack({}, [Section("a", kind, np.array(numbers, np.int64))])).columns["a"]
    assert back.tolist() == numbers


@pytest.mark.parametrize(
    ("kind", "numbers"), [("d8", [-128, 127, 0]), ("d16", [-32_768, 32_767, -1]), ("d32", [-(2**31), 2**31 - 1, 5, -5])]
)
def test_differences_come_back_however_far_they_jump(kind: str, numbers: list[int]) -> None:
    back = unpack(pack({}, [Section("a", kind, np.array(numbers, np.int64))])).columns["a"]
    assert back.tolist() == numbers


def test_what_would_unpack_to_more_than_it_says_is_refused() -> None:
    packed = pack({}, [Section("a", "text", b"0" * 5_000)])
    short = packed.replace(b'"bytes":5000', b'"bytes":4999')
    with pytest.raises(BadFile):
        unpack(short)
    header = packed[4:].replace(b'"bytes":5000', b'"bytes":5000000000000')
    longer = (int.from_bytes(packed[:4], "little") + 9).to_bytes(4, "little")
    with pytest.raises(BadFile, match="would unpack"):
        unpack(longer + header)
