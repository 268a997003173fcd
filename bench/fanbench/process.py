"""The programs of a measurement, and the system's figures about them."""

import glob
import json
import os
import subprocess
import time
import urllib.request

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
TARGET = os.path.join(ROOT, "target", "bench")
FANBENCH = os.path.join(TARGET, "fanbench")
FLOOR = os.path.join(TARGET, "floor")


class Unavailable(Exception):
    """The reason why an implementation cannot be measured here."""


class Program:
    """A child that ends with its stdin, and so never outlives this process."""

    def __init__(self, name, command, environment=None, directory=ROOT):
        self.name = name
        self.log = os.path.join(TARGET, name + ".log")
        with open(self.log, "wb") as log:
            self.process = subprocess.Popen(
                command, cwd=directory, env={**os.environ, **(environment or {})},
                stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=log)
        self.pid = self.process.pid

    def said(self):
        with open(self.log, encoding="utf-8", errors="replace") as log:
            return log.read()

    def first_line(self):
        """Returns the program's first line, JSON with the addresses on which it listens."""
        line = self.process.stdout.readline()
        if not line:
            self.process.wait()
            raise Unavailable(f"{self.name} has ended: {last_line(self.said())}")
        return json.loads(line)

    def stop(self):
        """Ends the program in order, or else by force."""
        self.process.stdin.close()
        self.end()

    def end(self):
        try:
            self.process.wait(10)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()
        self.process.stdout.close()


def last_line(text):
    """Returns the last line of the text without hints at the help."""
    lines = [line for line in text.strip().splitlines() if not line.startswith("Try ")]
    return lines[-1] if lines else "it said nothing"


def thread_seconds(pid):
    """Returns the processor time of each thread of a process: its name and seconds, by its id."""
    threads = {}
    for task in glob.glob(f"/proc/{pid}/task/*"):
        try:
            with open(task + "/comm", encoding="utf-8", errors="replace") as comm:
                name = comm.read().strip()
            with open(task + "/schedstat", encoding="ascii") as schedstat:
                threads[int(os.path.basename(task))] = name, int(schedstat.read().split()[0]) / 1e9
        except OSError:
            continue  # a thread that has just ended
    if not threads:
        raise Unavailable(f"no processor time of process {pid} in /proc")
    return threads


def spent(before, after):
    """Returns the seconds between two answers of thread_seconds, and those of the JVM's compiler threads among them."""
    seconds, compilers = 0.0, 0.0
    for thread, (name, now) in after.items():
        used = now - before.get(thread, (name, 0.0))[1]
        seconds += used
        if name.startswith(("C1 CompilerThre", "C2 CompilerThre")):
            compilers += used
    return seconds, compilers


def resident_bytes(pid):
    with open(f"/proc/{pid}/status", encoding="utf-8") as status:
        for line in status:
            if line.startswith("VmRSS:"):
                return int(line.split()[1]) * 1024
    raise OSError(f"process {pid} has no memory")


def http(url, post=False):
    request = urllib.request.Request(url, method="POST" if post else "GET")
    with urllib.request.urlopen(request, timeout=20) as answer:
        return answer.read()


def wait_until(what, condition, seconds=30.0, pause=0.05):
    end = time.monotonic() + seconds
    while not condition():
        if time.monotonic() > end:
            raise TimeoutError(f"{what}: not within {seconds} s")
        time.sleep(pause)


def java_home():
    """Returns the JDK 25 that bin/pushfanout finds."""
    places = [os.environ.get("PUSHFANOUT_JAVA_HOME"), os.environ.get("JAVA_HOME"), *sorted(glob.glob("/usr/lib/jvm/*"))]
    for home in filter(None, places):
        try:
            with open(os.path.join(home, "release"), encoding="utf-8") as release:
                if 'JAVA_VERSION="25' in release.read() and os.path.exists(os.path.join(home, "bin", "javac")):
                    return home
        except OSError:
            continue
    raise Unavailable("no JDK 25 found: set PUSHFANOUT_JAVA_HOME")
