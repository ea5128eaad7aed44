/* Classes of stream readers: those who see the same share what is rendered for them. Internal to http/. */
#ifndef DASHBOARD_GATEWAY_HTTP_CLASSES_H
#define DASHBOARD_GATEWAY_HTTP_CLASSES_H

#include "dashboard-gateway/http/frames.h"
#include "dashboard-gateway/view/view.h"

#include <sys/queue.h>

enum gateway_topic {
	GATEWAY_TOPIC_REFERRALS,
	GATEWAY_TOPIC_ANSWERS,
	GATEWAY_TOPIC_OVERVIEW, /* from here on: the whole state, the newest counts */
	GATEWAY_TOPIC_ALERTS,
	GATEWAY_TOPIC_HEALTH,
	GATEWAY_TOPICS,
};
enum { GATEWAY_STATE_TOPICS = GATEWAY_TOPICS - GATEWAY_TOPIC_OVERVIEW };

const char *gateway_topic_name(enum gateway_topic topic);
/* "referrals,overview": a set of 1 << topic. False: a word that is none. */
bool gateway_topics_parse(struct hub_str text, unsigned *ret);

/* The newest state of a topic, as the class sees it. */
struct gateway_state {
	struct gateway_frame *frame; /* NULL: not rendered yet */
	uint64_t version;            /* of the frame; rises with each new text */
	uint64_t hash;               /* of what counts in it: not of its time */
	struct gateway_revision at;
	int64_t looked_ms;
	uint64_t looked_seq, looked_changes; /* what was known then */
};

/* A piece of a stream of changes that readers at the same place share. */
struct gateway_step {
	enum gateway_topic topic;
	uint64_t from, to;
	struct gateway_frame *frame; /* NULL: nothing of it is seen */
};

enum { GATEWAY_STEPS = 16 };

TAILQ_HEAD(gateway_clients, gateway_client);

struct gateway_class {
	char text[GATEWAY_CLASS_MAX];
	struct hub_str key;
	struct gateway_viewer viewer; /* its strings are the class's own */
	char org_id[100], county_id[100], consortium_id[100];
	struct gateway_clients clients;
	uint32_t count;
	unsigned topics; /* that anybody has asked for */
	struct gateway_state states[GATEWAY_STATE_TOPICS];
	struct gateway_step steps[GATEWAY_STEPS];
	uint32_t step_count;
	TAILQ_ENTRY(gateway_class) link;
};

/* Never NULL (memory aborts). */
struct gateway_class *gateway_class_new(const struct gateway_viewer *viewer);
void gateway_class_free(struct gateway_class *class);

/* The step from there on; borrowed until the steps are forgotten, which has to happen whenever rows have changed. */
const struct gateway_step *gateway_class_step(struct gateway_class *class, struct gateway_frames *frames,
        const struct gateway_world *world, enum gateway_topic topic, uint64_t from);
void gateway_class_forget_steps(struct gateway_class *class);

/* Brings a state up to date when it may have changed, or is older than age_ms. changes: counts what is no row. True: it was rendered. */
bool gateway_class_look(struct gateway_class *class, struct gateway_frames *frames,
        const struct gateway_world *world, enum gateway_topic topic, uint64_t changes, int64_t age_ms);

#endif
