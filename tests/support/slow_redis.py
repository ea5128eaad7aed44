"""A Redis behind a bad way: its answers come slowly, or not at all."""

import socket
import threading
import time


class SlowRedis:
    """Passes bytes on to redis; each 16 kB of its answers take `pause` seconds. silent: they do not come at all."""

    def __init__(self, redis, pause=0.0):
        self.target, self.client, self.pause, self.silent = redis, redis.client, pause, False
        self.listener = socket.create_server(("127.0.0.1", 0))
        self.address = f"127.0.0.1:{self.listener.getsockname()[1]}"
        threading.Thread(target=self._accept, daemon=True).start()

    def _accept(self):
        while True:
            try:
                inner, _ = self.listener.accept()
            except OSError:
                return
            host, port = self.target.address.split(":")
            outer = socket.create_connection((host, int(port)))
            threading.Thread(target=self._pass, args=(inner, outer, False), daemon=True).start()
            threading.Thread(target=self._pass, args=(outer, inner, True), daemon=True).start()

    def _pass(self, source, sink, answers):
        try:
            while data := source.recv(16384):
                if answers:
                    time.sleep(self.pause)
                    while self.silent:
                        time.sleep(0.05)
                sink.sendall(data)
        except OSError:
            pass
        finally:
            source.close()
            sink.close()

    def close(self):
        self.listener.close()
