"""The implementations: each starts a manager for some nodes."""

import os
import re
import signal
import subprocess

from fanbench.process import FANBENCH, ROOT, Program, Unavailable, java_home, last_line, wait_until

# The CPU time of compiler threads that have ended could not be separated afterwards.
JVM_FLAGS = "-XX:-UseDynamicNumberOfCompilerThreads"


class Go:
    """The original design: goroutines of blocking unary calls."""

    warmup_seconds = 2

    def __init__(self, name, gogc, workers=50, nodes_mode="lean"):
        self.name, self.gogc, self.workers, self.nodes_mode = name, gogc, workers, nodes_mode

    def start(self, nodes):
        program = Program(self.name, [FANBENCH, "seed", "--nodes", ",".join(nodes), "--workers", str(self.workers)],
                          {"GOGC": str(self.gogc)})
        return Manager(program, program.first_line()["grpc"], program.stop)

    def free_memory(self, pid):
        os.kill(pid, signal.SIGUSR1)


class Java:
    # The compiler works for longer than that, but no longer on the hot code.
    warmup_seconds = 8

    def free_memory(self, pid):
        subprocess.run([os.path.join(java_home(), "bin", "jcmd"), str(pid), "GC.run"], check=True, stdout=subprocess.DEVNULL)


class PushFanout(Java):
    """The program, started like users start it."""

    nodes_mode = "lean"

    def __init__(self, name, *settings):
        self.name, self.settings = name, settings

    def start(self, nodes):
        command = [os.path.join(ROOT, "bin", "pushfanout"), "serve", "--grpc-port=0", "--http-port=0",
                   "--node", ",".join(nodes), "--max-message-size=100Mi"]
        for setting in self.settings:
            command += ["--set", setting]
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

    def ports(self, program):
        if program.process.poll() is not None:
            raise Unavailable(f"{self.name} has ended: {last_line(program.said())}")
        return re.search(r"^pushfanout: listening grpc=(\S+) http=(\S+)$", program.said(), re.MULTILINE)


class RawTcp(Java):
    """The floor: the same callers' side and engine, with the minimum of bytes to a node."""

    nodes_mode = "tcp"

    def __init__(self, name, unanswered=1000):
        self.name, self.unanswered = name, unanswered

    def start(self, nodes):
        target = os.path.join(ROOT, "target")
        classes = ":".join(os.path.join(target, part) for part in ("classes", "test-classes", "lib/*"))
        program = Program(self.name, [
            os.path.join(java_home(), "bin", "java"), "@" + os.path.join(ROOT, "bin", "jvm.options"), JVM_FLAGS,
            "-cp", classes, "io.pushfanout.rawtcp.RawTcpServer", ",".join(nodes), str(self.unanswered)])
        return Manager(program, program.first_line()["grpc"], program.stop)


class Manager:
    """A running manager."""

    def __init__(self, program, grpc, stop):
        self.pid, self.grpc, self.stop = program.pid, grpc, stop
