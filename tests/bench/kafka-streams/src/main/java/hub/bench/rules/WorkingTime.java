package hub.bench.rules;

/** Deadlines in working time: Monday to Friday, Asia/Shanghai. */
final class WorkingTime {
	static final long HOUR = 3600L * 1000;
	static final long DAY = 24 * HOUR;
	private static final long OFFSET = 8 * HOUR;
	private static final int NOTICE_HOUR = 9;
	private static final int THURSDAY = 4; /* 1970-01-01 */

	private WorkingTime() {}

	/** The same clock time on the next working day; from a day off, its successor's end. */
	static long addDay(long from) {
		long day = dayOf(from);
		long working = next(day);
		long intoDay = working == day ? from - start(day) : 0;
		return start(next(working + 1)) + intoDay;
	}

	/** Nine in the morning of the next working day that has it still to come. */
	static long notice(long after) {
		long day = dayOf(after);
		if (start(day) + NOTICE_HOUR * HOUR <= after)
			day++;
		return start(next(day)) + NOTICE_HOUR * HOUR;
	}

	private static long dayOf(long at) {
		return Math.floorDiv(at + OFFSET, DAY);
	}

	private static long start(long day) {
		return day * DAY - OFFSET;
	}

	private static long next(long day) {
		while (Math.floorMod(day + THURSDAY - 1, 7) >= 5)
			day++;
		return day;
	}
}
