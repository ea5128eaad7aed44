"""What a daemon says and does at its edges: arguments, configuration, signals, its admin address."""

import http.client
import json
import os
import socket
import subprocess
import time

from services import BUILD, free_port
from waiting import wait_until

PROGRAM = BUILD / "services" / "referral-router" / "hub-referral-router"
NOWHERE = {"HUB_KAFKA_BOOTSTRAP_SERVERS": "127.0.0.1:1", "HUB_REDIS_ADDRESS": "127.0.0.1:1"}


def run(*arguments, **environment):
    environment = {"PATH": os.environ["PATH"], **environment}
    return subprocess.run([PROGRAM, *arguments], capture_output=True, text=True, timeout=20, env=environment)


class Alone:
    """A router whose Kafka and Redis are nowhere."""

    def __init__(self, **environment):
        self.port = free_port()
        environment = {"PATH": os.environ["PATH"], "HUB_ADMIN_LISTEN": f"127.0.0.1:{self.port}", **NOWHERE, **environment}
        self.process = subprocess.Popen([PROGRAM], stderr=subprocess.PIPE, text=True, env=environment)
        wait_until("an admin address", lambda: self.get("/livez")[0] == 200, 20)

    def get(self, path, method="GET", body=None, headers={}):
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=10)
        try:
            connection.request(method, path, body, headers)
            answer = connection.getresponse()
            return answer.status, answer.read().decode()
        except OSError:
            return 0, ""
        finally:
            connection.close()

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.process.kill()
        self.process.communicate()


def test_version_and_help():
    assert run("--version").stdout.startswith("hub-referral-router ")
    help_text = run("--help").stdout
    assert "batch.events = 20000   [1 to 200000]" in help_text
    assert all(len(line) <= 120 for line in help_text.splitlines())


def test_an_unknown_argument_is_named():
    done = run("--chekc")
    assert done.returncode == 64
    assert done.stderr == "hub-referral-router: there is no argument --chekc here; see --help\n"


def test_check_only_checks(tmp_path):
    path = tmp_path / "router.conf"
    path.write_text("kafka.bootstrap.servers = 127.0.0.1:1\nredis.password = hunter2\n")
    done = run("--config", path, "--check")
    assert (done.returncode, done.stdout) == (0, "hub-referral-router: the configuration is complete\n")
    assert "hunter2" not in done.stdout + done.stderr


def test_mistakes_stop_the_start_with_file_line_and_hint(tmp_path):
    path = tmp_path / "router.conf"
    path.write_text("# a router\nkafka.bootstrap.servers = 127.0.0.1:1\nbatch.evnets = 7\nkafka.acks = 1\n")
    done = run("--config", path, HUB_BATCH_MS="soon", HUB_STATE_WRITE_VERSION="99")
    assert done.returncode == 64
    assert f"{path}:3: there is no option batch.evnets; did you mean batch.events?" in done.stderr
    assert f"{path}:4: kafka.acks: is always all here and cannot be set" in done.stderr
    assert 'HUB_BATCH_MS: batch.ms: expected a whole number from 1 to 10000, not "soon"' in done.stderr
    done = run(HUB_STATE_WRITE_VERSION="99")
    assert done.returncode == 64
    assert "kafka.bootstrap.servers: is not set" in done.stderr
    assert "state.write_version: this program knows state records up to version" in done.stderr


def test_a_taken_admin_address_is_one_clear_line():
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        done = run(HUB_ADMIN_LISTEN=f"127.0.0.1:{taken.getsockname()[1]}", **NOWHERE)
    assert done.returncode == 69
    assert "code=CANNOT_START place=admin.listen" in done.stderr
    assert "Address already in use" in done.stderr


def test_without_kafka_it_lives_says_so_and_stops_in_time():
    with Alone() as router:
        status, text = router.get("/readyz")
        assert status == 503 and text.startswith("not ready: ")
        status, text = router.get("/healthz", headers={"Accept": "application/json"})
        assert status == 503 and json.loads(text)["ready"] is False
        assert "\nhub_ready 0\n" in router.get("/metrics")[1]
        began = time.monotonic()
        router.process.terminate()
        assert router.process.wait(10) == 0
        assert time.monotonic() - began < 5
        assert "code=STOPPED" in router.process.stderr.read()


def test_the_admin_address_has_limits():
    with Alone() as router:
        assert router.get("/nothing")[0] == 404
        assert router.get("/metrics", "POST", "x")[0] in (405, 501)
        assert router.get("/livez", headers={"X": "a" * 20000})[0] in (0, 400, 413)
        assert router.get("/livez", "GET", "x" * 100000)[0] in (0, 400, 413)
        idle = [socket.create_connection(("127.0.0.1", router.port)) for _ in range(300)]
        wait_until("an answer after the flood", lambda: router.get("/livez")[0] == 200, 30)
        for each in idle:
            each.close()


def test_a_second_copy_of_an_instance_ends_the_first(make_hub):
    hub = make_hub()
    hub.router.start()
    second = hub.another_router(hub.router.settings["instance"])
    second.start(ready=False)
    assert hub.router.process.wait(60) == 75
    assert "code=FAILED" in hub.router.log()
    second.wait_ready()
    assert second.stop() == 0


def test_lines_of_json_are_all_there_is():
    """Also what libraries say: librdkafka of a Kafka that is nowhere."""
    with Alone(HUB_LOG_FORMAT="json", HUB_LOG_LEVEL="debug") as alone:
        wait_until("not ready", lambda: alone.get("/readyz")[0] == 503)
        lines = []

        def client_speaks():
            lines.append(json.loads(alone.process.stderr.readline()))
            return lines[-1]["code"].startswith("KAFKA_CLIENT")

        wait_until("librdkafka's line", client_speaks)
        alone.process.terminate()
        lines += [json.loads(line) for line in alone.process.stderr]
    assert all({"ts", "level", "daemon", "code"} <= set(line) for line in lines)
    assert {line["daemon"] for line in lines} == {"referral-router"}
    assert "STARTING" in {line["code"] for line in lines} and lines[-1]["code"] == "STOPPED"


def test_a_receiver_of_spans_must_be_one_that_can_be_spoken_to():
    done = run("--check", **NOWHERE, HUB_TRACE_OTLP_ENDPOINT="https://collector:4318")
    assert done.returncode == 64
    assert "trace.otlp_endpoint: expected http://host:port" in done.stderr
