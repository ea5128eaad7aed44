package hub.bench.rules;

import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;

/** Formats ce_time; what is the same for a whole second is formatted once. */
final class Moment {
	private static final ZoneOffset ZONE = ZoneOffset.ofHours(8);
	private static final DateTimeFormatter SECONDS =
	        DateTimeFormatter.ofPattern("uuuu-MM-dd'T'HH:mm:ss").withZone(ZONE);

	private long second = Long.MIN_VALUE;
	private String prefix = "";

	byte[] format(long at) {
		long thisSecond = Math.floorDiv(at, 1000L);
		int millis = (int)Math.floorMod(at, 1000L);
		if (thisSecond != second) {
			second = thisSecond;
			prefix = SECONDS.format(Instant.ofEpochSecond(thisSecond));
		}
		String rest = millis == 0 ? "+08:00"
		                          : "." + (char)('0' + millis / 100) +
		                (char)('0' + millis / 10 % 10) + (char)('0' + millis % 10) + "+08:00";
		return prefix.concat(rest).getBytes(StandardCharsets.ISO_8859_1);
	}
}
