"""A hospital's connection to the hub: what it says, and the decisions that concern it."""

import os
import pathlib
import time
import uuid
from datetime import datetime, timezone

from confluent_kafka import Consumer, KafkaException, Producer

from hub_schemas import Schemas

BROKERS = os.environ.get("HUB_KAFKA_BOOTSTRAP_SERVERS", "127.0.0.1:19092")
PREFIX = os.environ.get("HUB_TOPIC_PREFIX", "")
FOLDER = pathlib.Path(__file__).resolve().parents[3] / "schemas" / "history"
SCHEMAS = Schemas(FOLDER, os.environ.get("HUB_CLIENT_SCHEMAS", "newest"))


class Hospital:
    def __init__(self, org_id, county_id, consortium_id):
        self.org_id, self.county_id, self.consortium_id = org_id, county_id, consortium_id
        self._producer = Producer({
            "bootstrap.servers": BROKERS,
            "enable.idempotence": True,  # acks=all, at most 5 requests in flight, no doubles by a retry
            "linger.ms": 5,
            "partitioner": "murmur2_random",  # the same county on the same partition, whatever the language
        })
        self._consumer = Consumer({
            "bootstrap.servers": BROKERS,
            "group.id": f"{org_id}.python",
            "isolation.level": "read_committed",  # decisions are written in transactions
            "auto.offset.reset": "earliest",
            "enable.auto.offset.store": False,  # only what was worked off counts as read
        })
        self._consumer.subscribe([PREFIX + "referral.decisions"])
        self._seen = set()  # in earnest: a table of your database, written with what you do about the decision

    def send(self, name, **fields):
        """Says something; returns the event, which sent again (`send_again`) has no second effect."""
        event = {
            "event_id": str(uuid.uuid4()),
            "occurred_at": datetime.now(timezone.utc),
            "county_id": self.county_id,
            "consortium_id": self.consortium_id,
            "source_org_id": self.org_id,
            **fields,
        }
        self.send_again(name, event)
        return event

    def send_again(self, name, event):
        """Raises when it is not sure that it arrived; it may have, so send the same event again."""
        errors = []
        self._producer.produce(PREFIX + "referral.events", key=event["county_id"], value=SCHEMAS.encode(name, event),
                               on_delivery=lambda error, _: error and errors.append(error))
        if self._producer.flush(30):
            raise TimeoutError(f"{BROKERS} did not acknowledge within 30 s")
        if errors:
            raise KafkaException(errors[0])

    def decisions(self, seconds=30):
        """Each decision that concerns this hospital, once: (name, fields)."""
        deadline = time.monotonic() + seconds
        while time.monotonic() < deadline:
            message = self._consumer.poll(0.1)
            if message is None:
                continue
            if message.error():
                raise KafkaException(message.error())
            name, decision = SCHEMAS.decode(message.value())
            if self.org_id in decision["party_org_ids"] and decision["event_id"] not in self._seen:
                self._seen.add(decision["event_id"])
                yield name, decision
            self._consumer.store_offsets(message)
        raise TimeoutError(f"{self.org_id}: no such decision within {seconds} s (hubctl dlq list?)")

    def answer_to(self, event):
        """The hub's answer to an event of this hospital."""
        mine = {"source_org_id": self.org_id, "event_id": event["event_id"]}
        return next((name, each) for name, each in self.decisions() if each["answers"] == mine)

    def close(self):
        self._consumer.close()
