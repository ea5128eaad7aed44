"""The sample county with a gateway, and shoot.mjs in front of it. usage: screenshots.py DATA FOLDER"""

import os
import pathlib
import subprocess
import sys
import types

from gateway import PASSWORD, Gateway
from services import ROOT, free_port
from waiting import wait_until

HERE = pathlib.Path(__file__).parent
CONTROL, LEAD = "990121-A01", "990121-H01"
PEOPLE = [
    {"user": "control", "name": "县管理中心", "role": "COUNTY", "org_id": CONTROL},
    {"user": "wall", "name": "大屏", "role": "READ_ONLY", "org_id": CONTROL},
    {"user": "lead", "name": "人民医院转诊台", "role": "HOSPITAL", "org_id": LEAD},
]


def main(data, folder):
    kafka, redis, admin = free_port(2), free_port(), free_port()
    subprocess.run([ROOT / "deploy" / "local" / "up", "--data", data, "--kafka-port", str(kafka), "--redis-port", str(redis),
                    "--admin-port", str(admin),
                    "--http-port", str(free_port()), "--gateway-admin-port", str(free_port())], check=True, stdout=subprocess.DEVNULL)
    at = [types.SimpleNamespace(address=f"127.0.0.1:{port}") for port in (kafka, redis)]
    gateway = Gateway(pathlib.Path(data), *at, "", PEOPLE, instance="screenshots", hub__name="清溪县（示例）")
    gateway.start()
    try:
        control = gateway.sign_in("control")
        wait_until("the day", lambda: control.get("/referrals?limit=1").body["total"] and control.get("/freshness").body["complete"], 60)
        subprocess.run(["node", "shoot.mjs", os.path.abspath(folder)], cwd=HERE, check=True,
                       env=os.environ | {"HUB_URL": gateway.url, "HUB_PASSWORD": PASSWORD})
    finally:
        gateway.stop()


if __name__ == "__main__":
    main(*sys.argv[1:])
