"""Reads "round N: floor ... rate=R ... | router ... rate=R ..." lines: the ratio of each round and the median."""
import re
import statistics
import sys

ratios = []
for line in sys.stdin:
    floor, ours = (float(r) for r in re.findall(r" rate=(\d+)", line))
    ratios.append(ours / floor)
print("router / floor: " + " ".join(f"{r:.2f}" for r in ratios) + f", median {statistics.median(ratios):.2f}")
