"""Who a patient is: pseudonyms in four languages by one file of vectors; identities sealed by one library and opened by
another, also on their way through the hub."""

import base64
import json
import os
import subprocess
import sys

import pytest

from clients import HERE, PROGRAMS
from services import BUILD, ROOT

sys.path.insert(0, str(HERE / "python"))
from sealed_identity import open_sealed, public_key_of, seal, secret_key_of  # noqa: E402

VECTORS = json.loads((ROOT / "schemas" / "pseudonym-vectors.json").read_text())
IDENTITY = {"name": "王小明", "id_kind": "RESIDENT_ID", "id_number": "11010519491231002X", "phone": "13800000000"}
HUBCTL = BUILD / "services" / "hubctl" / "hubctl"
PSEUDONYMS = {
    "python": [sys.executable, HERE / "python" / "pseudonym.py"],
    "java": [*PROGRAMS["java"][:-1], "hospital.Pseudonym"],
    "node": ["node", HERE / "node" / "pseudonym.mjs"],
}


def identity(*words, given, status=0):
    text = given if isinstance(given, str) else json.dumps(given, ensure_ascii=False)
    done = subprocess.run([HUBCTL, "identity", *words], input=text, capture_output=True, text=True, timeout=20)
    assert done.returncode == status, done.stdout + done.stderr
    return json.loads(done.stdout) if status == 0 else done.stderr


def as_json(sealed):
    return sealed | {"bytes": base64.b64encode(sealed["bytes"]).decode()}


def from_json(sealed):
    return sealed | {"bytes": base64.b64decode(sealed["bytes"])}


@pytest.fixture
def keys(tmp_path):
    """A receiver's pair of files: secret, public."""
    secret = tmp_path / "H1.key"
    subprocess.run([HUBCTL, "identity", "keygen", secret], check=True, capture_output=True)
    return secret, tmp_path / "H1.key.pub"


@pytest.fixture
def province_key(tmp_path):
    path = tmp_path / "province.key"
    path.write_text(json.dumps({key: VECTORS[key] for key in ("generation", "pseudonym_key")}))
    path.chmod(0o600)
    return path


@pytest.mark.parametrize("program", PSEUDONYMS)
def test_pseudonyms_are_the_published_ones(program, province_key):
    documents = VECTORS["patients"] + VECTORS["refused"]
    lines = "".join(json.dumps(each) + "\n" for each in documents)
    done = subprocess.run([*PSEUDONYMS[program], province_key], input=lines, capture_output=True, text=True, timeout=30,
                          check=True)
    assert done.stdout.splitlines() == [each.get("patient_id", "refused") for each in documents]


def test_hubctl_makes_the_same_pseudonyms(province_key):
    lines = "".join(json.dumps(each) + "\n" for each in VECTORS["patients"])
    done = subprocess.run([HUBCTL, "identity", "pseudonym", "--key", province_key], input=lines, capture_output=True,
                          text=True, timeout=20, check=True)
    assert done.stdout.splitlines() == [each["patient_id"] for each in VECTORS["patients"]]
    for each in VECTORS["refused"]:
        said = identity("pseudonym", "--key", province_key, given=each, status=3)
        assert "line 1" in said and (not each["id_number"] or each["id_number"] not in said)


def test_sealed_by_pynacl_and_opened_by_hubctl(keys):
    secret, public = keys
    sealed = seal(public_key_of(public), IDENTITY)
    assert identity("open", "--key", secret, given=as_json(sealed)) == IDENTITY


def test_sealed_by_hubctl_and_opened_by_pynacl(keys):
    secret, public = keys
    sealed = identity("seal", "--to", public, given=IDENTITY)
    assert open_sealed(secret_key_of(secret), from_json(sealed)) == IDENTITY


def test_only_the_receiver_opens_it(keys, tmp_path):
    secret, public = keys
    other = tmp_path / "H2.key"
    subprocess.run([HUBCTL, "identity", "keygen", other], check=True, capture_output=True)
    sealed = identity("seal", "--to", public, given=IDENTITY)
    assert "another key" in identity("open", "--key", other, given=sealed, status=3)
    forged = sealed | {"key_id": json.loads(other.read_text())["key_id"]}
    assert "another key" in identity("open", "--key", other, given=forged, status=3)
    os.chmod(secret, 0o644)
    assert "chmod 600" in identity("open", "--key", secret, given=sealed, status=3)
    assert "is there already" in identity("keygen", public, given="", status=3)


def test_an_identity_travels_through_the_hub_unread(keys, make_hub):
    hub = make_hub()
    hub.router.start()
    secret, public = keys
    county, say, decisions = hub.county, hub.publisher, hub.subscribe("referral.decisions")
    decisions.answer_to(say.opened(county, county.lead, "s1", 1))
    requested = say.requested(county, county.centres[0], "r1", patient={
        "patient_id": VECTORS["patients"][0]["patient_id"], "sex": "MALE", "birth_year": 1949,
        "identity": seal(public_key_of(public), IDENTITY)})
    routed = decisions.answer_to(requested)
    assert routed.name == "ReferralRouted"
    sealed = routed.value["referral"]["patient"]["identity"]
    assert identity("open", "--key", secret, given=as_json(sealed)) == IDENTITY
    # As an operator would, by hand.
    place = f"{routed.partition}:{routed.offset}"
    line = hub.hubctl.run("tail", "referral.decisions", "--at", place, "--json", "--show-personal").stdout
    shown = json.loads(line)["value"]["referral"]["patient"]["identity"]
    assert identity("open", "--key", secret, given=shown) == IDENTITY
    hidden = hub.hubctl.run("tail", "referral.decisions", "--at", place, "--json").stdout
    assert shown["bytes"] not in hidden
