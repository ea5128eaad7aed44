"""A network of its own for each daemon: a namespace, and for each server one cable (veth) into it, so that one cable can be
cut while the others hold. Servers live outside, each on an address of its own on the loopback device."""

import os
import random
import subprocess


def ip(*words):
    subprocess.run(["ip", *map(str, words)], check=True, capture_output=True, text=True)


class Network:
    """Server i is 10.N.0.i; cable i of island k is 10.N.(16k+i).0/30."""

    def __init__(self, servers, number=None):
        assert os.geteuid() == 0, "network namespaces need root: run the fault tests as root"
        self.number = number or self._free_number()
        self.servers = [f"10.{self.number}.0.{i + 1}" for i in range(servers)]
        self.islands = []

    @classmethod
    def remains(cls, number):
        """What is left of a network whose process was killed, to be closed."""
        network = cls(servers=8, number=number)
        names = subprocess.run(["ip", "netns"], check=True, capture_output=True, text=True).stdout.split()
        network.islands = [Island(network, int(name.split("-")[1])) for name in names if name.startswith(f"hub{number}-")]
        return network

    @staticmethod
    def _free_number():
        taken = subprocess.run(["ip", "-o", "-4", "addr"], check=True, capture_output=True, text=True).stdout
        return random.choice([n for n in range(64, 250) if f" 10.{n}." not in taken])

    def open(self):
        for server in self.servers:
            ip("addr", "add", f"{server}/32", "dev", "lo")

    def island(self):
        island = Island(self, len(self.islands) + 1)
        self.islands.append(island)
        island.open()
        return island

    def close(self):
        for island in self.islands:
            island.close()
        for server in self.servers:
            subprocess.run(["ip", "addr", "del", f"{server}/32", "dev", "lo"], check=False, capture_output=True)


class Island:
    """What one daemon sees of the world."""

    def __init__(self, network, k):
        self.network, self.k = network, k
        self.name = f"hub{network.number}-{k}"
        self.address = self._inner(0)

    def _subnet(self, i):
        return f"10.{self.network.number}.{16 * self.k + i}"

    def _inner(self, i):
        return f"{self._subnet(i)}.2"

    def open(self):
        ip("netns", "add", self.name)
        ip("-n", self.name, "link", "set", "lo", "up")
        for i, server in enumerate(self.network.servers):
            outer = f"h{self.network.number}.{self.k}.{i}"
            ip("link", "add", outer, "type", "veth", "peer", "name", f"s{i}", "netns", self.name)
            ip("addr", "add", f"{self._subnet(i)}.1/30", "dev", outer)
            ip("link", "set", outer, "up")
            ip("-n", self.name, "addr", "add", f"{self._inner(i)}/30", "dev", f"s{i}")
            ip("-n", self.name, "link", "set", f"s{i}", "up")
            self.mend_requests(i)

    def close(self):
        subprocess.run(["ip", "netns", "del", self.name], check=False, capture_output=True)

    def inside(self):
        """Stands before a command that is to run in here."""
        return ["ip", "netns", "exec", self.name]

    def cut_requests(self, i):
        """Nothing reaches server i; a new connection fails at once."""
        ip("-n", self.name, "route", "replace", "blackhole", f"{self.network.servers[i]}/32")

    def mend_requests(self, i):
        ip("-n", self.name, "route", "replace", f"{self.network.servers[i]}/32", "via", f"{self._subnet(i)}.1")

    def cut_answers(self, i):
        """Server i hears and acts, but its answers vanish: silence, as behind a firewall that drops."""
        ip("route", "replace", "blackhole", f"{self._inner(i)}/32")

    def mend_answers(self, i):
        ip("route", "del", "blackhole", f"{self._inner(i)}/32")
