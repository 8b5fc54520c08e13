# SPDX-License-Identifier: MIT
"""What tests of the whole program share: the fixture `conc`.

    def test_version(conc):
        assert conc("--version").out.startswith("conc ")

    def test_redraw(conc):
        terminal = conc.terminal("threads", "--ttl", "0.5", columns=100)
        terminal.wait_for("sequential")
        terminal.signal(signal.SIGINT)
        assert terminal.finish() == 130
        assert terminal.is_whole()

Everything is bounded by time.  After each test no process that it started may be left:
every process of a test carries a name of its own in its environment, which children
inherit wherever they go, and zombies, which a lazy init has not reaped, have none.
"""

import concurrent.futures
import contextlib
import fcntl
import json
import os
import pathlib
import resource
import select
import shutil
import signal
import struct
import subprocess
import tempfile
import termios
import time
import uuid

import pytest

ROOT = pathlib.Path(__file__).resolve().parent.parent
CONC = os.environ.get("CONC", str(ROOT / "build" / "conc"))
#: What a build with sanitizers was made with: "", "asan" or "tsan".
SANITIZER = os.environ.get("CONC_SANITIZER", "")
#: Sanitizers make everything slower; no test states a time finer than this.
PATIENCE = 4 if SANITIZER else 1
#: A soak's one command may hold hundreds of runs.
TIMEOUT = (900 if os.environ.get("CONC_SOAK") else 30) * PATIENCE
TAG = "CONC_TEST_TAG"


def pytest_addoption(parser):
    parser.addoption("--soak", action="store_true", help="run the long repetitions")
    parser.addoption("--rounds", type=int, help="how many repetitions a soak test makes")
    parser.addoption("--soak-results", help="file to write the soak's results to, as JSON")
    parser.addoption("--failures", help="file to write the tests that failed to, as JSON")
    parser.addoption("--part", default="1/1", help="K/N: every N-th test, from the K-th on")


def pytest_configure(config):
    config.soak_results = {}
    config.failures = {}


def pytest_collection_modifyitems(config, items):
    wanted = config.getoption("--soak")
    part, parts = map(int, config.getoption("--part").split("/"))
    items[:] = [i for i in items if bool(i.get_closest_marker("soak")) == wanted]
    items[:] = items[part - 1::parts]
    for item in items:
        if SANITIZER and item.get_closest_marker("plain"):
            item.add_marker(pytest.mark.skip(reason="not for sanitizers"))


@pytest.hookimpl(hookwrapper=True)
def pytest_runtest_makereport(item):
    """Notes where it failed: in the test, or in what looks for things left behind."""
    report = (yield).get_result()
    if report.failed:
        item.has_failed = True
        item.config.failures[item.nodeid] = report.when


def pytest_sessionfinish(session):
    config = session.config
    for option, notes in (("--soak-results", config.soak_results),
                          ("--failures", config.failures)):
        path = config.getoption(option)
        if path:
            pathlib.Path(path).write_text(json.dumps(notes, indent=1))


# ---- processes


def processes_tagged(tag):
    """Living processes with the tag in their environment: {pid: command line}."""
    found = {}
    needle = f"{TAG}={tag}".encode()
    for entry in os.scandir("/proc"):
        if not entry.name.isdigit():
            continue
        with contextlib.suppress(OSError):
            directory = pathlib.Path(entry.path)
            if needle in (directory / "environ").read_bytes().split(b"\0"):
                words = (directory / "cmdline").read_bytes().split(b"\0")
                found[int(entry.name)] = b" ".join(words).decode("utf-8", "replace")
    return found


def wait_until(claim, timeout=5.0, step=0.01):
    """Wait until claim() is true; its value, or the last one when time is up."""
    end = time.monotonic() + timeout
    while True:
        value = claim()
        if value or time.monotonic() > end:
            return value
        time.sleep(step)


class Result:
    """How a run ended.  `status` is what a shell would show as $?."""

    def __init__(self, returncode, out, err, seconds):
        self.returncode = returncode
        self.status = 128 - returncode if returncode < 0 else returncode
        self.out_bytes, self.err_bytes = out, err
        self.out = out.decode("utf-8", "backslashreplace")
        self.err = err.decode("utf-8", "backslashreplace")
        self.seconds = seconds

    @property
    def json(self):
        return json.loads(self.out)

    def __repr__(self):
        return (f"status {self.status} after {self.seconds:.2f} s\n"
                f"--- out\n{self.out}\n--- err\n{self.err}")


class Running:
    """A process under way, started by Conc.start()."""

    def __init__(self, process, tag):
        self.process, self.tag = process, tag
        self.started = time.monotonic()

    @property
    def pid(self):
        return self.process.pid

    def signal(self, number):
        self.process.send_signal(number)

    def others(self):
        """The processes besides the first one: keeper, stage, and what those forked."""
        found = processes_tagged(self.tag)
        found.pop(self.pid, None)
        return found

    def wait_for_others(self, count, timeout=5.0):
        """Wait until there are at least so many; their pids, oldest first."""
        wait_until(lambda: len(self.others()) >= count, timeout * PATIENCE)
        return sorted(self.others())

    def finish(self, timeout=TIMEOUT):
        try:
            out, err = self.process.communicate(timeout=timeout)
        except subprocess.TimeoutExpired:
            self.process.kill()
            out, err = self.process.communicate()
            pytest.fail(f"still running after {timeout} s\n{out!r}\n{err!r}")
        seconds = time.monotonic() - self.started
        return Result(self.process.returncode, out or b"", err or b"", seconds)


def child_setup(limits, closed, user):
    """What a child does before it becomes conc: limits last, so that exec still works."""

    def setup():
        for number in closed:
            os.close(number)
        for number, value in limits.items():
            resource.setrlimit(number, (value, value))
        if user is not None:
            os.setgroups([])
            os.setgid(user)
            os.setuid(user)

    return setup


# ---- terminals


class Terminal:
    """A program in a real pseudo-terminal, its screen as pyte understands it."""

    def __init__(self, argv, env, columns, lines, tag):
        import pexpect
        import pyte

        self.tag = tag
        self.started = time.monotonic()
        self.screen = pyte.HistoryScreen(columns, lines, history=10000)
        self.stream = pyte.ByteStream(self.screen)
        self.raw = b""
        self.child = pexpect.spawn(argv[0], argv[1:], env=env, dimensions=(lines, columns),
                                   timeout=TIMEOUT, echo=True)
        self.child.delaybeforesend = None
        self.child.ptyproc.delayafterclose = 0.01
        self.child.ptyproc.delayafterterminate = 0.01
        self.before = self.modes()
        # It may have begun to draw, and hidden what is typed, or to take key by key.
        self.before[3] |= termios.ECHO | termios.ICANON
        self.before[6] = [bytes([c]) if isinstance(c, int) else c for c in self.before[6]]

    @property
    def pid(self):
        return self.child.pid

    @property
    def lines(self):
        """The lines of the screen, without blanks at their ends."""
        return [line.rstrip() for line in self.screen.display]

    @property
    def text(self):
        """All that is or was on the screen, from the top."""
        history = ["".join(line[i].data for i in range(self.screen.columns)).rstrip()
                   for line in self.screen.history.top]
        return "\n".join(history + self.lines).rstrip() + "\n"

    @property
    def cursor_is_hidden(self):
        return self.screen.cursor.hidden

    def modes(self):
        """As tcgetattr() has them."""
        return termios.tcgetattr(self.child.child_fd)

    @property
    def echoes(self):
        """Whether what is typed is shown."""
        return bool(self.modes()[3] & termios.ECHO)

    def read(self, seconds=0.05):
        """Take in what comes for a while.  False at the end of the output: it has ended, and
        all is read, which pexpect itself may not see where it looks for these in turn."""
        end = time.monotonic() + seconds
        while time.monotonic() < end:
            is_alive = self.child.isalive()
            if select.select([self.child.child_fd], [], [], 0.02)[0]:
                try:
                    data = os.read(self.child.child_fd, 65536)
                except OSError:  # nobody has it open any more
                    return False
                self.raw += data
                self.stream.feed(data)
            elif not is_alive:
                return False
        return True

    def wait_for(self, claim, timeout=10.0):
        """Until a text is on the screen, or claim(terminal) is true."""
        wanted = claim if callable(claim) else (lambda terminal: claim in terminal.text)
        end = time.monotonic() + timeout * PATIENCE
        open_still = True
        while not wanted(self):
            if not open_still or time.monotonic() > end:
                pytest.fail(f"waited in vain for {claim!r} on\n{self.text}")
            open_still = self.read(0.02)

    def send(self, data):
        self.child.send(data)

    def signal(self, number):
        os.kill(self.child.pid, number)

    def resize(self, columns, lines):
        """As a window does: the kernel sends SIGWINCH."""
        if columns and lines:
            self.screen.resize(lines, columns)
        size = struct.pack("HHHH", lines, columns, 0, 0)
        fcntl.ioctl(self.child.child_fd, termios.TIOCSWINSZ, size)

    def finish(self, timeout=TIMEOUT):
        """Wait for the end.  What a shell would show as $?."""
        end = time.monotonic() + timeout
        while self.read(0.1):
            if time.monotonic() > end:
                self.child.kill(signal.SIGKILL)
                pytest.fail(f"still running after {timeout} s\n{self.text}")
        self.child.wait()
        if self.child.signalstatus is not None:
            return 128 + self.child.signalstatus
        return self.child.exitstatus

    def is_whole(self):
        """Cursor visible, colours off, line settings as before: a prompt may come."""
        cursor = self.screen.cursor
        plain = cursor.attrs._replace(data=" ") == self.screen.default_char._replace(data=" ")
        try:
            settings = self.modes() == self.before
        except (OSError, ValueError, termios.error):
            settings = True  # the other side is closed: nobody's settings
        return not cursor.hidden and plain and settings and cursor.x == 0

    def close(self):
        self.child.close(force=True)


# ---- the fixture


class Conc:
    """Runs conc, and sees to it that nothing stays behind."""

    path = CONC
    sanitizer = SANITIZER
    patience = PATIENCE

    def __init__(self, directory):
        self.tag = uuid.uuid4().hex
        self.directory = directory
        self.terminals, self.processes = [], []

    def environment(self, changes=None):
        """A plain one, the same everywhere; None takes a variable out."""
        kept = {k: v for k, v in os.environ.items() if k.endswith("SAN_OPTIONS")}
        env = {"PATH": f"{pathlib.Path(CONC).parent}:/usr/bin:/bin", "HOME": "/",
               "LC_ALL": "C.UTF-8", "TERM": "xterm-256color", TAG: self.tag, **kept}
        env.update(changes or {})
        return {name: value for name, value in env.items() if value is not None}

    def start(self, *args, env=None, limits=None, closed=(), user=None, stdin=None,
              stdout=subprocess.PIPE, stderr=subprocess.PIPE, argv=None):
        """Start it.  `argv` is a program in its place; `limits` is {RLIMIT_…: value}."""
        process = subprocess.Popen(
            argv or [CONC, *args], env=self.environment(env), cwd=self.directory,
            stdin=subprocess.DEVNULL if stdin is None else stdin, stdout=stdout,
            stderr=stderr, start_new_session=True,
            preexec_fn=child_setup(limits or {}, closed, user))
        self.processes.append(process)
        return Running(process, self.tag)

    def __call__(self, *args, timeout=TIMEOUT, **how):
        """Run it to its end: conc("threads", "--ttl", "0.1", env={"TERM": "dumb"})."""
        return self.start(*args, **how).finish(timeout)

    def each(self, calls, beside=3):
        """Results of several runs, [(args, how), ...], some of them side by side: for
        those that mostly wait."""
        with concurrent.futures.ThreadPoolExecutor(beside) as pool:
            return list(pool.map(lambda call: self(*call[0], **call[1]), calls))

    def shell(self, command, timeout=TIMEOUT, **how):
        """Run a line of bash in which `conc` is the one under test."""
        return self(argv=["/bin/bash", "-c", command], timeout=timeout, **how)

    def terminal(self, *args, columns=80, lines=24, env=None, argv=None):
        """Start it in a pseudo-terminal."""
        terminal = Terminal(argv or [CONC, *args], self.environment(env), columns, lines,
                            self.tag)
        self.terminals.append(terminal)
        return terminal

    def left_behind(self, seconds=2.0):
        """Processes of this test that are there still, after they had time to go."""
        wait_until(lambda: not processes_tagged(self.tag), seconds * PATIENCE)
        return processes_tagged(self.tag)

    def give_up(self):
        """A test that has failed may not have ended what it started: so would a user."""
        for terminal in self.terminals:
            terminal.close()
        for process in self.processes:
            if process.poll() is None:
                process.terminate()
                process.send_signal(signal.SIGCONT)
                with contextlib.suppress(subprocess.TimeoutExpired, ValueError):
                    process.communicate(timeout=5 * PATIENCE)

    def finish(self):
        left = self.left_behind(10)  # how soon they go is what other tests say
        for pid in left:
            with contextlib.suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)
        for terminal in self.terminals:
            terminal.close()
        assert not left, f"processes left behind: {left}"


@pytest.fixture
def conc(request, tmp_path):
    if not os.access(CONC, os.X_OK):
        pytest.fail(f"no program at {CONC}: build first, or set CONC")
    program = Conc(tmp_path)
    yield program
    if getattr(request.node, "has_failed", False):
        program.give_up()
    program.finish()


@pytest.fixture
def stranger():
    """A user who has no processes, and a program that such a user may read."""
    if os.geteuid() != 0:
        pytest.skip("needs root, to become a user who has no processes")
    with tempfile.TemporaryDirectory() as folder:
        os.chmod(folder, 0o755)
        shutil.copy(CONC, pathlib.Path(folder, "conc"))
        yield 200_000 + os.getpid() % 100_000, str(pathlib.Path(folder) / "conc")


@pytest.fixture
def soak(request):
    """soak(default) is the number of rounds; soak.note(text) goes into the results."""

    class Soak:
        def __call__(self, default):
            return request.config.getoption("--rounds") or default

        def note(self, text):
            request.config.soak_results.setdefault(request.node.nodeid, []).append(text)

    return Soak()
