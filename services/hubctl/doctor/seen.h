/* What `hubctl doctor` has seen of a hub, as plain data: the checks judge nothing else. Each part is looked at by a
 * thread of its own and says whether it came to an end in time (looked); what hangs is a finding, too. Some things show
 * only in what changes: then there is a second look, some seconds after the first. */
#ifndef HUBCTL_DOCTOR_SEEN_H
#define HUBCTL_DOCTOR_SEEN_H

#include "base/error.h"
#include "hubctl/daemons.h"
#include "kafka/cluster.h"
#include "kafka/group_offsets.h"
#include "kafka/reader.h"
#include "runtime/fence.h"

#include <stdbool.h>
#include <stdint.h>

enum {
	DOCTOR_INPUTS_MAX = 4,
	DOCTOR_PARTITIONS_MAX = 256, /* of a topic; further ones are not looked at */
	DOCTOR_POSITIONS_MAX = 32,   /* remembered of each partition's changelog */
	DOCTOR_REASONS_MAX = 16,
	DOCTOR_PUBLISHERS_MAX = 4,
	DOCTOR_CERTIFICATES_MAX = 512,
	DOCTOR_DISKS_MAX = 8,
};

struct hub_topic_spec;

struct doctor_disk {
	const char *path;
	struct hub_error error; /* code 0: the figures are known */
	uint64_t size, room;    /* bytes */
};

struct doctor_certificate {
	struct hub_str where; /* a file, or "as served by HOST:PORT" */
	struct hub_str name;  /* its subject's common name */
	struct hub_error error;
	int64_t from_ms, until_ms;
};

/* Where a daemon's input stands. */
struct doctor_input {
	const char *topic; /* full name */
	struct hub_group_position *partitions;
	uint32_t count;
	struct hub_error error;
	/* By partition: the first offset, from the committed one on, at which a reader finds a record; INT64_MAX: none, for what
	 * lies there are marks of transactions and what was taken back. NULL: nobody looked. */
	int64_t *readable;
};

struct doctor_place {
	int64_t offset, timestamp_ms;
};

/* The newest positions in a partition's changelog, oldest first. */
struct doctor_changelog {
	struct doctor_place positions[DOCTOR_POSITIONS_MAX];
	uint32_t count;
	bool unread;                /* it may hold positions: there was no time to read so far back */
	struct hub_error disagrees; /* code 0: offsets and position agree, or it is not known */
};

struct doctor_group_look {
	int64_t at_ms; /* 0: none */
	struct hub_error members_error;
	struct hub_group_member *members;
	uint32_t member_count;
	struct doctor_input inputs[DOCTOR_INPUTS_MAX];
	uint32_t input_count;
	struct hub_error changelog_error;
	struct doctor_changelog *changelogs;
	uint32_t changelog_count;
};

struct doctor_publisher {
	struct hub_str source; /* header ce_source, or the key */
	uint32_t count;
};

struct doctor_letters {
	struct hub_error error;
	bool more;          /* there was no time to read them all */
	uint32_t day, hour; /* of the last 24 hours, of the last hour */
	int64_t newest_ms;
	struct {
		struct hub_str reason;
		uint32_t count;
		struct hub_str place; /* of the newest: "3:42" */
	} reasons[DOCTOR_REASONS_MAX];
	struct doctor_publisher unknown_schema[DOCTOR_PUBLISHERS_MAX];
	uint32_t older; /* offsets before that day; an upper bound of letters */
};

struct doctor_kafka {
	bool looked;
	const char *servers, *protocol, *user; /* user NULL: none */
	struct hub_error error;                /* a property */
	struct hub_cluster cluster;
	const struct hub_topic_spec *specs; /* one for each topic of cluster */
	int32_t partitions;                 /* that topics may have instead of the catalogue's; 0: as there */
	struct hub_error registry_error;
	int64_t registry_records; /* that were read: the newest, or all where those hold no load */
	int64_t registry_version; /* -1: no load */
	struct doctor_letters letters;
	struct doctor_group_look first, second;
};

enum doctor_redis_way { DOCTOR_WAY_OPEN, DOCTOR_WAY_AWAY, DOCTOR_WAY_PASSWORD };

struct doctor_fence {
	int32_t partition;
	bool there, parsed;
	struct hub_fence fence;
};

struct doctor_fence_look {
	int64_t at_ms; /* 0: none */
	struct doctor_fence fences[DOCTOR_PARTITIONS_MAX];
};

struct doctor_redis {
	bool looked;
	const char *address, *user;
	int64_t database;
	enum doctor_redis_way way;
	struct hub_error why;
	struct hub_error info_error, fence_error;
	struct hub_str policy, role, master, bgsave;
	int64_t used, limit; /* bytes; limit 0: none */
	int64_t ahead_ms;    /* its clock against this machine's; INT64_MIN: not known */
	struct doctor_fence_look first, second;
};

struct doctor_daemons {
	bool looked;
	struct hub_error error; /* the setting */
	struct hubctl_daemon *daemons;
	uint32_t count;
};

struct doctor_seen {
	int64_t now_ms;
	const char *daemon; /* the deciding one: "referral-router" */
	const char *prefix;
	int64_t limit_ms;                           /* what a look had */
	struct doctor_disk disks[DOCTOR_DISKS_MAX]; /* none: nobody named one */
	uint32_t disk_count;
	bool certificates_looked;
	struct doctor_certificate certificates[DOCTOR_CERTIFICATES_MAX];
	uint32_t certificate_count;
	struct doctor_kafka kafka;
	struct doctor_redis redis;
	struct doctor_daemons daemons;
};

#endif
