/* What the checks say: one or more findings each. Pure; texts lie in the findings' arena. */
#ifndef HUBCTL_DOCTOR_FINDINGS_H
#define HUBCTL_DOCTOR_FINDINGS_H

#include "base/arena.h"
#include "hubctl/doctor/seen.h"

enum doctor_fault_id {
	DOCTOR_NO_FAULT,
#define FAULT(id, title, cause, next, commands) DOCTOR_##id,
#include "hubctl/doctor/faults.def"
	DOCTOR_FAULTS,
};

struct doctor_fault {
	const char *id, *title, *cause, *next, *commands;
};

/* By id; of DOCTOR_NO_FAULT everything is empty. */
extern const struct doctor_fault doctor_faults[DOCTOR_FAULTS];

enum doctor_level {
	DOCTOR_OK,
	DOCTOR_NOTE,    /* worth knowing; nothing to do */
	DOCTOR_FAULT,   /* needs a hand */
	DOCTOR_FOLLOWS, /* not well, but it follows from a fault that was found before */
	DOCTOR_UNASKED, /* what it needs is away, or nobody said where to look */
};

struct doctor_finding {
	uint32_t check; /* its row of doctor_checks */
	enum doctor_level level;
	enum doctor_fault_id fault;
	struct hub_str seen;                  /* with the figure */
	struct hub_str cause, next, commands; /* of a fault, with names filled in */
};

enum { DOCTOR_FINDINGS_MAX = 128 };

struct doctor_findings {
	struct hub_arena *arena;
	const struct doctor_seen *seen;
	uint32_t check; /* that is judging */
	struct doctor_finding items[DOCTOR_FINDINGS_MAX];
	uint32_t count, faults;
};

/* Each takes printf's arguments for what was seen. */
void doctor_ok(struct doctor_findings *out, const char *format, ...) __attribute__((format(printf, 2, 3)));
void doctor_note(struct doctor_findings *out, const char *format, ...) __attribute__((format(printf, 2, 3)));
void doctor_unasked(struct doctor_findings *out, const char *format, ...)
        __attribute__((format(printf, 2, 3)));
void doctor_follows(struct doctor_findings *out, const char *format, ...)
        __attribute__((format(printf, 2, 3)));

/* {name} in cause, next and commands becomes value; name NULL: nothing does. Names that always stand for the same
 * (SERVERS, PROTOCOL, PREFIX, ADDRESS and DATABASE of Redis; DAEMON: every copy of the router) are filled in anyway. */
void doctor_fault(struct doctor_findings *out, enum doctor_fault_id fault, const char *name,
        struct hub_str value, const char *format, ...) __attribute__((format(printf, 5, 6)));

/* What commands call a daemon: in Compose the host of its address is the service, which its name is not where there are
 * several copies; an address that is a number or a name with dots says nothing of services. */
struct hub_str doctor_service(const struct hubctl_daemon *daemon);

/* One more name of the newest fault. */
void doctor_name(struct doctor_findings *out, const char *name, struct hub_str value);

/* Whether one of these was found so far; the list ends with DOCTOR_NO_FAULT. */
bool doctor_found(const struct doctor_findings *out, const enum doctor_fault_id *faults);
#define DOCTOR_FOUND(out, ...)                                                                               \
	doctor_found(out, (const enum doctor_fault_id[]){ __VA_ARGS__, DOCTOR_NO_FAULT })

/* "1 topic", "3 topics". */
const char *doctor_count(struct doctor_findings *out, uint64_t count, const char *noun);

/* "12 MB"; "3 min ago", "in 12 days". */
struct hub_str doctor_bytes(struct doctor_findings *out, uint64_t bytes);
struct hub_str doctor_ago(struct doctor_findings *out, int64_t ms);

/* True when the error is that the broker refuses this principal; then the fault is told. Other errors: NO_ANSWER. */
void doctor_no_answer(struct doctor_findings *out, const char *what, const struct hub_error *error);

#endif
