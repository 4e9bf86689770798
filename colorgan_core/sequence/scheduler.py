"""A job: processes that make its frames, and one owner, which gives out frames and writes the manifest."""

from __future__ import annotations

import contextlib
import json
import queue
import threading
import time
from collections import Counter, deque
from collections.abc import Callable, Iterable, Iterator
from dataclasses import asdict, replace
from pathlib import Path
from typing import Literal, NamedTuple

from .. import errors
from ..engine.request import split_style
from ..errors import ColorganError, DiskFull, FramesFailed, UsageError, WeightsError
from ..files import sha256_of
from .chunk import UNSETTLED, chunk, take_over
from .file_pattern import Files
from .in_place import forget, replaced
from .job import Job, relative
from .keys.interval import led, stretches_of
from .manifest import Manifest, Record, kept_by
from .outcome import Outcome, State, Watch, frames_named
from .output_lock import owned
from .ray_backend import Cluster
from .staleness import Digests, is_in_place, options_of, reasons
from .worker_backend import Crew, Hand, Mail, Told, cores

STARTS = 3  # processes in a row that may end before they are ready
PATIENCE = 20.0  # s for what is being written when a job is stopped
TICK = 0.2  # s between looks whether to stop
ENDED = "The worker process ended while it rendered this frame, more than once: it was killed, or memory ran out."


Part = Literal["all", "settle", "chunk"]


def run(job: Job, stop: threading.Event, watch: Watch, part: Part = "all") -> Outcome:
    """Makes all frames that are not up to date. `stop`, once set, ends it after what is being written; the same job goes on later.

    part: "settle" makes no frame, but what all have in common and what keys say; "chunk" makes frames beside other processes that do
    so, once that is settled.

    Where no room is left (DiskFull) or no process can begin (WeightsError, UsageError), that is in the outcome, beside what is done.
    Raises UsageError where another job is at work on the same files, OutputError where nothing can be written.
    """
    with chunk(job) if part == "chunk" else _whole(job) as manifest:
        if part == "settle" and job.force:
            manifest.forget(task.frame for task in job.tasks)
        owner = _Owner(job, manifest, stop, watch, part)
        try:
            return owner.run()
        except DiskFull as error:
            more = "The same command continues from here, once there is room."
            return replace(owner.outcome(), error=DiskFull(f"{error} {more}"))
        except ColorganError as error:
            return replace(owner.outcome(), error=error)
        finally:
            owner.dismiss()


@contextlib.contextmanager
def _whole(job: Job) -> Iterator[Manifest]:
    place = kept_by(job.output, ".jsonl")
    with owned(place, job.names):
        manifest = Manifest(place)
        take_over(job, manifest)
        with manifest.writing(job.output.folder, job.folders):
            yield manifest


class Round(NamedTuple):
    """Who hears how each piece of work went: its name, its record and who did it, or its name, itself, what went wrong and after
    how many seconds."""

    done: Callable[[str, Record, Hand], None]
    failed: Callable[[str, Told, str, float | None], None]


def shortened(sentence: str, tasks: Iterable[Told]) -> str:
    """Names instead of paths."""
    for task in tasks:
        others = (task[name] for name in ("output", "report", "thumbnail", "key", "map"))
        for path in filter(None, (*task["inputs"].values(), *others)):
            sentence = sentence.replace(path, Path(path).name)
    return sentence


class _Owner:
    def __init__(self, job: Job, manifest: Manifest, stop: threading.Event, watch: Watch, part: Part) -> None:
        self.job, self.manifest, self.stop, self.watch, self.part = job, manifest, stop, watch, part
        self.mail: Mail = queue.Queue()
        self.crew = Crew() if job.cluster is None else Cluster(job.cluster)
        self.hands: list[Hand] = []
        self.starts = 0
        self.pending: deque[Told] = deque()
        self.suspects: deque[Told] = deque()  # frames in whose midst a process has ended: each is tried again alone
        self.tries: Counter[str] = Counter()
        self.tried: set[str] = set()
        self.digests = Digests(cores())
        self.workers = min(job.workers or self.crew.usual, self.crew.size)
        if job.workers and job.workers > self.workers:
            watch.note(
                f"There are {self.crew.size} {self.crew.what}, so {self.workers} processes are used instead of {job.workers}."
            )
        self.options = json.loads(json.dumps(options_of(job)))
        self.about: Told = {}
        self.look: Told | None = None
        self.unlike = False
        self.staged = {task.frame: task for task in job.tasks if task.staged}
        self.why: dict[str, str] = {}  # by frame, once it is known: why it is to be made, "" where it is not

    def run(self) -> Outcome:
        self._recover()
        records = {} if self.job.force else dict(self.manifest.records)
        new = 1 if self.part == "settle" else sum(task.frame not in records for task in self.job.tasks)
        for _ in range(max(1, min(self.workers, new))):
            self._start()
        if not self._wait_for_first():
            return self.outcome()
        if self.job.operation == "colorize":
            self._settle_look()
        if self.job.keys is not None and not self.stop.is_set():
            self._heed_keys(self.job.keys)
        if self.stop.is_set():
            return self.outcome()
        if self.part == "settle":
            if self.look is None and self.job.operation == "colorize":
                raise FramesFailed("No frame of the job can be read, so the shared colours cannot be chosen.")
            return self.outcome()
        self.watch.stage("comparing files with those of the last run")
        wanted = {"options": self.options, "look": self.look, "weights": self.about["weights"]}
        found = reasons(self.job, records, wanted, self.digests)
        self.why = dict(zip((task.frame for task in self.job.tasks), found, strict=True))
        self._warn(records, self.why)
        pieces = [asdict(task) for task in self.job.tasks if self.why[task.frame] and task.frame not in self.tried]
        self.watch.begin(len(pieces), "frames")
        self._make(pieces, Round(self._done, self._failed))
        for hand in self.hands:
            hand.send({"end": True})
        return self.outcome()

    def outcome(self) -> Outcome:
        """As it stands."""
        states = (
            State(
                task,
                self.why.get(task.frame, "stopped"),
                task.frame in self.tried,
                self.manifest.records.get(task.frame),
                None if task.known is None else self.manifest.known[task.frame],
            )
            for task in self.job.tasks
        )
        return Outcome(tuple(states))

    def _start(self) -> None:
        job = self.job
        outputs = job.outputs(job.tasks[0])
        shared = [str(files.path) for name, files in job.sequences.items() if files.is_single and name != "regions"]
        shared += [split_style(text)[0] for text in job.values.get("style", ())]
        settings = {
            "operation": job.operation, "values": job.values, "hinted": "hints" in job.sequences,
            "keyed": job.keys is not None, "layers": outputs.layers, "masks": job.masks, "dtype": job.dtype,
            "threads": max(1, cores() // self.workers), "shared": shared, "folder": str(self.manifest.path.parent),
            "token": self.manifest.token,
        }  # fmt: skip
        hand = self.crew.hire(settings, self.mail)
        if self.look is not None:
            hand.send({"look": self.look})
        self.hands.append(hand)

    def _hear(self) -> tuple[Hand, Told | None] | None:
        """The next word of any process, after what concerns all of them is seen to; None where there was none for a moment.

        Raises what a process says against beginning at all.
        """
        try:
            hand, told = self.mail.get(timeout=TICK)
        except queue.Empty:
            return None
        if told is None:
            self.hands.remove(hand)
            hand.end(0)
            if hand.about is None:
                self.starts += 1
                if self.starts >= STARTS:
                    cause = hand.cause or "memory may be low"
                    raise ColorganError(f"The worker processes end before they can start ({cause}).")
        elif "refused" in told:
            raise getattr(errors, told["kind"], ColorganError)(told["refused"])
        elif "about" in told:
            hand.about, self.starts = told["about"], 0
            self.about = self.about or told["about"]
            self._compare(told["about"])
        return hand, told

    def _compare(self, about: Told) -> None:
        """Raises WeightsError where processes would not make the same pixels, and says where they may not."""
        for name in ("weights", "version"):
            if about[name] != self.about[name]:
                raise WeightsError(
                    f"The machines of the cluster have different {name}, and frames would not match; install the same on all."
                )
        if about != self.about and not self.unlike:
            self.unlike = True
            self.watch.note(
                f"Machines differ ({about['processor']}, {self.about['processor']}): flat colours are the same, shade may differ by a unit."
            )

    def _wait_for_first(self) -> bool:
        """Whether a process is ready."""
        while not self.stop.is_set():
            if any(hand.about for hand in self.hands):
                return True
            if not self.hands:
                self._start()
            self._hear()
        return False

    def _settle_look(self) -> None:
        """The look that the manifest has, where it was found for the same wishes; else the one of the first frame that can be read."""
        basis = {"options": self.options, "weights": self.about["weights"], "reference": self._reference()}
        self.watch.stage("choosing colours for all frames")
        known = self.manifest.look
        if known is not None and known["basis"] == basis and not self.job.force:
            self.look = known["look"]
        elif self.part == "chunk":
            raise UsageError(UNSETTLED)
        else:
            for task in self.job.tasks:
                if is_in_place(self.job, task, self.manifest.records.get(task.frame), self.digests):
                    continue  # it is a result
                self.look = self._chosen(asdict(task))
                if self.look is not None:
                    for sentence in self.look.get("notes", ()):
                        self.watch.note(sentence)
                    self.manifest.add_look({"basis": basis, "look": self.look})
                    break
        for hand in self.hands:
            hand.send({"look": self.look})

    def _reference(self) -> str | None:
        files = self.job.sequences.get("reference")
        return sha256_of(files.path) if files is not None and files.is_single else None

    def _chosen(self, task: Told) -> Told | None:
        for _ in range(self.crew.tries):
            if not self._wait_for_first():
                return None
            chooser = next(hand for hand in self.hands if hand.about)
            chooser.send({"choose": task})
            while not self.stop.is_set():
                heard = self._hear()
                if heard is None or heard[0] is not chooser:
                    continue
                told = heard[1]
                if told is None:
                    break  # it ended over this frame, which another process tries once more
                if "failed" in told:
                    return None
                if "look" in told:
                    return dict(told["look"])
        return None

    def _warn(self, records: dict[str, Record], why: dict[str, str]) -> None:
        """Where frames that stay were made in another way, in which the last unit of a pixel may differ."""
        others = [
            frame
            for frame in self.staged
            if not why[frame] and records[frame].get("options") not in (None, self.options)
        ]
        if others:
            self.watch.note(
                f"{frames_named(others)}: these frames were already replaced by results with other options; "
                "they stay as they are."
            )
        kept = [records[frame] for frame, reason in why.items() if not reason and frame not in self.staged]
        if not kept or len(kept) == len(why):
            return
        for name, words in (
            ("processor", "on another processor"),
            ("dtype", "in another dtype"),
            ("version", "by another version"),
        ):
            others = sorted({str(record.get(name)) for record in kept} - {self.about[name]})
            if others:
                self.watch.note(
                    f"Frames that are up to date were rendered {words} ({', '.join(others)}, now {self.about[name]}): flat colours are the "
                    "same, shade may differ by one unit; --force renders all of them again."
                )

    def _heed_keys(self, keys: Files) -> None:
        """Has regions followed from the keys wherever that is not known already, and puts into the tasks what keys say of them."""
        used = {task.key for task in self.job.chain}
        strays = [path.name for path in keys.there if str(path) not in used]
        if strays:
            self.watch.note(f"{frames_named(strays)}: there is no frame for this key, so it is not used.")
        self.watch.stage("looking for frames whose keys have changed")
        stretches = stretches_of(self.job, self.digests)
        known = self.manifest.known
        stale = {each.name: each for each in stretches if self.job.force or not each.is_known(known, self.digests)}

        if stale and self.part == "chunk":
            raise UsageError(UNSETTLED)

        def found(name: str, records: Record, _: object) -> None:
            for frame in stale[name].wanted:
                self.manifest.add_known(frame, {"basis": stale[name].basis, **records.get(frame, {})})
            self.watch.done(name)

        def lost(name: str, piece: Told, sentence: str, _: float | None) -> None:
            sentence = shortened(sentence, piece["stretch"])
            for frame in stale[name].wanted:
                self._add(frame, {"error": sentence})
            self.watch.failed(name, sentence)

        self.watch.begin(len(stale), "keys")
        self._make([each.plain() for each in stale.values()], Round(found, lost))
        self.job = led(self.job, known, {frame for each in stretches for frame in each.wanted} - self.tried)

    def _make(self, pieces: list[Told], round_: Round) -> None:
        self.pending.extend(pieces)
        while self.pending or self.suspects or any(hand.frames for hand in self.hands):
            if self.stop.is_set():
                self._end_early(round_)
                return
            self._give_out()
            heard = self._hear()
            if heard is not None:
                self._take(*heard, round_)

    def _give_out(self) -> None:
        waiting = len(self.pending) + len(self.suspects) + sum(len(hand.frames) for hand in self.hands)
        if len(self.hands) < min(self.workers, waiting):
            self._start()
        for hand in self.hands:  # a suspect frame goes to a process that has no other
            if self.suspects and hand.room and not hand.frames:
                hand.alone = True
                hand.give(self.suspects.popleft())
        while self.pending and not self.suspects:
            hand = max(self.hands, key=lambda hand: hand.room)
            if not hand.room:
                return
            hand.give(self.pending.popleft())

    def _take(self, hand: Hand, told: Told | None, round_: Round) -> None:
        if told is None:
            for frame, task in hand.frames.items():
                record = replaced(self.staged[frame]) if frame in self.staged else None
                if record is not None:
                    round_.done(frame, record, hand)
                    continue
                self.tries[frame] += 1
                if self.tries[frame] < self.crew.tries:
                    self.suspects.append(task)
                else:
                    round_.failed(frame, task, ENDED, None)
        elif "done" in told:
            hand.alone = False
            if hand.frames.pop(told["done"], None) is not None:
                round_.done(told["done"], told["record"], hand)
        elif "failed" in told:
            hand.alone = False
            given = hand.frames.pop(told["failed"], None)
            if told["full"]:
                raise DiskFull(told["sentence"])
            if given is not None:
                round_.failed(told["failed"], given, told["sentence"], told["seconds"])

    def _done(self, frame: str, record: Record, hand: Hand) -> None:
        self._add(frame, {**self._named(record), **(hand.about or {})})
        if frame in self.staged:
            forget(self.staged[frame])
        self.watch.done(frame)

    def _named(self, record: Record) -> Record:
        """A record as a manifest has it, with no folder of this machine in it."""
        outputs = {relative(path, self.job.output.folder): digest for path, digest in record["outputs"].items()}
        return {**record, "outputs": outputs}

    def _recover(self) -> None:
        """Takes into the manifest what a kill has left out of it: frames in whose place their results are already."""
        for frame, task in self.staged.items():
            record = replaced(task)
            if record is not None:
                self.manifest.add({"frame": frame, **self._named(record)})
                forget(task)

    def _failed(self, frame: str, task: Told, sentence: str, seconds: float | None) -> None:
        sentence = shortened(sentence, [task])
        self._add(frame, {"error": sentence, "seconds": seconds})
        self.watch.failed(frame, sentence)

    def _add(self, frame: str, record: Record) -> None:
        self.tried.add(frame)
        when = time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime())
        self.manifest.add(
            {"frame": frame, **self.about, **record, "options": self.options, "look": self.look, "time": when}
        )

    def _end_early(self, round_: Round) -> None:
        """What is being written is finished and noted; what is being painted is given up."""
        for hand in self.hands:
            hand.send({"stop": True})
        until = time.monotonic() + PATIENCE
        while self.hands and time.monotonic() < until:
            heard = self._hear()
            if heard is not None and heard[1] is not None and "done" in heard[1]:
                self._take(*heard, round_)

    def dismiss(self) -> None:
        """Ends every process, at once where it does not go by itself."""
        for hand in self.hands:
            hand.send({"stop": True})
        for hand in self.hands:
            hand.end(0 if self.stop.is_set() else PATIENCE)
        self.crew.close()
