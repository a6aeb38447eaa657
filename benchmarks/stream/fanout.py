"""One event to N listeners: when the first, the middle and the last of them have it, and what it costs the server."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import ExitStack
from functools import partial

from benchmarks.stream import systems
from benchmarks.stream.bench import Bench, Series, Start, by_name, in_turn, opened
from benchmarks.stream.build import BUILD
from benchmarks.stream.report import Row, kib, ms, paired

TLS_LISTENERS = 5_000
IDLE_LISTENERS = 10_000
FILLING = 5_000
"""Listeners that come first and are not counted: they take up what a process has free from its start."""
TLS_FILLING = 8_000
"""The same over TLS."""


def fanout(bench: Bench) -> None:
    for count in bench.counts:
        with ExitStack() as stack:
            starts: list[Start] = [bench.c, bench.tocsin, *bench.others()]
            serieses = [opened(stack, bench, start, count) for start in starts]
            in_turn(bench, serieses)
            _tell("SSE", bench, serieses, 1.10)
        with ExitStack() as stack:
            over = [partial(systems.baseline, bench.work, bench.websocket)]
            over.append(partial(systems.tocsin, bench.work, bench.websocket))
            serieses = [opened(stack, bench, start, count) for start in over]
            in_turn(bench, serieses)
            _tell("WebSocket", bench, serieses, 1.20)


def _tell(form: str, bench: Bench, serieses: Sequence[Series], most: float) -> None:
    named = by_name(serieses)
    ours, c = named["Tocsin"], named["C"]
    count = ours.load.count
    others = [series for series in serieses if series not in (ours, c)]
    times = paired(ours.last_ns, c.last_ns)
    bench.report.add(
        Row(
            figure=f"{form}, {count:,} listeners: publish to last",
            target=f"<= {most:.2f} x C" + (", ahead of all" if others else ""),
            tocsin=ms(ours.last),
            c=ms(c.last),
            ratio=f"{times:.2f}",
            others=", ".join(f"{other.running.name} {ms(other.last)}" for other in others),
            reached=times <= most and all(ours.last < other.last for other in others),
        )
    )
    bench.report.add(
        Row(
            figure=f"{form}, {count:,} listeners: publish to first, to the middle",
            tocsin=_first_and_middle(ours),
            c=_first_and_middle(c),
            others=", ".join(f"{other.running.name} {_first_and_middle(other)}" for other in others),
        )
    )
    times = paired(ours.cpu_s, c.cpu_s)
    nchan = named.get("nchan")
    bench.report.add(
        Row(
            figure=f"{form}, {count:,} listeners: CPU per million deliveries",
            target="<= 1.15 x C" + (", <= nchan / 1.25" if nchan else ""),
            tocsin=f"{ours.cpu:.2f} s",
            c=f"{c.cpu:.2f} s",
            ratio=f"{times:.2f}",
            others=", ".join(f"{other.running.name} {other.cpu:.2f} s" for other in others),
            reached=times <= 1.15 and (nchan is None or paired(nchan.cpu_s, ours.cpu_s) >= 1.25),
        )
    )


def _first_and_middle(series: Series) -> str:
    first, middle = sorted(series.first_ns), sorted(series.median_ns)
    return f"{ms(first[len(first) // 2])}, {ms(middle[len(middle) // 2])}"


# --- memory of those that only wait --------------------------------------------------------------


def memory(bench: Bench) -> None:
    count = min(IDLE_LISTENERS, bench.most - FILLING)
    serieses = []
    for start in (bench.c, bench.tocsin, *bench.others()):
        with ExitStack() as stack:
            serieses.append(opened(stack, bench, start, count, filling=FILLING))
    named = by_name(serieses)
    ours, c = named["Tocsin"], named["C"]
    others = [series for series in serieses if series not in (ours, c)]
    bench.report.add(
        Row(
            figure=f"user-space memory per idle connection, of {count:,}",
            target="<= 2 KiB" + (", ahead of all" if others else ""),
            tocsin=kib(ours.user_bytes),
            c=kib(c.user_bytes),
            others=", ".join(f"{other.running.name} {kib(other.user_bytes)}" for other in others),
            reached=ours.user_bytes <= 2048 and all(ours.user_bytes < other.user_bytes for other in others),
        )
    )
    bench.report.add(
        Row(
            figure="kernel memory per idle connection, both ends",
            tocsin=kib(ours.kernel_bytes),
            c=kib(c.kernel_bytes),
            others=", ".join(f"{other.running.name} {kib(other.kernel_bytes)}" for other in others),
        )
    )


# --- TLS -----------------------------------------------------------------------------------------


def tls(bench: Bench) -> None:
    if not (BUILD / "load_tls").exists():
        print("nothing is measured over TLS: the load client could not be built with OpenSSL")
        return
    count = min(TLS_LISTENERS, bench.most)
    over_tls: list[Start] = [
        partial(systems.baseline, bench.work, bench.sse, bench.certificate),
        partial(systems.tocsin, bench.work, bench.sse, bench.certificate),
    ]
    if systems.nginx_installed():
        over_tls.append(partial(systems.nchan, bench.work, bench.sse, tls=bench.certificate))
    with ExitStack() as stack:
        serieses = [opened(stack, bench, start, count) for start in (bench.c, *over_tls)]
        in_turn(bench, serieses)
    named = by_name(serieses)
    ours, c, openssl, nchan = named["Tocsin"], named["C"], named["C with OpenSSL"], named.get("nchan")
    times = paired(ours.cpu_s, c.cpu_s)
    figure = f"TLS, {count:,} listeners: CPU per million deliveries"
    bench.report.add(
        Row(
            figure=f"{figure}, C without TLS",
            target="<= 1.4 x C" + (", ahead of nchan" if nchan else ""),
            tocsin=f"{ours.cpu:.2f} s",
            c=f"{c.cpu:.2f} s",
            ratio=f"{times:.2f}",
            others=f"nchan {nchan.cpu:.2f} s" if nchan else "",
            reached=times <= 1.4 and (nchan is None or ours.cpu < nchan.cpu),
        )
    )
    bench.report.add(
        Row(
            figure=f"{figure}, C with OpenSSL",
            tocsin=f"{ours.cpu:.2f} s",
            c=f"{openssl.cpu:.2f} s ({paired(openssl.cpu_s, c.cpu_s):.2f} x C without TLS)",
            ratio=f"{paired(ours.cpu_s, openssl.cpu_s):.2f}",
        )
    )
    bench.report.add(
        Row(
            figure=f"TLS, {count:,} listeners: publish to last, C with OpenSSL",
            target="ahead of nchan" if nchan else "",
            tocsin=ms(ours.last),
            c=ms(openssl.last),
            ratio=f"{paired(ours.last_ns, openssl.last_ns):.2f}",
            others=f"nchan {ms(nchan.last)}" if nchan else "",
            reached=ours.last < nchan.last if nchan else None,
        )
    )
    _tell_memory(bench, over_tls, count)


def _tell_memory(bench: Bench, over_tls: Sequence[Start], count: int) -> None:
    """After many others, who take up what a process has free, and what its first handshakes need."""
    user: dict[str, float] = {}
    for start in over_tls:
        with ExitStack() as stack:
            series = opened(stack, bench, start, count, filling=min(TLS_FILLING, bench.most - count))
            user[series.running.name] = series.user_bytes
    ours, nchan = user["Tocsin"], user.get("nchan")
    bench.report.add(
        Row(
            figure="TLS: user-space memory per connection, C with OpenSSL",
            target="<= 16 KiB" + (", ahead of nchan" if nchan else ""),
            tocsin=kib(ours),
            c=kib(user["C with OpenSSL"]),
            others=f"nchan {kib(nchan)}" if nchan else "",
            reached=ours <= 16384 and (nchan is None or ours < nchan),
        )
    )
