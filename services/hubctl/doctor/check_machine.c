/* What lies under everything: room on disks, clocks, certificates. */
#include "hubctl/doctor/checks.h"

#include <inttypes.h>

enum { FULL_PERCENT = 1, LOW_PERCENT = 10, NOTE_MS = 5000, SKEW_MS = 60000, RENEW_DAYS = 30 };

static const int64_t day_ms = 86400000;

void doctor_check_disk(const struct doctor_seen *seen, struct doctor_findings *out)
{
	if (seen->disk_count == 0)
		doctor_unasked(out,
		        "no directory is named: --data DIR,... where the data lies; in a container that "
		        "sees it: docker compose run --rm -v DIR:DIR:ro hubctl doctor --data DIR");
	for (uint32_t i = 0; i < seen->disk_count; i++) {
		const struct doctor_disk *disk = &seen->disks[i];
		struct hub_str room = doctor_bytes(out, disk->room), size = doctor_bytes(out, disk->size);
		if (disk->error.code)
			doctor_fault(out, DOCTOR_NO_ANSWER, NULL, HUB_STR(""), "%s: %s", disk->path,
			        disk->error.text);
		else if (disk->room <= disk->size / 100 * FULL_PERCENT)
			doctor_fault(out, DOCTOR_DISK_FULL, "DIRECTORY", hub_str_from(disk->path),
			        "%s is full: %.*s of %.*s are left", disk->path, HUB_STR_ARG(room),
			        HUB_STR_ARG(size));
		else if (disk->room <= disk->size / 100 * LOW_PERCENT)
			doctor_fault(out, DOCTOR_DISK_LOW, "DIRECTORY", hub_str_from(disk->path),
			        "%s: only %.*s of %.*s are left", disk->path, HUB_STR_ARG(room),
			        HUB_STR_ARG(size));
		else
			doctor_ok(out, "%s: %.*s of %.*s are free", disk->path, HUB_STR_ARG(room),
			        HUB_STR_ARG(size));
	}
}

/* The clocks that differ most, for people. */
struct clocks {
	struct doctor_findings *out;
	struct hub_str text;
	uint32_t asked;
	int64_t worst_ms;
};

static void compare(struct clocks *clocks, struct hub_str who, int64_t ahead_ms)
{
	if (ahead_ms == INT64_MIN)
		return;
	int64_t by_ms = ahead_ms < 0 ? -ahead_ms : ahead_ms;
	clocks->asked++;
	if (by_ms > clocks->worst_ms)
		clocks->worst_ms = by_ms;
	if (by_ms < NOTE_MS)
		return;
	clocks->text = hub_arena_printf(clocks->out->arena, "%.*s%s%.*s is %" PRId64 " s %s this machine",
	        HUB_STR_ARG(clocks->text), clocks->text.len ? "; " : "", HUB_STR_ARG(who), by_ms / 1000,
	        ahead_ms < 0 ? "behind" : "ahead of");
}

/* Broker timestamps tell the past, so only that the broker is ahead shows. */
static int64_t newest_of_broker(const struct doctor_seen *seen)
{
	int64_t newest = INT64_MIN;
	const struct doctor_group_look *look = &seen->kafka.first;
	for (uint32_t i = 0; i < look->changelog_count; i++) {
		const struct doctor_changelog *log = &look->changelogs[i];
		if (log->count && log->positions[log->count - 1].timestamp_ms > newest)
			newest = log->positions[log->count - 1].timestamp_ms;
	}
	return newest;
}

static const struct hubctl_daemon *complains_of_clock(const struct doctor_seen *seen)
{
	for (uint32_t i = 0; i < seen->daemons.count; i++) {
		const struct hubctl_daemon *d = &seen->daemons.daemons[i];
		struct hub_str reason = d->reason;
		if (reason.len && (memmem(reason.data, reason.len, "the clock is", 12) ||
		                          memmem(reason.data, reason.len, "of this clock", 13)))
			return d;
	}
	return NULL;
}

void doctor_check_clock(const struct doctor_seen *seen, struct doctor_findings *out)
{
	struct clocks clocks = { .out = out };
	for (uint32_t i = 0; i < seen->daemons.count; i++)
		compare(&clocks,
		        hub_arena_printf(out->arena, "%.*s at %.*s",
		                HUB_STR_ARG(seen->daemons.daemons[i].name),
		                HUB_STR_ARG(seen->daemons.daemons[i].address)),
		        seen->daemons.daemons[i].ahead_ms);
	if (seen->redis.looked && seen->redis.way == DOCTOR_WAY_OPEN)
		compare(&clocks, HUB_STR("Redis"), seen->redis.ahead_ms);
	int64_t broker = newest_of_broker(seen);
	if (broker != INT64_MIN && broker - seen->now_ms > NOTE_MS)
		compare(&clocks, HUB_STR("the broker"), broker - seen->now_ms);
	const struct hubctl_daemon *daemon = complains_of_clock(seen);
	if (daemon)
		doctor_fault(out, DOCTOR_CLOCK_SKEW, NULL, HUB_STR(""), "%.*s at %.*s pauses: %.*s%s%.*s",
		        HUB_STR_ARG(daemon->name), HUB_STR_ARG(daemon->address), HUB_STR_ARG(daemon->reason),
		        clocks.text.len ? "; " : "", HUB_STR_ARG(clocks.text));
	else if (clocks.worst_ms >= SKEW_MS)
		doctor_fault(out, DOCTOR_CLOCK_SKEW, NULL, HUB_STR(""), "%.*s", HUB_STR_ARG(clocks.text));
	else if (clocks.text.len)
		doctor_note(out, "%.*s; from 60 s on it is a fault", HUB_STR_ARG(clocks.text));
	else if (clocks.asked == 0)
		doctor_unasked(out, "nobody answers who could tell the time");
	else
		doctor_ok(out, "%s within %" PRId64 " s of this machine's",
		        doctor_count(out, clocks.asked, "clock"), (clocks.worst_ms + 999) / 1000);
}

static void check_certificate(
        const struct doctor_seen *seen, const struct doctor_certificate *c, struct doctor_findings *out)
{
	if (c->error.code)
		doctor_fault(out, DOCTOR_CERTIFICATE_UNREADABLE, "FILE", c->where, "%.*s: %s",
		        HUB_STR_ARG(c->where), c->error.text);
	else if (c->until_ms <= seen->now_ms) {
		struct hub_str ago = doctor_ago(out, seen->now_ms - c->until_ms);
		doctor_fault(out, DOCTOR_CERTIFICATE_ENDED, "FILE", c->where, "%.*s (%.*s) ended %.*s ago",
		        HUB_STR_ARG(c->where), HUB_STR_ARG(c->name), HUB_STR_ARG(ago));
	} else if (c->from_ms > seen->now_ms) {
		struct hub_str in = doctor_ago(out, c->from_ms - seen->now_ms);
		doctor_fault(out, DOCTOR_CERTIFICATE_EARLY, "FILE", c->where, "%.*s (%.*s) begins in %.*s",
		        HUB_STR_ARG(c->where), HUB_STR_ARG(c->name), HUB_STR_ARG(in));
	} else if (c->until_ms - seen->now_ms < RENEW_DAYS * day_ms) {
		struct hub_str in = doctor_ago(out, c->until_ms - seen->now_ms);
		doctor_fault(out, DOCTOR_CERTIFICATE_ENDS, "FILE", c->where, "%.*s (%.*s) ends in %.*s",
		        HUB_STR_ARG(c->where), HUB_STR_ARG(c->name), HUB_STR_ARG(in));
	}
}

void doctor_check_certificates(const struct doctor_seen *seen, struct doctor_findings *out)
{
	int64_t first_ms = INT64_MAX;
	uint32_t before = out->faults;
	if (!seen->certificates_looked) {
		doctor_fault(out, DOCTOR_NO_ANSWER, NULL, HUB_STR(""),
		        "certificates: no answer in %" PRId64 " s", seen->limit_ms / 1000);
		return;
	}
	for (uint32_t i = 0; i < seen->certificate_count; i++) {
		check_certificate(seen, &seen->certificates[i], out);
		if (seen->certificates[i].until_ms < first_ms)
			first_ms = seen->certificates[i].until_ms;
	}
	struct hub_str left = doctor_ago(out, first_ms - seen->now_ms);
	if (seen->certificate_count == 0)
		doctor_unasked(out, "no connection uses one here; --certificates DIR looks at files");
	else if (out->faults == before)
		doctor_ok(out, "%s, the first ends in %.*s",
		        doctor_count(out, seen->certificate_count, "certificate"), HUB_STR_ARG(left));
}
