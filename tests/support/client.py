"""Publishers and subscribers as any hospital could write them: confluent-kafka, fastavro, no code of the hub."""

import itertools
import time

from confluent_kafka import Consumer, KafkaError, Producer, TopicPartition

from avro import SCHEMAS
from waiting import wait_until

_numbers = itertools.count(1)


def now_ms():
    return int(time.time() * 1000)


class Publisher:
    """Sends to <prefix>referral.events. name: begins its event ids, to tell several publishers apart; settings: more of
    librdkafka's; slow_s: by how much its clock is behind."""

    def __init__(self, broker, prefix, name="", settings=None, slow_s=0):
        self.topic, self.name, self.slow_ms = prefix + "referral.events", name, slow_s * 1000
        self.failed = []
        self.producer = Producer({
            "bootstrap.servers": broker.address,
            "partitioner": "murmur2_random",
            "enable.idempotence": True,
            "linger.ms": 5,
            "log_level": 2,
            "message.timeout.ms": 120000,
            "message.max.bytes": 3000000,
            **(settings or {}),
        })

    def send(self, name, county, source, **fields):
        """One event with a head of its own; returns it."""
        event = {
            "event_id": f"{self.name}e{next(_numbers)}",
            "occurred_at": now_ms() - self.slow_ms,
            "county_id": county.id,
            "consortium_id": county.consortium,
            "source_org_id": source,
            **fields,
        }
        self.again(name, event)
        return event

    def again(self, name, event):
        self.raw(SCHEMAS.encode(name, event), event["county_id"])

    def raw(self, value, key, partition=None, headers=None):
        options = {} if partition is None else {"partition": partition}
        if headers:
            options["headers"] = headers
        if self.slow_ms:
            options["timestamp"] = now_ms() - self.slow_ms
        self.producer.produce(self.topic, value=value, key=key, on_delivery=self._delivered, **options)
        self.producer.poll(0)

    def _delivered(self, error, _message):
        if error:
            self.failed.append(error)

    def flush(self, timeout=60):
        left = self.producer.flush(timeout)
        assert left == 0 and not self.failed, f"{left} events left, {self.failed[:3]}"

    # What hospitals say most.

    def opened(self, county, org_id, session_id, capacity, starts_in_s=3600, revision=1, **fields):
        starts_at = now_ms() + starts_in_s * 1000
        return self.send("SlotsOpened", county, org_id, org_id=org_id, session_id=session_id, revision=revision,
                         **{"specialty": "03.04", "need": "OUTPATIENT", "starts_at": starts_at,
                            "ends_at": starts_at + 4 * 3600 * 1000, "capacity": capacity, **fields})

    def requested(self, county, source, referral_id, urgency="ROUTINE", **fields):
        patient = {"patient_id": f"p-{referral_id}", "sex": "FEMALE", "birth_year": 1960}
        return self.send("ReferralRequested", county, source, **{
            "referral_id": referral_id, "patient": patient, "from_org_id": source, "direction": "UP",
            "urgency": urgency, "condition": "NONE", "specialty": "03.04", "diagnosis": "I20", "need": "OUTPATIENT",
            **fields})

    def says(self, name, county, org_id, referral_id, **fields):
        """ReferralAccepted, PatientArrived, ..."""
        return self.send(name, county, org_id, referral_id=referral_id, org_id=org_id, **fields)


class Record:
    """One message: name and value decoded (value None: a tombstone)."""

    def __init__(self, message):
        self.topic, self.partition, self.offset = message.topic(), message.partition(), message.offset()
        self.timestamp = message.timestamp()[1]
        self.key = message.key().decode() if message.key() is not None else None
        self.bytes = message.value()
        self.headers = {name: value for name, value in message.headers() or []}
        self.name, self.value = None, None

    def decode(self):
        if self.bytes is not None:
            self.name, self.value = SCHEMAS.decode(self.bytes)
        return self

    def __repr__(self):
        return f"{self.topic}[{self.partition}]@{self.offset} {self.name} {self.value}"


class Subscriber:
    """Reads all partitions of a topic from the beginning, read_committed; keeps what it has read, in order. settings: more of
    librdkafka's."""

    def __init__(self, broker, topic, decode=True, settings=None):
        self.topic, self.decode, self.records = topic, decode, []
        self.consumer = Consumer({
            "bootstrap.servers": broker.address,
            "log_level": 2,
            "group.id": "none",
            "enable.auto.commit": False,
            "isolation.level": "read_committed",
            "auto.offset.reset": "earliest",
            "enable.partition.eof": True,
            "fetch.wait.max.ms": 20,
            "fetch.error.backoff.ms": 20,
            **(settings or {}),
        })
        found = wait_until(f"topic {topic}", lambda: self.consumer.list_topics(topic, timeout=10).topics[topic].partitions)
        self.partitions = sorted(found)
        self.consumer.assign([TopicPartition(topic, each, 0) for each in self.partitions])
        self.ends = {}  # partition -> the offset where nothing more could be read

    def poll(self, timeout=0.05):
        for message in self.consumer.consume(1000, timeout):
            if message.error():
                if message.error().code() == KafkaError._PARTITION_EOF:
                    self.ends[message.partition()] = message.offset()
                continue
            self.ends.pop(message.partition(), None)
            record = Record(message)
            self.records.append(record.decode() if self.decode else record)

    def at_last_end(self):
        """At the end of every partition, and nothing in it waits for a transaction's end: a group's offsets can be committed
        before a reader may see what was written with them."""
        def last(partition):
            return self.consumer.get_watermark_offsets(TopicPartition(self.topic, partition), cached=True)[1]

        return len(self.ends) == len(self.partitions) and all(at >= last(partition) for partition, at in self.ends.items())

    def drain(self, timeout=0.05):
        """What came since the last time; kept no longer."""
        self.poll(timeout)
        records, self.records = self.records, []
        return records

    def read_all(self, timeout=180):
        """Everything that is there: to the end of every partition."""
        def at_end():
            self.poll()
            return len(self.ends) == len(self.partitions)

        wait_until(f"the end of {self.topic}", at_end, timeout, pause=0)
        return self.records

    def wait_for(self, what, matches, timeout=30):
        """The first record (from the beginning) for which matches(record) is true."""
        at = 0

        def found():
            nonlocal at
            while at < len(self.records):
                at += 1
                if matches(self.records[at - 1]):
                    return self.records[at - 1]
            self.poll()
            return None

        return wait_until(what, found, timeout, pause=0)

    def answer_to(self, event, timeout=30):
        """The decision that answers this event (not a repeat of it)."""
        def answers(record):
            named = record.value and record.value["answers"]
            return (named and named["event_id"] == event["event_id"]
                    and named["source_org_id"] == event["source_org_id"] and record.value["repeat_of"] is None)

        return self.wait_for(f"the answer to {event['event_id']}", answers, timeout)

    def close(self):
        self.consumer.close()
