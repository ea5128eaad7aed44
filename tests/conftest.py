"""What every test of this tree may ask for: a real broker and Redis, a hub of its own on them."""

import itertools

import pytest

from client import Publisher, Subscriber
from county import County, write_registry
from services import Broker, Hubctl, Pair, Redis, Router

_prefixes = itertools.count(1)


@pytest.fixture(scope="session")
def broker(tmp_path_factory):
    """A Kafka broker for all tests; each hub has its own topics by a prefix."""
    broker = Broker(tmp_path_factory.mktemp("kafka"))
    broker.start()
    yield broker
    broker.kill()


@pytest.fixture
def lone_broker(tmp_path):
    broker = Broker(tmp_path)
    broker.start()
    yield broker
    broker.kill()


@pytest.fixture
def pair(tmp_path):
    """Two brokers for one test, which may kill the second."""
    pair = Pair(tmp_path)
    pair.start()
    yield pair
    pair.kill()


@pytest.fixture(scope="module")
def redis(tmp_path_factory):
    redis = Redis(tmp_path_factory.mktemp("redis"))
    redis.start()
    yield redis
    redis.kill()


class Hub:
    """Topics of its own, small counties loaded, a router that is not started yet."""

    def __init__(self, folder, broker, redis, counties, **settings):
        self.folder, self.broker, self.redis = folder, broker, redis
        self.prefix = f"t{next(_prefixes)}."
        self.counties = [County(i) for i in range(counties)]
        self.hubctl = Hubctl(broker, redis, self.prefix)
        self.hubctl.run("topics", "create")
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

    def close(self):
        for router in self.routers:
            if router.process:
                router.kill()
        for subscriber in self.subscribers:
            subscriber.close()


@pytest.fixture
def make_hub(tmp_path, broker, redis):
    """make_hub(counties=1, setting=value...): a hub that ends with the test; on_broker: instead of the tests' common one."""
    hubs = []

    def make(counties=1, on_broker=broker, **settings):
        hub = Hub(tmp_path, on_broker, redis, counties, **settings)
        hubs.append(hub)
        return hub

    yield make
    for hub in hubs:
        hub.close()
    redis.client.flushall()
