package hub.bench.rules;

import hub.bench.records.EventHead;

/**
 * The event that is decided: what it says of itself, where it lies, its timestamp there, and the rules' clock,
 * which in a recording is not the wall's.
 */
public record Cause(EventHead head, String topic, int partition, long offset, long timestamp, long now) {
	String decisionId(int index) {
		return "e/" + topic + '/' + partition + '/' + offset + '/' + index;
	}
}
