"""A hub of a test's own on a broker and a Redis that it may share."""

import itertools

from confluent_kafka import Producer

from client import Publisher, Subscriber
from county import County, write_registry
from services import Hubctl, Router

_prefixes = itertools.count(1)


class Hub:
    """Topics of its own, small counties loaded, a router that is not started yet."""

    def __init__(self, folder, broker, redis, counties, partitions=None, **settings):
        self.folder, self.broker, self.redis = folder, broker, redis
        self.prefix = f"t{next(_prefixes)}."
        self.counties = [County(i) for i in range(counties)]
        self.hubctl = Hubctl(broker, redis, self.prefix)
        self.hubctl.run("topics", "create", *(["--partitions", str(partitions)] if partitions else []))
        # A broker that has just started may need longer than usual to take a first transaction on a busy machine.
        self.hubctl.run("registry", "load", write_registry(folder / "registry.json", self.counties), "--timeout", "45000")
        self.router = Router(folder, broker, redis, self.prefix, **settings)
        self.routers = [self.router]
        self.publisher = Publisher(broker, self.prefix)
        self.subscribers = []

    @property
    def county(self):
        return self.counties[0]

    def subscribe(self, topic, decode=True):
        subscriber = Subscriber(self.broker, self.prefix + topic, decode)
        self.subscribers.append(subscriber)
        return subscriber

    def another_router(self, instance, **settings):
        router = Router(self.folder, self.broker, self.redis, self.prefix, instance, **settings)
        self.routers.append(router)
        return router

    def take_back(self, topic, records):
        """Offsets of every partition of topic at which no reader finds a record, as the router's transactions and hubctl topics
        advance leave them there."""
        name = self.prefix + topic
        partitions = len(self.broker.admin.list_topics(name).topics[name].partitions)
        writer = Producer({"bootstrap.servers": self.broker.address, "transactional.id": f"{name}-gap"})
        writer.init_transactions(30)
        writer.begin_transaction()
        for partition in range(partitions):
            for _ in range(records):
                writer.produce(name, b"", b"-", partition=partition)
                writer.poll(0)
        writer.flush()
        writer.abort_transaction()

    def close(self):
        for router in self.routers:
            if router.process:
                router.kill()
        for subscriber in self.subscribers:
            subscriber.close()
