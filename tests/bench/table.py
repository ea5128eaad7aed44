"""One table: a column a program, a row a measure; medians, and how far the rounds lie apart."""

import statistics
import sys

from programs import Floor, FloorWithRecords, Ours, Streams, StreamsFast, StreamsTuned

COLUMNS = (Floor, FloorWithRecords, Ours, Streams, StreamsTuned, StreamsFast)
RATIOS = ((Streams, "x Kafka Streams"), (StreamsTuned, "x Kafka Streams, tuned"), (Floor, "x floor"),
          (FloorWithRecords, "x floor, router's records"))


class Table:
    def __init__(self, title):
        self.title, self.cells, self.rows, self.notes = title, {}, [], []

    def add(self, program, row, value):
        if row not in self.rows:
            self.rows.append(row)
        self.cells.setdefault((type(program).key, row), []).append(value)

    def note(self, text):
        self.notes.append(text)

    @staticmethod
    def progress(text):
        print(text, file=sys.stderr, flush=True)

    def cell(self, key, row):
        values = self.cells.get((key, row))
        if not values:
            return ""
        if isinstance(values[-1], str):
            return values[-1]
        if isinstance(values[-1], tuple):
            return " / ".join(number(statistics.median(each)) for each in zip(*values))
        middle = number(statistics.median(values))
        return f"{middle} ({number(min(values))}-{number(max(values))})" if len(values) > 1 else middle

    def ratios(self):
        """Of the same round's events/s."""
        for base, row in reversed(RATIOS):
            below = self.cells.get((base.key, "events/s"))
            for column in COLUMNS:
                rates = self.cells.get((column.key, "events/s"))
                if below and rates and column is not base:
                    self.cells[column.key, row] = [a / b for a, b in zip(rates, below)]
                    if row not in self.rows:
                        self.rows.insert(self.rows.index("events/s") + 1, row)

    def print(self):
        self.ratios()
        used = [each for each in COLUMNS if any(key == each.key for key, _ in self.cells)]
        print(f"{self.title}\n\n| | {' | '.join(each.label for each in used)} |")
        print("|---" * (len(used) + 1) + "|")
        for row in self.rows:
            print(f"| {row} | {' | '.join(self.cell(each.key, row) for each in used)} |")
        for note in self.notes:
            print(f"\n{note}")


def number(value):
    if value >= 1000:
        return f"{value / 1000:,.0f} k" if value >= 10000 else f"{value:,.0f}"
    return f"{value:.0f}" if value >= 100 else f"{value:.1f}" if value >= 10 else f"{value:.2f}"
