"""watch.py METRICS_URL PID EVENTS: waits until the router has decided EVENTS events, prints its rate and peak memory."""
import re
import sys
import time
import urllib.request

url, pid, want = sys.argv[1], sys.argv[2], int(sys.argv[3])


def decided():
    try:
        text = urllib.request.urlopen(url, timeout=2).read().decode()
    except OSError:
        return 0
    return sum(float(v) for v in re.findall(r"^hub_events_total\{[^}]*\} ([0-9.e+]+)$", text, re.M))


first = None
give_up = time.monotonic() + 300
while time.monotonic() < give_up:
    now, n = time.monotonic(), decided()
    if first is None and n > 0:
        first = (now, n)
    if n >= want:
        break
    time.sleep(0.02)
else:
    sys.exit(f"only {n:.0f} of {want} events were decided in time")
# What was decided before the first look is not counted.
rate = (n - first[1]) / (now - first[0])
peak = re.search(r"VmHWM:\s+(\d+)", open(f"/proc/{pid}/status").read()).group(1)
print(f"router events={want} seconds={now - first[0]:.3f} rate={rate:.0f} peak_mb={int(peak) // 1024}")
