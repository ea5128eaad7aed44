package hub.bench.rules;

/** Every "no". */
enum Refusal {
	OTHERS_ID("NOT_YOURS", null, "this referral_id was requested by another sender"),
	FOR_ANOTHER("NOT_YOURS", null, "an organisation speaks only for itself"),
	OTHER_COUNTY("NOT_YOURS", null,
	        "county_id is not the county that the registry names for this organisation"),
	NOT_A_MEMBER("UNKNOWN_CONSORTIUM", null, "the organisation is no member of this consortium"),
	NOT_SERVED("RULE", "REF-01", "not served by this program"),
	DUPLICATE("DUPLICATE_ACTIVE", null,
	        "the patient has an active referral for the same specialty and need"),
	NO_REFERRAL("UNKNOWN_REFERRAL", null, "no such referral in this county"),
	ENDED("ENDED", null, "the referral has ended"),
	NO_SAY("NOT_YOURS", null, "this organisation has no say in this referral now"),
	STATE("WRONG_STATE", null, "not possible in the referral's present state"),
	BELOW_USE("CAPACITY_BELOW_USE", null, "the new capacity is below what is held and used"),
	SESSION_OVER("ENDED", null, "the session is cancelled or over"),
	OTHER_SESSION("RULE", "REF-07", "a session keeps its specialty, need and times");

	final String reasonCode;
	final String rule;
	final String text;

	Refusal(String reasonCode, String rule, String text) {
		this.reasonCode = reasonCode;
		this.rule = rule;
		this.text = text;
	}
}
