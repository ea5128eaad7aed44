"""Random faults, one after another, under load: tests/fault/run. Chapters of some faults each begin with a new site and end
with the checker, so a run can be stopped at any time and goes on with the chapter it was in."""

import argparse
import contextlib
import json
import pathlib
import random
import shutil
import signal
import sys
import time

import evidence
import report
from checker import check_everything, wait_settled
from faults import FAULTS
from premises import Site, clear
from waiting import wait_until
from witness import Witness

LIMIT_S = 150  # no fault may stop decisions for longer, nor the site from being whole


def await_ground(site, upon):
    """What a fault needs to be whole before it strikes; after one fault at a time everything is."""
    if upon:
        wait_until(f"{upon} whole", site.whole if upon == "site" else site.broker.whole, LIMIT_S, pause=0.3)


def strike(site, witness, fault, chance, overlap):
    """One fault from its blow until nothing is left of it; overlap: until decisions go on. Returns what is to be told."""
    await_ground(site, fault.upon)
    blow = fault.act(site, chance)
    hit = next(blow)
    witness.probe()
    if fault.unmended:
        witness.await_recovery(LIMIT_S)
    for _ in blow:
        raise AssertionError("a fault yields once")
    mended = time.monotonic() - witness.struck
    first, last = witness.await_recovery(LIMIT_S)
    told = {"fault": fault.name, "hit": hit, "first": round(first, 2), "all": round(last, 2), "mended": round(mended, 1)}
    if not overlap:
        wait_until("a whole site", site.whole, LIMIT_S, pause=0.3)
        told["whole"] = round(time.monotonic() - witness.struck, 1)
    return told


def run_chapter(site, faults, tell, overlap=False):
    """On an open site. faults: (number, Fault, chance). tell(number, told): a line of each. overlap: the next one strikes
    as soon as decisions go on, into what is left of the last. Returns what the checker counted."""
    with contextlib.closing(Witness(site)) as witness:
        wait_until("the hospitals to be at work", lambda: witness.verdict() > 200, 60)
        for number, fault, chance in faults:
            at = time.strftime("%H:%M:%S")
            told = strike(site, witness, fault, chance, overlap)
            tell(number, {"at": at, **told, "decided": witness.verdict()})
            for router in site.routers:
                router.check_ends()
            time.sleep(chance.uniform(0, 3))
        sent = site.stop_hospitals() + witness.stop()
    bring_to_rest(site)
    checked = judge(site)
    # A publisher's client may repeat, too: seen while a leader died.
    assert checked["distinct"] == sent, f"{sent} events acknowledged, {checked['distinct']} in the topic"
    assert checked["dead_letters"] == 0, f"{checked['dead_letters']} dead letters"
    for router in site.routers:
        router.check_ends()
    return checked


def bring_to_rest(site):
    """Routers stand still: deadlines would go on while the checker reads one topic after another. What a deadline made one county
    say to another at the last moment would be undecided then: once more."""
    for _ in range(5):
        wait_settled(site, LIMIT_S)
        wait_until("a whole site", site.whole, LIMIT_S, pause=0.3)
        for router in site.routers:
            assert router.stop() == 0, f"router {router.name} did not end as told: {router.process.returncode}"
        with contextlib.suppress(AssertionError):
            return wait_settled(site, 0)
        for router in site.routers:
            router.start(ready=False)
    raise AssertionError("the counties have always something more to say to each other")


def judge(site):
    """The checker's verdict; hubctl audit must come to the same."""
    audited = site.hubctl.run("audit", check=False)
    said = f"hubctl audit (exit code {audited.returncode}): {(audited.stdout + audited.stderr)[-1500:]}"
    try:
        checked = check_everything(site)
    except AssertionError as error:
        raise AssertionError(f"{error}\n{said}") from error
    assert audited.returncode == 0, f"the checker finds nothing wrong, but {said}"
    return checked


class Campaign:
    def __init__(self, given):
        self.given, self.state = given, pathlib.Path(given.state).resolve()
        self.state.mkdir(parents=True, exist_ok=True)
        self.names = sorted(name for name in FAULTS if given.only in name)
        self.done = self.state / "chapters.jsonl"

    def chapters(self):
        return [json.loads(line) for line in self.done.read_text().splitlines()] if self.done.exists() else []

    def faults_of(self, chapter):
        first = chapter * self.given.chapter
        for number in range(first + 1, min(first + self.given.chapter, self.given.faults) + 1):
            chance = random.Random(f"{self.given.seed} {number}")
            yield number, FAULTS[chance.choice(self.names)], chance

    def run(self):
        for chapter in range(len(self.chapters()), -(-self.given.faults // self.given.chapter)):
            self._run_chapter(chapter)
        return report.summary(self.chapters())

    def _run_chapter(self, chapter):
        folder = self.state / f"chapter-{chapter + 1}"
        if folder.exists():
            clear(folder)
        site = Site(folder, f"{self.given.seed} {chapter}", self.given.rate, **dict(each.split("=", 1) for each in self.given.set))
        lines, failure, checked = [], None, None

        def tell(number, told):
            lines.append({"number": number, **told})
            print(report.line(number, told), flush=True)

        try:
            site.open()
        except BaseException:  # no verdict on the hub: the run ends here, and goes on from here
            site.close()
            raise
        try:
            checked = run_chapter(site, self.faults_of(chapter), tell, self.given.overlap)
        except Exception as error:  # noqa: BLE001 - a failure is a result
            failure = f"{type(error).__name__}: {error}"
            evidence.keep(site, folder)
        finally:
            site.close()
        with open(self.done, "a") as out:
            out.write(json.dumps({"chapter": chapter + 1, "lines": lines, "checked": checked, "failure": failure}) + "\n")
        print(report.chapter_line(chapter + 1, len(lines), checked, failure, folder), flush=True)
        if not failure:
            shutil.rmtree(folder)


def main():
    parser = argparse.ArgumentParser(prog="tests/fault/run", description=__doc__)
    parser.add_argument("--faults", type=int, default=25, help="how many (25)")
    parser.add_argument("--seed", default="1", help="which (1); the same seed draws the same faults")
    parser.add_argument("--state", default="build/faults", help="folder of results, to go on with (build/faults)")
    parser.add_argument("--chapter", type=int, default=25, help="faults between two looks of the checker (25)")
    parser.add_argument("--rate", type=float, default=150, help="events a second (150)")
    parser.add_argument("--overlap", action="store_true",
                        help="strike again as soon as decisions go on; ordinarily when nothing is left of the last fault")
    parser.add_argument("--only", default="", metavar="TEXT", help="only faults whose name contains TEXT")
    parser.add_argument("--set", action="append", default=[], metavar="NAME=VALUE",
                        help="a setting of the routers, dots as __ (kafka__session__timeout__ms=15000)")
    parser.add_argument("--list", action="store_true", help="the faults and why decisions go on, then end")
    given = parser.parse_args()
    if given.list:
        for each in FAULTS.values():
            print(f"{each.name:36} {each.recovers}")
        return 0
    signal.signal(signal.SIGTERM, signal.default_int_handler)  # the site goes down as with Ctrl-C
    return Campaign(given).run()


if __name__ == "__main__":
    sys.exit(main())
