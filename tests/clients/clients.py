"""Where the clients are and how they are started; tests/run has installed what they need."""

import sys

from services import ROOT

HERE = ROOT / "tests" / "clients"
JAVA = ROOT / "build" / "clients" / "java"
PROGRAMS = {
    "python": [sys.executable, HERE / "python" / "first_referral.py"],
    "java": ["java", "-cp", f"{JAVA}/classes:{JAVA}/jars/*", "hospital.FirstReferral"],
    "node": ["node", HERE / "node" / "first-referral.mjs"],
}
