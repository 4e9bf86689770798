"""Whose turn it is: fair, newest in a slot, and nothing runs that nobody wants."""

from __future__ import annotations

import threading

from colorgan_core.server.queue import Job, Queue


def job(client: object, number: int, slot: str = "") -> Job:
    return Job(client, number, "colorize", {}, [], slot)


def test_clients_take_turns() -> None:
    queue = Queue()
    for number in range(3):
        queue.put(job("a", number))
    queue.put(job("b", 0))
    queue.put(job("c", 0))
    taken = [queue.take(0) for _ in range(5)]
    assert [(each.client, each.number) for each in taken if each] == [("a", 0), ("b", 0), ("c", 0), ("a", 1), ("a", 2)]
    assert queue.take(0.01) is None


def test_a_newer_one_takes_the_place_of_an_older_one_in_its_slot() -> None:
    queue = Queue()
    first, other, second, third = job("a", 1, "live"), job("a", 2), job("a", 3, "live"), job("a", 4, "live")
    foreign = job("b", 1, "live")
    assert queue.put(first) == [] and queue.put(other) == [] and queue.put(foreign) == []
    assert queue.put(second) == [first] and first.stopped.is_set()
    assert queue.take(0) is other and queue.take(0) is foreign
    assert queue.take(0) is second
    assert queue.put(third) == [second] and second.stopped.is_set(), "one that runs, too"
    assert not foreign.stopped.is_set() and not other.stopped.is_set()


def test_no_slot_is_no_slot() -> None:
    queue = Queue()
    queue.put(job("a", 1))
    assert queue.put(job("a", 2)) == [] and queue.waiting("a") == 2


def test_stopping_one_or_all_of_a_client() -> None:
    queue = Queue()
    jobs = [job("a", 1), job("a", 2), job("a", 3), job("b", 1)]
    for each in jobs:
        queue.put(each)
    assert queue.take(0) is jobs[0]
    assert queue.stop("a", 2) == [jobs[1]] and queue.stop("a", 9) == []
    assert queue.stop("a") == [jobs[0], jobs[2]], "what runs and what waits"
    assert queue.take(0) is jobs[3] and queue.stop("nobody") == []


def test_who_waits_for_something_is_known() -> None:
    queue = Queue()
    assert not queue.has("a")
    queue.put(job("a", 1))
    assert queue.has("a") and not queue.has("b")
    queue.take(0)
    assert queue.has("a"), "it runs"
    queue.take(0)
    assert not queue.has("a")


def test_a_request_ends_once() -> None:
    each = job("a", 1)
    ended: list[bool] = []
    threads = [threading.Thread(target=lambda: ended.append(each.end())) for _ in range(20)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert ended.count(True) == 1


def test_who_waits_is_woken() -> None:
    queue, found = Queue(), []
    thread = threading.Thread(target=lambda: found.append(queue.take(5)))
    thread.start()
    queue.put(job("a", 1))
    thread.join(2)
    assert found[0] is not None and found[0].number == 1
