"""The programs that hold common/kafka and common/redis against a real broker and Redis."""

import subprocess

from services import BUILD


def run(program, address):
    done = subprocess.run([BUILD / "tests" / "unit" / program, address], capture_output=True, text=True, timeout=300)
    assert done.returncode == 0, done.stdout + done.stderr


def test_kafka_port(broker):
    run("kafka/kafka_port_test", broker.address)


def test_store_port(redis):
    run("redis/store_port_test", redis.address)
