"""Small counties for tests, as files of `hubctl registry load`: a lead hospital, a second one, three health centres each."""

import json

CITY, PROVINCE = "980100", "980000"


class County:
    """The i-th: ids of its organisations."""

    def __init__(self, i):
        self.id = f"9801{21 + i}"
        self.consortium = f"C{self.id}"
        self.control = f"{self.id}-A1"
        self.lead = f"{self.id}-H1"
        self.member = f"{self.id}-H2"
        self.centres = [f"{self.id}-T{n}" for n in (1, 2, 3)]

    def organisation(self, org_id, kind, level, specialties=(), beds=None):
        return {
            "org_id": org_id,
            "name": org_id,
            "kind": kind,
            "level": level,
            "hospital_level": 2 if kind == "HOSPITAL" else 0,
            "county_id": self.id,
            "city_id": CITY,
            "province_id": PROVINCE,
            "memberships": [] if kind == "AUTHORITY" else [self.consortium],
            "specialties": list(specialties),
            "beds": [{"kind": beds, "count": 50}] if beds else [],
        }

    def records(self):
        region = {"region_id": self.id, "name": self.id, "kind": "COUNTY", "parent_region_id": CITY,
                  "control_org_id": self.control}
        consortium = {"consortium_id": self.consortium, "name": self.consortium, "form": "COUNTY_CONSORTIUM",
                      "region_id": self.id, "lead_org_id": self.lead}
        organisations = [
            self.organisation(self.control, "AUTHORITY", "COUNTY"),
            self.organisation(self.lead, "HOSPITAL", "COUNTY", ["03.04", "04.03"], "GENERAL"),
            self.organisation(self.member, "HOSPITAL", "COUNTY", ["03.04", "04.03"], "GENERAL"),
            *(self.organisation(each, "TOWNSHIP_HEALTH_CENTRE", "TOWNSHIP", beds="REHABILITATION")
              for each in self.centres),
        ]
        centre = {"condition": "CHEST_PAIN", "region_id": self.id, "org_id": self.lead}
        criterion = {"criterion_id": f"{self.id}-bed", "direction": "UP", "need": "BED", "applies_to_region_id": self.id}
        return {"Region": [region], "Consortium": [consortium], "Organisation": organisations,
                "DesignatedCentre": [centre], "ReferralCriterion": [criterion]}


def write_registry(path, counties, **limits):
    """The file for hubctl registry load; limits: of ReferralLimits."""
    control = f"{CITY}-A1"
    everything = {
        "defaults": {"valid_from": "2025-01-01"},
        "Region": [
            {"region_id": PROVINCE, "name": "P", "kind": "PROVINCE", "control_org_id": control},
            {"region_id": CITY, "name": "C", "kind": "CITY", "parent_region_id": PROVINCE, "control_org_id": control},
        ],
        "Organisation": [
            {"org_id": control, "name": "A", "kind": "AUTHORITY", "level": "CITY", "county_id": CITY, "city_id": CITY,
             "province_id": PROVINCE},
        ],
        # No shares: every slot is anyone's. No time limit falls into the tests' minutes unless they set one.
        "ReferralLimits": [
            {"reserved_share_outpatient": 0.0, "reserved_share_expert": 0.0, "reserved_share_exam": 0.0, **limits},
        ],
    }
    for county in counties:
        for record, items in county.records().items():
            everything.setdefault(record, []).extend(items)
    path.write_text(json.dumps(everything, indent=1))
    return path
