/* The story of a referral, as `hubctl explain` tells it: collected from the topics, put in the order of cause
 * and effect, with the candidates of each placing found again by the router's own rules on the registry of
 * that moment. */
#ifndef HUBCTL_EXPLAIN_H
#define HUBCTL_EXPLAIN_H

#include "hubctl/event_text.h"
#include "records/decision_head.h"
#include "records/referral_state.h"
#include "records/referral_stub.h"
#include "referral-router/policy.h"

/* One record that is about the referral. */
struct hubctl_step {
	struct hub_kafka_event event; /* a copy */
	struct hubctl_seen seen;
	const struct hub_decision_head *decision; /* NULL: an event, or a dead letter */
	int64_t cause; /* offset of the event (of the referral's own county) that caused it; -1: none */
};

/* One record of topic registry, to be fed again. */
struct hubctl_registry_record {
	struct hub_str key;
	struct hub_str value;
	int64_t offset;
};

struct hubctl_story {
	struct hub_arena *arena;
	struct hub_str referral_id;
	struct hubctl_step *steps; /* after hubctl_story_order: as it happened */
	uint32_t step_count, step_room;
	uint64_t records_seen;               /* by the search */
	int32_t partition;                   /* of the first step; -1: none */
	const struct hub_referral *referral; /* what was asked for; NULL: not in the topics any more */
	struct hub_str consortium_id;
	struct hub_str county_id;
	const struct hub_referral_state *state; /* NULL: ended or unknown */
	const struct hub_referral_stub *stub;   /* NULL: not ended or forgotten */
	struct hubctl_registry_record *registry;
	uint32_t registry_count, registry_room;
	struct hub_registry *now_registry; /* all of it */
	struct referral_policy *now;       /* today's; NULL: the registry is empty */
};

/* Takes event in when it is about story->referral_id. topic: without prefix. Everything kept lies in the
 * arena. */
void hubctl_story_take(struct hubctl_story *story, const char *topic, const struct hub_kafka_event *event);
void hubctl_story_take_registry(struct hubctl_story *story, const struct hub_kafka_event *event);

/* Puts the steps in order (each decision behind its cause) and finds the request among them. */
void hubctl_story_order(struct hubctl_story *story);

/* A policy as of a registry version and a day: *ret_registry owns what it borrows; free both. NULL: nothing
 * loaded. */
struct referral_policy *hubctl_story_policy(
        const struct hubctl_story *story, int64_t version, int32_t day, struct hub_registry **ret_registry);

enum hubctl_candidate_fate {
	HUBCTL_TAKEN,
	HUBCTL_BARRED,    /* reason_code says why */
	HUBCTL_NOT_ASKED, /* another one was taken before its turn */
	HUBCTL_NO_TRACE,  /* by today's rules it would have come earlier; the decision does not mention it */
};

struct hubctl_candidate {
	struct hub_str org_id;
	struct hub_str name; /* by the registry of that moment; may be empty */
	const char *path;
	enum hubctl_candidate_fate fate;
	struct hub_str reason_code;
};

/* Whether a decision places a referral (or says why it cannot), so that candidates were looked at. */
bool hubctl_step_places(const struct hubctl_step *step);

/* The candidates of such a step in the order of the rules: *ret in story->arena, their count. */
uint32_t hubctl_story_candidates(const struct hubctl_story *story, const struct hubctl_step *step,
        const struct hubctl_candidate **ret);

/* What a reason code means, with the rule; NULL: not known. */
const char *hubctl_reason_text(struct hub_str reason_code);

/* One sentence about a step. */
struct hub_str hubctl_step_text(const struct hubctl_story *story, const struct hubctl_step *step);

/* The same about what counties say to each other; false: it is something else. */
bool hubctl_transfer_text(
        const struct hubctl_story *story, const struct hubctl_step *step, struct hub_buf *out);

/* Whether the record came of what a county said to another. */
bool hubctl_is_from_transfer(const struct hub_decision_head *head);

/* "330281-H1 余姚市人民医院" */
struct hub_str hubctl_story_org(const struct hubctl_story *story, struct hub_str org_id);

void hubctl_story_done(struct hubctl_story *story);

#endif
