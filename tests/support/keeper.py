"""A supervisor in a thread: a router that ends is started again, as deploy/local/supervise does. An end that nobody
caused must be exit code 75."""

import threading
import time


class Keeper:
    def __init__(self, router):
        self.router = router
        self.lock = threading.Lock()
        self.stopping = threading.Event()
        self.ends = []  # exit codes of ends that the test did not cause
        self.thread = threading.Thread(target=self._run, daemon=True)
        self.thread.start()

    def kill(self):
        """kill -9; the keeper starts it again."""
        with self.lock:
            self.router.kill()
            self.router.start(ready=False)

    def _run(self):
        while not self.stopping.is_set():
            with self.lock:
                if not self.router.alive():
                    self.ends.append(self.router.process.returncode)
                    self.router.start(ready=False)
            time.sleep(0.2)

    def stop(self):
        self.stopping.set()
        self.thread.join(10)
        assert set(self.ends) <= {75}, f"the router ended with {self.ends}: {self.router.log()[-2000:]}"
