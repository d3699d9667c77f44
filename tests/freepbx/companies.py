"""The fictional company of `company/`, and archives made of it."""

import gzip
import io
import json
import tarfile
from collections import defaultdict
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import soundfile

from ari_app.freepbx import dump
from ari_app.freepbx.tables import WANTED, Row, Tables

DIRECTORY = Path(__file__).parent / "company"
DUMP = DIRECTORY / "freepbx.sql"
DIALPLAN = DIRECTORY / "extensions_additional.conf"

SOUNDS = ("menu", "wrong", "silent", "where", "closed", "orders-1", "orders-2", "join", "wait")


def tables() -> Tables:
    """The rows of the dump."""
    with DUMP.open("rb") as file:
        return dump.tables(file, WANTED)


def modules(of: Tables | None = None) -> Mapping[str, Any]:
    """The `configs` of each module, in the form in which a backup of 15 to 17 has them."""
    rows = defaultdict[str, Sequence[Row]](list, tables() if of is None else of)

    def by(table: str, key: str) -> dict[str, list[Any]]:
        found: dict[str, list[Any]] = {}
        for row in rows[table]:
            found.setdefault(str(row[key]), []).append(row)
        return found

    dests = {
        str(row["key"]): json.loads(str(row["val"]))
        for row in rows["kvstore_FreePBX_modules_Customappsreg"]
        if row["id"] == "dests"
    }
    return {
        "Ivr": {"ivrs": by("ivr_details", "id"), "entries": by("ivr_entries", "ivr_id")},
        "Recordings": {"data": [{**row, "files": {}} for row in rows["recordings"]]},
        "Timeconditions": {
            "tables": {
                "timeconditions": rows["timeconditions"],
                "timegroups_groups": [{"id": "1", "description": "hours"}],
                "timegroups_details": rows["timegroups_details"],
            }
        },
        "Queues": {
            "tables": {
                "queues_config": rows["queues_config"],
                "queues_details": rows["queues_details"],
            },
            "astdb": [{"QPENALTY": {"420/agents/501": "0"}}],
        },
        "Announcement": rows["announcement"],
        "Ringgroups": {"groups": rows["ringgroups"]},
        "Customappsreg": {
            "extensions": [],
            "kvstore": {"dests": dests, "noid": {"currentid": "2"}},
        },
        "Miscdests": rows["miscdests"],
        "Miscapps": {"apps": rows["miscapps"], "features": rows["featurecodes"]},
        "Daynight": {"data": rows["daynight"]},
        "Languages": {"languages": rows["languages"], "incoming": []},
        "Queueprio": rows["queueprio"],
        "Core": {"Did": rows["incoming"], "Users": {"users": rows["users"], "astdbConfigs": []}},
    }


def sql(rows: Tables) -> str:
    """The rows as mysqldump writes them."""
    lines = []
    for table, some in rows.items():
        columns = ",\n".join(f"  `{name}` text" for name in some[0])
        lines.append(f"CREATE TABLE `{table}` (\n{columns}\n) DEFAULT CHARSET=utf8mb4;")
        values = ",".join(f"({','.join(map(_quoted, row.values()))})" for row in some)
        lines.append(f"INSERT INTO `{table}` VALUES {values};")
    return "\n".join([*lines, "-- Dump completed on 2026-11-29", ""])


def _quoted(value: str | None) -> str:
    return "NULL" if value is None else "'" + value.replace("\\", "\\\\").replace("'", "\\'") + "'"


def backup(path: Path, of: Tables | None = None) -> Path:
    """Write a backup of 15 to 17: JSON of modules, and recordings of 16 and 8 kHz."""
    with tarfile.open(path, "w:gz") as archive:
        add(archive, "./metadata.json", b'{"modules": []}')
        for name, configs in modules(of).items():
            module = {"module": name, "version": "17.0.1", "dirs": [], "configs": configs}
            add(archive, f"./modulejson/{name}.json", json.dumps(module).encode())
        for number, name in enumerate(SOUNDS):
            folder = "files/var/lib/asterisk/sounds/en/custom"
            add(archive, f"./{folder}/kupala-{name}.wav", wav(8000 * (1 + number % 2)))
    return path


def old_backup(path: Path, *, packed: bool) -> Path:
    """Write a backup of 13 or 14: SQL of each database."""
    sql = DUMP.read_bytes()
    with tarfile.open(path, "w:gz") as archive:
        add(archive, "./manifest", b'a:1:{s:2:"id";i:1;}')
        add(archive, "./mysql-1.sql", b"-- MySQL dump 10.13\nSET NAMES utf8;\n-- Dump completed\n")
        if packed:
            add(archive, "./mysql-2.sql.gz", gzip.compress(sql))
        else:
            add(archive, "./mysql-2.sql", sql)
    return path


def add(archive: tarfile.TarFile, name: str, data: bytes) -> None:
    """A file of an archive."""
    info = tarfile.TarInfo(name)
    info.size = len(data)
    archive.addfile(info, io.BytesIO(data))


def wav(rate: int, seconds: float = 0.5) -> bytes:
    """A tone as a WAV file."""
    file = io.BytesIO()
    tone = 0.3 * np.sin(np.arange(int(rate * seconds)) * 2 * np.pi * 440 / rate)
    soundfile.write(file, tone.astype("float32"), rate, format="WAV", subtype="PCM_16")
    return file.getvalue()
