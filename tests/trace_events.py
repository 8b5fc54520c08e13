# SPDX-License-Identifier: MIT
"""A reader of the trace-event format that believes nothing: "Trace Event Format", the
Chromium project, the form that is an object.  What it lets pass, viewers can show.

    read(text) -> Trace

Times are exact: a number's digits as they stand, in µs, as Decimal.
"""

import collections
import decimal
import json

NUMBER = (int, decimal.Decimal)

#: Which keys an event of each phase has, and which it may have.
MUST = {
    "X": {"name": str, "cat": str, "ts": NUMBER, "dur": NUMBER, "pid": int, "tid": int},
    "i": {"name": str, "cat": str, "ts": NUMBER, "pid": int, "tid": int, "s": str},
    "s": {"name": str, "cat": str, "ts": NUMBER, "pid": int, "tid": int, "id": int},
    "f": {"name": str, "cat": str, "ts": NUMBER, "pid": int, "tid": int, "id": int},
    "M": {"name": str, "pid": int, "args": dict},
}
MAY = {
    "X": {"args": dict, "cname": str},
    "i": {"args": dict},
    "s": {"args": dict},
    "f": {"args": dict, "bp": str},
    "M": {"tid": int},
}
METADATA = {"process_name": ("name", str), "process_sort_index": ("sort_index", int),
            "thread_name": ("name", str), "thread_sort_index": ("sort_index", int)}
#: Colours that a viewer has names for (Catapult's color_scheme.html).
COLOURS = {"thread_state_uninterruptible", "thread_state_iowait", "thread_state_running",
           "thread_state_runnable", "thread_state_sleeping", "thread_state_unknown",
           "generic_work", "good", "bad", "terrible", "black", "grey", "white"}


class Bad(AssertionError):
    """The text is not what a viewer reads."""


def demand(claim, *what):
    if not claim:
        raise Bad(" ".join(str(part) for part in what))


class Trace:
    def __init__(self, document):
        self.document = document
        self.other = document.get("otherData", {})
        self.slices = collections.defaultdict(list)  # by thread, in order
        self.instants = collections.defaultdict(list)
        self.flows = {}  # (category, name, id): [start, finish]
        self.processes, self.threads = {}, {}
        self.process_of = {}
        for event in document["traceEvents"]:
            self.take(event)
        self.check()

    # ---- one event

    def take(self, event):
        demand(isinstance(event, dict), "no object:", event)
        phase = event.get("ph")
        demand(phase in MUST, "unknown phase:", event)
        for key, kind in MUST[phase].items():
            demand(key in event, key, "is missing:", event)
        for key, value in event.items():
            if key == "ph":
                continue
            kind = {**MUST[phase], **MAY[phase]}.get(key)
            demand(kind is not None, "unknown key", key, event)
            demand(isinstance(value, kind) and not isinstance(value, bool), key, event)
        if "tid" in event:
            known = self.process_of.setdefault(event["tid"], event["pid"])
            demand(known == event["pid"], "a thread of two processes:", event)
        getattr(self, "take_" + {"X": "slice", "i": "instant", "s": "flow", "f": "flow",
                                 "M": "metadata"}[phase])(event)

    def take_slice(self, event):
        demand(event["ts"] >= 0 and event["dur"] >= 0, "a negative time:", event)
        demand(event.get("cname", "grey") in COLOURS, "no colour:", event)
        self.slices[event["tid"]].append(event)

    def take_instant(self, event):
        demand(event["ts"] >= 0 and event["s"] in ("g", "p", "t"), event)
        self.instants[event["tid"]].append(event)

    def take_flow(self, event):
        ends = self.flows.setdefault((event["cat"], event["name"], event["id"]), {})
        demand(event["ph"] not in ends, "a flow with two ends of a kind:", event)
        demand(event["ph"] == "s" or event.get("bp") == "e",
               "binds to the next slice, not to the one around it:", event)
        ends[event["ph"]] = event

    def take_metadata(self, event):
        demand(event["name"] in METADATA, "unknown metadata:", event)
        key, kind = METADATA[event["name"]]
        demand(list(event["args"]) == [key] and isinstance(event["args"][key], kind), event)
        if event["name"] == "process_name":
            demand(event["pid"] not in self.processes, "a process named twice:", event)
            self.processes[event["pid"]] = event["args"]["name"]
        if event["name"] == "thread_name":
            demand(event["tid"] not in self.threads, "a thread named twice:", event)
            self.threads[event["tid"]] = event["args"]["name"]
        demand(("tid" in event) == event["name"].startswith("thread"), event)

    # ---- all together

    def check(self):
        for thread in {*self.slices, *self.instants}:
            demand(thread in self.threads, "no name for thread", thread)
            demand(self.process_of[thread] in self.processes, "no name for its process")
        for thread in self.slices:
            self.check_nesting(thread)
        for ends in self.flows.values():
            demand(set(ends) == {"s", "f"}, "a flow without an end:", ends)
            demand(ends["s"]["ts"] <= ends["f"]["ts"], "a flow back in time:", ends)
            for end in ends.values():
                demand(self.slice_around(end), "a flow that holds on to nothing:", end)

    def check_nesting(self, thread):
        """A slice lies within the one that is open, or begins when that is over."""
        open_until = []
        for event in sorted(self.slices[thread], key=lambda e: (e["ts"], -e["dur"])):
            end = event["ts"] + event["dur"]
            while open_until and open_until[-1] <= event["ts"]:
                open_until.pop()
            demand(not open_until or end <= open_until[-1], "slices overlap:", event)
            open_until.append(end)

    def slice_around(self, event):
        """The innermost slice of its thread that is open at its time."""
        around = [s for s in self.slices[event["tid"]]
                  if s["ts"] <= event["ts"] < s["ts"] + s["dur"]]
        return min(around, key=lambda s: s["dur"], default=None)

    def arrows(self, name):
        """[(thread it starts from, thread it leads to)], by their names, in order."""
        chosen = [ends for (_, called, _), ends in self.flows.items() if called == name]
        return [(self.threads[ends["s"]["tid"]], self.threads[ends["f"]["tid"]])
                for ends in sorted(chosen, key=lambda ends: ends["f"]["ts"])]

    def threads_of(self, process):
        return {name: thread for thread, name in self.threads.items()
                if self.processes[self.process_of[thread]] == process}


def no_twice(pairs):
    keys = [key for key, _ in pairs]
    demand(len(keys) == len(set(keys)), "a key stands twice:", keys)
    return dict(pairs)


def nothing(word):
    raise Bad(f"{word} is no JSON")


def read(text):
    document = json.loads(text, parse_float=decimal.Decimal, parse_constant=nothing,
                          object_pairs_hook=no_twice)
    demand(isinstance(document, dict), "the form is that of an object")
    demand(isinstance(document.get("traceEvents"), list), "no traceEvents")
    demand(document.get("displayTimeUnit", "ms") in ("ms", "ns"), "displayTimeUnit")
    return Trace(document)
