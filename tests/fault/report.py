"""The lines of a campaign and its sums."""

import collections
import math


def line(number, told):
    whole = f", whole {told['whole']:5.1f} s" if "whole" in told else ""
    unmended = "" if told["first"] > told["mended"] or told["mended"] < 0.5 else f", mended after {told['mended']:.1f} s"
    return (f"{number:5} {told['at']}  {told['fault'] + ': ' + told['hit']:66.66}"
            f" first {told['first']:6.2f} s, all {told['all']:6.2f} s{whole}{unmended};"
            f" {told['decided']} decided, 0 lost 0 doubled 0 torn")


def chapter_line(chapter, faults, checked, failure, folder):
    if failure:
        return f"chapter {chapter}: FAILED after {faults} faults: {failure}\n  everything is kept in {folder}"
    return (f"chapter {chapter}: {faults} faults; {checked['events']} events, {checked['decisions']} decisions: 0 lost,"
            " 0 doubled, 0 torn, slots add up, Redis = fold")


def percentile(values, share):
    """Nearest rank."""
    return sorted(values)[max(0, math.ceil(share * len(values)) - 1)]


def summary(chapters):
    """Prints the sums; returns the exit code."""
    by_name = collections.defaultdict(list)
    for chapter in chapters:
        for each in chapter["lines"]:
            by_name[each["fault"]].append(each)
    everything = [each for told in by_name.values() for each in told]
    print(f"\n{'':36} faults  first decision p50 / p99 / max   every county p50 / p99 / max")
    for name, told in [*sorted(by_name.items()), ("all", everything)]:
        if told:
            print(f"{name:36} {len(told):6}  {spread(told, 'first'):>31}  {spread(told, 'all'):>29}")
    failed = [chapter for chapter in chapters if chapter["failure"]]
    events = sum(chapter["checked"]["events"] for chapter in chapters if chapter["checked"])
    print(f"\n{len(everything)} faults in {len(chapters)} chapters, {events} events checked, {len(failed)} chapters failed")
    for chapter in failed:
        print(f"  chapter {chapter['chapter']}: {chapter['failure']}")
    return 1 if failed or not everything else 0


def spread(told, field):
    values = [each[field] for each in told]
    return f"{percentile(values, 0.5):.2f} / {percentile(values, 0.99):.2f} / {max(values):.2f} s"
