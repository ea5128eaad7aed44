package hub.bench.records;

import java.nio.ByteBuffer;

/** The last 16 events that an entity has applied: eight bytes each, newest first. */
public final class EventHashes {
	public static final byte[] NONE = {};
	private static final int KEPT = 16 * Long.BYTES;

	private EventHashes() {}

	public static boolean has(byte[] hashes, EventHead event) {
		long hash = hashOf(event);
		ByteBuffer each = ByteBuffer.wrap(hashes);
		while (each.hasRemaining())
			if (each.getLong() == hash)
				return true;
		return false;
	}

	public static byte[] add(byte[] hashes, EventHead event) {
		int kept = Math.min(hashes.length, KEPT - Long.BYTES);
		return ByteBuffer.allocate(kept + Long.BYTES)
		        .putLong(hashOf(event))
		        .put(hashes, 0, kept)
		        .array();
	}

	/** FNV-1a. */
	private static long hashOf(EventHead event) {
		long hash = 0xcbf29ce484222325L;
		hash = hashOf(hash, event.sourceOrgId());
		hash = hashOf(hash, "\n");
		return hashOf(hash, event.eventId());
	}

	private static long hashOf(long hash, String text) {
		for (int i = 0; i < text.length(); i++)
			hash = (hash ^ text.charAt(i)) * 1099511628211L;
		return hash;
	}
}
