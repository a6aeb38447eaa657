"""Make tocsin/data/sirens/spellings.csv: how the siren files spell places, and which zone each spelling means.

    python tools/siren_spellings.py STATES_JSON OUT_CSV

STATES_JSON is the dataset's own tree of places in Ukrainian, with the ids of the alarm system. Its English
spellings are those names in the official romanisation (Cabinet of Ministers resolution 55 of 2010); the zone is
found by the id, never by the name. A spelling that means two zones is left out.
"""

import csv
import json
import sys
from collections.abc import Iterator
from pathlib import Path

from tocsin.atlas import Atlas, shipped

LATIN = "a b v h g d e zh z y i k l m n o p r s t u f kh ts ch sh shch ie i i iu ia"
PLAIN = dict(zip("абвгґдежзиіклмнопрстуфхцчшщєїйюя", LATIN.split(), strict=True))
AT_THE_START = {"є": "ye", "ї": "yi", "й": "y", "ю": "yu", "я": "ya"}
SILENT = "ь'’ʼ"

BY_HAND = [
    # The dataset writes the capital in its own way, and one row of 2022 has its first two columns exchanged.
    ("Kyiv City", "", "", "31"),
    ("Lubenskyi raion", "Poltavska oblast", "Hrebinkivska terytorialna hromada", "1095"),
]


def romanised(name: str) -> str:
    out, before = "", " "
    for letter in name:
        low = letter.lower()
        if low in SILENT:
            latin = ""
        elif low == "г" and before.lower() == "з":
            latin = "gh"
        elif low in AT_THE_START and not (before.isalpha() or before in SILENT):
            latin = AT_THE_START[low]
        else:
            latin = PLAIN.get(low, low)
        out += latin.capitalize() if letter.isupper() else latin
        before = letter
    return out


def spellings(tree: dict[str, list[dict[str, object]]]) -> Iterator[tuple[str, str, str, str]]:
    """Oblast, raion, hromada as spelled, and the alarm system's id of the last of them."""
    for state in tree["states"]:
        oblast = romanised(str(state["stateName"]))
        yield oblast, "", "", str(state["stateId"])
        for district in state.get("districts", []):  # type: ignore[attr-defined]  # a JSON tree, as it comes
            raion = romanised(district["districtName"])
            yield oblast, raion, "", str(district["districtId"])
            for community in district.get("communities", []):
                yield oblast, raion, romanised(community["communityName"]), str(community["communityId"])
    yield from BY_HAND


def main(states_json: Path, out: Path, atlas: Atlas) -> None:
    meant: dict[tuple[str, str, str], set[str]] = {}
    for oblast, raion, hromada, alarm_id in spellings(json.loads(states_json.read_text())):
        zone = atlas.by_code("ukrainealarm", alarm_id)
        meant.setdefault((oblast, raion, hromada), set()).add(zone.id)
    with out.open("w", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(["oblast", "raion", "hromada", "zone"])
        writer.writerows((*names, *zones) for names, zones in sorted(meant.items()) if len(zones) == 1)


if __name__ == "__main__":
    main(Path(sys.argv[1]), Path(sys.argv[2]), shipped("ua"))
