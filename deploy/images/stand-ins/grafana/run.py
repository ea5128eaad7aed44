"""NOT Grafana: checks what Grafana would be provisioned with (data sources, dashboard providers, dashboards), prints what it
found, and answers /api/health on port 3000. Exits 1 when something is missing or does not parse."""

import http.server
import json
import os
import pathlib
import sys

import yaml

PROVISIONING = pathlib.Path(os.environ.get("GF_PATHS_PROVISIONING", "/etc/grafana/provisioning"))


def provisioned(kind: str, member: str) -> list[dict]:
    """The entries of every file of one kind, as Grafana reads them."""
    files = sorted(p for p in (PROVISIONING / kind).glob("*.y*ml"))
    return [entry for file in files for entry in yaml.safe_load(file.read_text()).get(member, [])]


def dashboards(providers: list[dict]) -> list[str]:
    """The titles of the dashboards in the providers' folders."""
    files = [f for p in providers for f in sorted(pathlib.Path(p["options"]["path"]).rglob("*.json"))]
    return [json.loads(file.read_text())["title"] for file in files]


class Health(http.server.BaseHTTPRequestHandler):
    """Answers like Grafana's /api/health, and says that it is not Grafana."""

    def do_GET(self) -> None:
        found = self.path == "/api/health"
        self.send_response(200 if found else 404)
        self.end_headers()
        self.wfile.write(b'{"database": "ok", "version": "stand-in, not Grafana"}' if found else b"")

    def log_message(self, format: str, *args: object) -> None:
        """Says nothing."""


def main() -> None:
    """Checks, then serves."""
    sources = [s["name"] + " " + s["url"] for s in provisioned("datasources", "datasources")]
    titles = dashboards(provisioned("dashboards", "providers"))
    print("stand-in, not Grafana. Data sources:", sources, "Dashboards:", titles, flush=True)
    if not sources or not titles:
        sys.exit("a data source or a dashboard is missing")
    http.server.ThreadingHTTPServer(("", 3000), Health).serve_forever()


if __name__ == "__main__":
    main()
