"""The implementations: each starts a manager for some nodes."""

import hashlib
import os
import re
import signal
import subprocess

from fanbench.process import FANBENCH, FLOOR, ROOT, TARGET, Program, Unavailable, java_home, last_line, wait_until

# The CPU time of compiler threads that have ended could not be separated afterwards.
JVM_FLAGS = "-XX:-UseDynamicNumberOfCompilerThreads"
CERTIFICATE = os.path.join(TARGET, "certificate")
TOKEN = "bench-0123456789abcdef"
NO_COMPILER = "no C compiler (cc) is here"


class Implementation:
    """A manager by name; its nodes, and the callers' TLS and token."""

    nodes_mode = "lean"
    tls = False
    token = None
    warmup_seconds = 2

    def __init__(self, name):
        self.name = name

    def free_memory(self, pid):
        """Returns unused memory to the system, where the program can."""


class Floor(Implementation):
    """The floor, bench/floor: the same wire with no check at all."""

    warmup_seconds = 1

    def __init__(self, name, mode, tick_micros=0, workers=50):
        super().__init__(name)
        self.arguments = mode, tick_micros, workers

    def start(self, nodes):
        if not os.path.exists(FLOOR):
            raise Unavailable(NO_COMPILER)
        mode, tick_micros, workers = self.arguments
        program = Program(self.name, [FLOOR, mode, ",".join(nodes), str(tick_micros), str(workers)])
        return Manager(program, program.first_line()["grpc"], program.stop)


class Go(Implementation):
    """The original design: goroutines of blocking unary calls."""

    def __init__(self, name, gogc, workers=50, nodes_mode="lean", tls=False):
        super().__init__(name)
        self.gogc, self.workers, self.nodes_mode, self.tls = gogc, workers, nodes_mode, tls

    def start(self, nodes):
        command = [FANBENCH, "seed", "--nodes", ",".join(nodes), "--workers", str(self.workers)]
        if self.tls:
            command += ["--certificate", certificate()]
        program = Program(self.name, command, {"GOGC": str(self.gogc)})
        return Manager(program, program.first_line()["grpc"], program.stop)

    def free_memory(self, pid):
        os.kill(pid, signal.SIGUSR1)


class PushFanout(Implementation):
    """The program, started like users start it."""

    # The compiler works for longer than that, but no longer on the hot code.
    warmup_seconds = 8

    def __init__(self, name, *settings, tls=False, tokens=False):
        super().__init__(name)
        self.settings, self.tls, self.token = settings, tls, TOKEN if tokens else None

    def start(self, nodes):
        command = [os.path.join(ROOT, "bin", "pushfanout"), "serve", "--grpc-port=0", "--http-port=0",
                   "--node", ",".join(nodes), "--max-message-size=100Mi"]
        for setting in self.settings:
            command += ["--set", setting]
        if self.tls:
            files = certificate()
            command += ["--tls-cert", os.path.join(files, "tls.crt"), "--tls-key", os.path.join(files, "tls.key"),
                        "--tls-profile", "bench=" + files, "--set", "tls.profile=bench"]
        if self.token:
            command += ["--auth", "tokens", tokens_file(self.token)]
        program = Program(self.name, command, {
            "PUSHFANOUT_BUILD": "never", "PUSHFANOUT_JAVA_HOME": java_home(), "PUSHFANOUT_JAVA_OPTS": JVM_FLAGS})

        def stop():
            program.process.terminate()
            program.end()

        try:
            wait_until(f"{self.name} listens", lambda: self.ports(program))
            return Manager(program, self.ports(program)[1], stop)
        except BaseException:
            stop()
            raise

    def free_memory(self, pid):
        subprocess.run([os.path.join(java_home(), "bin", "jcmd"), str(pid), "GC.run"], check=True, stdout=subprocess.DEVNULL)

    def ports(self, program):
        if program.process.poll() is not None:
            raise Unavailable(f"{self.name} has ended: {last_line(program.said())}")
        return re.search(r"^pushfanout: listening grpc=(\S+) http=(\S+)$", program.said(), re.MULTILINE)


class Manager:
    """A running manager."""

    def __init__(self, program, grpc, stop):
        self.pid, self.grpc, self.stop = program.pid, grpc, stop


def certificate():
    """Returns the directory of a certificate for loopback, made once in a run."""
    if not os.path.exists(os.path.join(CERTIFICATE, f"of-{os.getpid()}")):
        os.makedirs(CERTIFICATE, exist_ok=True)
        subprocess.run([FANBENCH, "certificate", CERTIFICATE], check=True)
        with open(os.path.join(CERTIFICATE, f"of-{os.getpid()}"), "wb"):
            pass
    return CERTIFICATE


def tokens_file(token):
    path = os.path.join(TARGET, "tokens")
    with open(path, "w", encoding="ascii") as file:
        file.write(f"bench sha256:{hashlib.sha256(token.encode()).hexdigest()} all\n")
    return path
