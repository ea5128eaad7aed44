package hub.bench.records;

/** The contract's closed lists, in the order of their symbols. */
public final class Enums {
	public enum Direction { UNKNOWN, UP, DOWN }

	public enum Urgency { UNKNOWN, EMERGENCY, URGENT, ROUTINE }

	public enum Condition { UNKNOWN, NONE, CHEST_PAIN, STROKE, TRAUMA, CRITICAL_MATERNAL, CRITICAL_CHILD }

	public enum Need { UNKNOWN, OUTPATIENT, EXAM, BED, CONSULT }

	public enum BedKind { UNKNOWN, GENERAL, CHRONIC, GERIATRIC, REHABILITATION, NURSING }

	public enum Path {
		UNKNOWN,
		GREEN_CHANNEL,
		OWN_LEAD,
		OWN_MEMBER,
		SECOND_CONSORTIUM,
		PARTNER_CONSORTIUM,
		CITY_HOSPITAL,
		OTHER,
		HOME
	}

	public enum Stage {
		UNKNOWN,
		ROUTING,
		WAITING,
		ASKING_COUNTY,
		ROUTED,
		SUPPLEMENTING,
		ACCEPTED,
		ARRIVED,
		UNPLACED,
		COMPLETED,
		NO_SHOW,
		CANCELLED,
		RETURNED,
		RETURN_CONFIRMED
	}

	public enum FinalState { UNKNOWN, COMPLETED, RETURNED, RETURN_CONFIRMED, CANCELLED, NO_SHOW }

	public enum WaitsFor { UNKNOWN, SLOT, BED, AUTHORISATION }

	public enum Cause { UNKNOWN, OPENED, TAKEN, FREED, CANCELLED, RELEASED, ENDED }

	public enum Phase { UNKNOWN, OPEN, CANCELLED, ENDED }

	static final Direction[] DIRECTIONS = Direction.values();
	static final Urgency[] URGENCIES = Urgency.values();
	static final Condition[] CONDITIONS = Condition.values();
	static final Need[] NEEDS = Need.values();
	static final BedKind[] BED_KINDS = BedKind.values();
	static final Path[] PATHS = Path.values();
	static final Stage[] STAGES = Stage.values();
	static final FinalState[] FINAL_STATES = FinalState.values();
	static final WaitsFor[] WAITS_FOR = WaitsFor.values();
	static final Phase[] PHASES = Phase.values();

	private Enums() {}
}
