"""A router under the product's own supervisor (deploy/local/supervise), in a network of its own, leaving a core file in its
folder if it ever dies of a fault of its own."""

import os
import pathlib
import re
import resource
import signal
import struct
import subprocess

from services import ROOT, Router, end_with_parent


class SupervisedRouter(Router):
    def __init__(self, folder, broker, redis, prefix, instance, island, program, **settings):
        super().__init__(folder, broker, redis, prefix, instance, **settings)
        self.island, self.program, self.kills = island, program, 0
        self.host = island.address
        self.settings["admin.listen"] = f"{self.host}:{self.admin_port}"
        self.cores = self.folder / f"cores-{instance}"
        self.cores.mkdir(parents=True, exist_ok=True)
        self.clock_file = self.folder / f"{instance}.clock"

    def start(self, ready=True, own_clock=False):
        """own_clock: what the process takes for the time can be moved by set_clock."""
        environment = {"PATH": os.environ["PATH"]}
        if own_clock:
            self.set_clock(0)
            environment |= {"LD_PRELOAD": build_clock(self.folder), "SHIFTED_CLOCK": self.clock_file}
        supervisor = ROOT / "deploy" / "local" / "supervise"
        command = [*self.island.inside(), supervisor]
        # The clock is the daemon's alone, not its supervisor's.
        command += ["env", "-i", *(f"{name}={value}" for name, value in environment.items())]
        with open(self.log_path, "a") as log:
            self.process = subprocess.Popen(
                [*command, self.program, "--config", self.write_settings()],
                cwd=self.cores, stdin=subprocess.DEVNULL, stdout=log, stderr=log, start_new_session=True,
                preexec_fn=prepare)
        if ready:
            self.wait_ready()

    def set_clock(self, seconds):
        """How far the daemon's clock is ahead, from now on."""
        with open(os.open(self.clock_file, os.O_RDWR | os.O_CREAT), "wb") as out:  # in place: the daemon has it mapped
            out.write(struct.pack("=q", seconds))

    def pid(self):
        """Of the daemon; None while the supervisor pauses."""
        supervisor = self.process.pid
        try:
            children = pathlib.Path(f"/proc/{supervisor}/task/{supervisor}/children").read_text().split()
            return next((int(each) for each in children if self._is_daemon(each)), None)
        except FileNotFoundError:
            return None

    def _is_daemon(self, pid):
        try:
            return os.readlink(f"/proc/{pid}/exe") == str(self.program)
        except OSError:
            return False

    def signal(self, number):
        """To the daemon, if it runs."""
        pid = self.pid()
        if pid is None:
            return False
        os.kill(pid, number)
        return True

    def crash(self):
        """kill -9 of the daemon, from which the supervisor recovers."""
        self.kills += self.signal(signal.SIGKILL)

    def kill(self):
        """Supervisor and all."""
        if self.alive():
            os.killpg(self.process.pid, signal.SIGKILL)
        self.process.wait(10)

    def exit_codes(self):
        """Of every end of the daemon that its supervisor saw."""
        return [int(code) for code in re.findall(r"supervise: .* ended with exit code (\d+)", self.log())]

    def check_ends(self):
        """It may end as told (0), for a new epoch (75) and by the kills of the test (137), by nothing else."""
        codes = self.exit_codes()
        strange = [code for code in codes if code not in (0, 75, 128 + signal.SIGKILL)]
        cores = sorted(str(each) for each in self.cores.iterdir())
        assert not strange and not cores, f"{self.log_path}: ended with exit codes {strange}, core files {cores}"
        killed = codes.count(128 + signal.SIGKILL)
        assert killed <= self.kills, f"{self.log_path}: killed {killed} times, by us {self.kills}"


def prepare():
    """Of the supervisor's process, before it begins: core files of any size."""
    resource.setrlimit(resource.RLIMIT_CORE, (resource.RLIM_INFINITY, resource.RLIM_INFINITY))
    end_with_parent()


def build_clock(folder):
    """The library that shifts a process's clock."""
    library = folder / "shifted_clock.so"
    if not library.exists():
        source = ROOT / "tests" / "fault" / "shifted_clock.c"
        subprocess.run(["cc", "-std=c17", "-O2", "-shared", "-fPIC", "-o", library, source], check=True)
    return library
