"""The stream beside everything else, side by side in one run: ``make bench-stream``; docs/speed.md says what and how.

    python -m benchmarks.stream [--only fanout,burst,...] [--n 1000,5000] [--write]

Ends with 1 only if Tocsin lost an event or told one out of order, or if something could not be measured; a figure
that was not reached is printed as missed.
"""

from __future__ import annotations

import argparse
import tempfile
from collections.abc import Callable
from pathlib import Path

from benchmarks.stream import build, certificate
from benchmarks.stream.bench import Bench, captured
from benchmarks.stream.bursts import burst
from benchmarks.stream.conditional import conditional
from benchmarks.stream.fanout import fanout, memory, tls
from benchmarks.stream.herd import herd
from benchmarks.stream.orders import order
from benchmarks.stream.processes import lift_limit
from benchmarks.stream.report import Report, machine
from benchmarks.stream.slow import slow
from benchmarks.stream.systems import END_OF_EVENT, STREAM
from benchmarks.stream.wire import FLUSH, listening, websocket_request

COUNTS = (1_000, 5_000, 10_000, 20_000)
SPARE_FILES = 200
"""Of those that one process may open, so many are for other things than connections."""
PAGE = build.ROOT / "docs" / "speed.md"

PARTS: dict[str, Callable[[Bench], None]] = {
    "fanout": fanout,
    "memory": memory,
    "tls": tls,
    "burst": burst,
    "slow": slow,
    "herd": herd,
    "conditional": conditional,
    "order": order,
}


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--only", default=",".join(PARTS), help=f"parts, of {', '.join(PARTS)}")
    parser.add_argument("--n", default=",".join(str(count) for count in COUNTS), help="listeners of the fan-out")
    parser.add_argument("--write", action="store_true", help="put the table into docs/speed.md")
    told = parser.parse_args()
    wanted = told.only.split(",")
    if unknown := set(wanted) - PARTS.keys():
        parser.error(f"there is no part {', '.join(sorted(unknown))}")

    most = lift_limit() - SPARE_FILES
    asked = [int(count) for count in told.n.split(",")]
    if any(count > most for count in asked):
        print(f"one process may hold {most:,} connections here: so many stand for those who are more")
    build.install()
    report = Report()
    print(machine(), flush=True)
    with tempfile.TemporaryDirectory(prefix="tocsin-bench-") as name:
        work = Path(name)
        sse = captured(work, listening(STREAM), END_OF_EVENT)
        packed = captured(work, listening(STREAM, Accept_Encoding="gzip"), FLUSH)
        websocket = captured(work, websocket_request(STREAM), b'{"event":')
        bench = Bench(
            work=work,
            report=report,
            certificate=certificate.made(work),
            counts=tuple(sorted({min(count, most) for count in asked})),
            most=most,
            sse=sse,
            packed=packed,
            websocket=websocket,
        )
        print(f"one event is {len(sse.event):,} bytes as a server-sent event", flush=True)
        for part in wanted:
            print(f"-- {part}", flush=True)
            try:
                PARTS[part](bench)
            except RuntimeError as error:  # a server or the client failed; the other parts are measured all the same
                print(f"WRONG  {part}: {error}", flush=True)
                report.wrong.append(f"{part}: {error}")
    missed = [row.figure for row in report.rows if row.reached is False]
    print(f"{len(missed)} figures were not reached" + "".join(f"\n  {figure}" for figure in missed))
    if told.write:
        report.write(PAGE)
    for fault in report.wrong:
        print(f"WRONG  {fault}")
    return 1 if report.wrong else 0


if __name__ == "__main__":
    raise SystemExit(main())
