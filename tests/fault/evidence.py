"""What a failed chapter leaves behind: its brokers' disks go with it, so the records are written down."""

import json

from checker import read


def keep(site, folder):
    for topic in ("referral.events", "referral.decisions", "referral-router.state"):
        try:
            with open(folder / f"{topic}.jsonl", "w") as out:
                for each in read(site, topic):
                    out.write(json.dumps({"partition": each.partition, "offset": each.offset, "at": each.timestamp,
                                          "key": each.key, "record": each.name, "value": each.value}, default=repr) + "\n")
        except Exception as error:  # noqa: BLE001 - brokers may be what failed
            (folder / f"{topic}.unread").write_text(repr(error))
