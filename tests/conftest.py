"""What every test of this tree may ask for: a real broker and Redis, a hub of its own on them."""

import os

import pytest

from hub import Hub
from services import Broker, Pair, Redis

# Each JVM lives for seconds or minutes: half of its CPU time would go into optimizing what it never does again.
os.environ.setdefault("JAVA_TOOL_OPTIONS", "-XX:TieredStopAtLevel=1 -XX:+UseSerialGC")


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


@pytest.fixture
def own_redis(tmp_path):
    """For one test, which may kill it."""
    redis = Redis(tmp_path)
    redis.start()
    yield redis
    redis.end()


@pytest.fixture
def make_hub(tmp_path, broker, redis):
    """make_hub(counties=1, setting=value...): a hub that ends with the test; on_broker: instead of the tests' common one;
    partitions: other than the catalogue's."""
    hubs = []

    def make(counties=1, on_broker=broker, **settings):
        hub = Hub(tmp_path, on_broker, redis, counties, **settings)
        hubs.append(hub)
        return hub

    yield make
    for hub in hubs:
        hub.close()
    redis.client.flushall()
