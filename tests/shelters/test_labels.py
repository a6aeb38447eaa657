"""The labels of every point, against a plain search from each shelter on its own."""

from __future__ import annotations

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.shelters.streets import doors_at, network, plainly, told
from tocsin.shelters.graph import Graph, graph_of
from tocsin.shelters.labels import Doors, Labels, Searcher
from tocsin.shelters.network import Network
from tocsin.shelters.search import NO_WAY_OUT


@st.composite
def towns(draw: st.DrawFn) -> tuple[Network, list[tuple[int, int, int, int]], list[int]]:
    """Streets with long chains, dead ends, rings, islands and ties, and entrances along them."""
    size = draw(st.integers(2, 7))
    side = draw(st.sampled_from([30, 100, 700]))
    places = [(float(x * side), float(y * side)) for x in range(size) for y in range(size)]
    steps = st.sampled_from([1, size])
    start = draw(st.lists(st.tuples(st.integers(0, size * size - 1), steps), min_size=2, max_size=40, unique=True))
    pieces = [
        (a, a + step) for a, step in start if a + step < size * size and (step == size or a % size < size - 1)
    ] or [(0, 1)]
    steep = draw(st.lists(st.integers(0, len(pieces) - 1), max_size=4))
    # An island of its own, joined to nothing.
    far = len(places)
    places += [(9_000.0, 0.0), (9_900.0, 0.0), (9_900.0, 900.0)]
    pieces += [(far, far + 1), (far + 1, far + 2), (far, far + 2)]
    spots = draw(
        st.lists(
            st.tuples(st.integers(0, 7), st.integers(0, 60), st.integers(0, 9_000), st.sampled_from([0, 0, 13, 400])),
            min_size=1,
            max_size=14,
        )
    )
    return network(places, pieces, steep), spots, steep


@settings(max_examples=120, deadline=None)
@given(towns(), st.lists(st.booleans(), min_size=8, max_size=8), st.booleans())
def test_every_point_knows_its_three_nearest_open_shelters_exactly(
    town: tuple[Network, list[tuple[int, int, int, int]], list[int]], open_: list[bool], wheels: bool
) -> None:
    streets, spots, _ = town
    graph = graph_of(streets, wheels=wheels)
    doors = doors_at(streets, spots, wheels=wheels)
    labels = Searcher(streets, graph, doors).nearest(np.array(open_))
    assert told(labels) == plainly(streets, graph, doors, open_)
    require_ways(streets, graph, doors, labels)


@settings(max_examples=25, deadline=None)
@given(towns(), st.permutations(range(8)))
def test_closures_and_openings_in_any_order_leave_what_a_search_from_nothing_gives(
    town: tuple[Network, list[tuple[int, int, int, int]], list[int]], order: list[int]
) -> None:
    streets, spots, _ = town
    graph, doors = graph_of(streets), doors_at(streets, spots)
    searcher = Searcher(streets, graph, doors)
    open_ = np.ones(8, bool)
    for shelter in [*order[:5], *order[:2]]:
        open_[shelter] = not open_[shelter]
        after = searcher.nearest(open_)
        assert (
            told(after)
            == told(Searcher(streets, graph, doors).nearest(open_))
            == plainly(streets, graph, doors, open_.tolist())
        )


def require_ways(streets: Network, graph: Graph, doors: Doors, labels: Labels) -> None:
    """Whoever follows the ways out arrives, in just the time that was told, at a door of that shelter."""
    for point in range(streets.points):
        for k in range(3):
            shelter = int(labels.shelter[point, k])
            if shelter < 0:
                continue
            here, time = point, int(labels.time_ds[point, k])
            while True:
                rank = labels.shelter[here].tolist().index(shelter)
                assert int(labels.time_ds[here, rank]) == time
                out = int(labels.out[here, rank])
                if out == NO_WAY_OUT:
                    break
                way = int(graph.first[here]) + out
                time -= int(graph.cost_ds[way])
                here = int(graph.to[way])
            assert any(
                int(doors.shelter[door]) == shelter and here in (int(streets.start[piece]), int(streets.end[piece]))
                for door, piece in enumerate(doors.beside.piece)
            )


def test_of_two_shelters_equally_far_the_one_with_the_lower_number_comes_first() -> None:
    line = network([(0, 0), (700, 0), (1_400, 0)], [(0, 1), (1, 2)])
    middle = int(np.nonzero(np.bincount(np.concatenate([line.start, line.end])) == 2)[0][0])
    ends = [(1, 0, 0, 0), (0, 1, 10**6, 0)]
    doors = Doors(
        np.array([1, 0], np.int32),
        doors_at(line, ends).beside._replace(along_dm=np.array([0, line.length_dm[1]], np.int32)),
    )
    labels = Searcher(line, graph_of(line), doors).nearest(np.ones(2, bool))
    if int(labels.time_ds[middle, 0]) == int(labels.time_ds[middle, 1]):
        assert labels.shelter[middle, :2].tolist() == [0, 1]
    assert told(labels) == plainly(line, graph_of(line), doors, [True, True])


def test_an_island_without_a_shelter_has_no_way_to_one() -> None:
    places = [(0.0, 0.0), (1_100.0, 0.0), (5_000.0, 0.0), (6_100.0, 0.0)]
    streets = network(places, [(0, 1), (2, 3)])
    doors = doors_at(streets, [(0, 0, 0, 0)])
    labels = Searcher(streets, graph_of(streets), doors).nearest(np.ones(1, bool))
    assert sorted(len(near) for near in told(labels)) == [0, 0, 1, 1]


def test_nothing_is_near_where_every_shelter_is_closed() -> None:
    streets = network([(0.0, 0.0), (1_100.0, 0.0)], [(0, 1)])
    labels = Searcher(streets, graph_of(streets), doors_at(streets, [(0, 0, 0, 0)])).nearest(np.zeros(1, bool))
    assert told(labels) == [[], []]


def test_a_shelter_behind_steps_is_none_to_a_wheelchair_unless_there_is_a_way_round() -> None:
    square = [(0.0, 0.0), (700.0, 0.0), (700.0, 700.0), (0.0, 700.0)]
    ways = [(0, 1), (1, 2), (2, 3), (3, 0)]
    streets = network(square, ways, steps=[0])
    doors = doors_at(streets, [(0, 0, 0, 0)], wheels=True)
    on_foot = Searcher(streets, graph_of(streets), doors).nearest(np.ones(1, bool))
    rolling = Searcher(streets, graph_of(streets, wheels=True), doors).nearest(np.ones(1, bool))
    assert all(len(near) == 1 for near in told(rolling))
    assert (rolling.time_ds[:, 0] >= on_foot.time_ds[:, 0]).all()
    assert (rolling.time_ds[:, 0] > on_foot.time_ds[:, 0]).any()
