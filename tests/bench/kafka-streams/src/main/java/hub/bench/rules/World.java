package hub.bench.rules;

import hub.bench.records.Answer;

/** What the rules see while one event is decided. */
public final class World {
	final State state;
	final Outbox outbox;
	final Directory directory;
	final Telling tell;

	Cause cause;
	/** Whom the event is about: the id of a referral or of a session. */
	String subject;
	boolean answered;
	/** What the event says; null for those that say nothing. */
	Answer said;

	public World(State state, Outbox outbox, Directory directory) {
		this.state = state;
		this.outbox = outbox;
		this.directory = directory;
		tell = new Telling(this);
	}

	void begin(Cause of) {
		cause = of;
		subject = null;
		answered = false;
		said = null;
	}

	void refuse(String about, Refusal refusal) {
		tell.refused(about, refusal);
	}
}
