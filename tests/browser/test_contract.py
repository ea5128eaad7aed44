"""openapi.json against the gateway, by schemathesis: no 500, no answer that is not described. And the description against the schemas that the
hub is made of."""

import json
import os
import subprocess
import sys

import pytest

from services import ROOT
from waiting import wait_until

GATEWAY = ROOT / "services" / "dashboard-gateway"
CHECKS = ("not_a_server_error", "status_code_conformance", "content_type_conformance", "response_schema_conformance",
          "response_headers_conformance", "allow_header_conformance", "missing_required_header", "ignored_auth")
SECONDS = int(os.environ.get("HUB_CONTRACT_S", "15"))


def described():
    return json.loads((GATEWAY / "openapi.json").read_text())


def closed(schema):
    """The same schema without room for what it does not name."""
    if isinstance(schema, list):
        return [closed(each) for each in schema]
    if not isinstance(schema, dict):
        return schema
    made = {name: closed(each) for name, each in schema.items()}
    if schema.get("type") == "object" and "properties" in schema:
        made.setdefault("additionalProperties", False)
    return made


@pytest.fixture(scope="module")
def known(levers):
    """Referrals that are there, for the paths; also an answer, an alert and a dead letter."""
    site, county = levers.site, levers.site.county
    site.publisher.opened(county, county.lead, "contract", 20, starts_in_s=86400)
    ids = [f"contract-{i}" for i in range(6)]
    for each in ids:
        site.publisher.requested(county, county.centres[0], each)
    site.publisher.raw(b"\x00nonsense\xff", county.id)
    site.publisher.flush()
    control, lead = site.gateway.sign_in("control"), site.gateway.sign_in("lead")
    wait_until("the referrals", lambda: lead.get(f"/referrals?q=contract-").body["total"] == len(ids))
    sent = lead.post(f"/referrals/{ids[0]}/events", {"type": "ReferralAccepted"}, Idempotency_Key="contract")
    assert sent.status == 202, sent.bytes
    wait_until("the dead letter", lambda: control.get("/dead-letters").body["total"])
    wait_until("the answer", lambda: lead.get(f"/answers/{sent.body['event_id']}").status == 200)
    letters = [each["id"] for each in control.get("/dead-letters").body["items"]]
    alerts = [each["id"] for each in control.get("/alerts").body["items"]]
    return {"ids": ids, "answers": [sent.body["event_id"]], "letters": letters, "alerts": alerts}


def with_known(document, known):
    """Half of the paths lead somewhere."""
    def some(schema, values):
        return {"anyOf": [{"type": "string", "enum": values}, schema]} if values else schema

    document["components"]["schemas"] = closed(document["components"]["schemas"])
    path_id = document["components"]["parameters"]["ReferralIdPath"]
    path_id["schema"] = some({"type": "string", "minLength": 1, "maxLength": 128}, known["ids"])
    for path, name in (("/api/v1/answers/{event_id}", "answers"), ("/api/v1/dead-letters/{id}/replays", "letters"),
                       ("/api/v1/alerts/{id}/acknowledgements", "alerts")):
        for operation in document["paths"][path].values():
            parameter = next(each for each in operation["parameters"] if each.get("in") == "path")
            parameter["schema"] = some(parameter["schema"], known[name])
    return document


@pytest.mark.parametrize("user", ["control", "lead"])
def test_no_500_and_no_answer_that_is_not_described(levers, known, tmp_path, user):
    gateway = levers.site.gateway
    person = gateway.sign_in(user)
    path = tmp_path / "openapi.json"
    path.write_text(json.dumps(with_known(described(), known)))
    done = subprocess.run(
        [os.path.join(os.path.dirname(sys.executable), "schemathesis"), "run", path, "--url", gateway.url, "--checks", ",".join(CHECKS),
         "--max-time", str(SECONDS), "--phases", "examples,coverage,fuzzing", "--seed", "7", "--request-timeout", "20", "--warnings", "off",
         "--exclude-operation-id", "streamEvents", "--exclude-operation-id", "endSession", "--exclude-operation-id", "openSession", "--suppress-health-check", "all",
         "-H", f"Cookie: {person.cookie}", "-H", f"X-CSRF-Token: {person.csrf}"],
        cwd=tmp_path, capture_output=True, text=True, timeout=SECONDS + 120, check=False)
    assert done.returncode == 0, done.stdout[-6000:] + done.stderr[-2000:]
    assert gateway.alive() and gateway.get("/readyz")[0] == 200


def test_a_description_is_served_as_it_stands(levers):
    nobody = type(levers.site.gateway.sign_in("wall"))(levers.site.gateway.port)
    for name in ("openapi.json", "asyncapi.json"):
        assert nobody.get(f"/{name}").body == json.loads((GATEWAY / name).read_text())


def symbols(name):
    return json.loads((ROOT / "schemas" / f"{name}.avsc").read_text())["symbols"]


def test_its_enums_are_the_schemas_own():
    schemas = described()["components"]["schemas"]
    same = {"State": "referral/ReferralStage", "Urgency": "referral/Urgency", "Need": "referral/Need", "BedKind": "common/BedKind",
            "RoutePath": "referral/RoutePath"}
    for name, source in same.items():
        assert schemas[name]["enum"] == symbols(source)[1:], name
    assert schemas["Referral"]["properties"]["condition"]["enum"] == [*symbols("referral/Condition")[1:], None]
    assert schemas["Organisation"]["properties"]["kind"]["enum"] == symbols("registry/OrganisationKind")[1:]
    assert schemas["Organisation"]["properties"]["level"]["enum"] == symbols("registry/OrganisationLevel")[1:]
    outcomes = schemas["ReferralCompleted"]["properties"]["outcome"]["enum"]
    assert outcomes == symbols("referral/TreatmentOutcome")[1:]


def test_its_events_have_the_fields_of_their_schemas():
    schemas = described()["components"]["schemas"]
    for reference in schemas["Event"]["oneOf"]:
        name = reference["$ref"].split("/")[-1]
        fields = json.loads((ROOT / "schemas" / "referral" / f"{name}.avsc").read_text())["fields"]
        own = {each["name"]: each for each in fields if each["name"] not in ("referral_id", "org_id", "by_org_id", "attachments")}
        properties = {key: value for key, value in schemas[name]["properties"].items() if key != "type"}
        assert properties.keys() == own.keys(), name
        assert {*schemas[name]["required"]} - {"type"} == {key for key, each in own.items() if "default" not in each}, name
        for key, value in properties.items():
            assert value.get("maxLength") == own[key].get("hub.limit") or "enum" in value, f"{name}.{key}"
