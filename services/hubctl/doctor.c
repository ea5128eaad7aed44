/* hubctl doctor: what is wrong, why, and what to do about it. Every part of the hub is looked at by a thread of its own,
 * so that one that hangs costs no more than its time; what was seen is then judged by doctor/checks.def. */
#include "hubctl/commands.h"
#include "hubctl/doctor/checks.h"
#include "hubctl/doctor/look.h"
#include "hubctl/doctor/show.h"
#include "kafka/pool.h"

#include <pthread.h>
#include <stdlib.h>
#include <time.h>
#include <unistd.h>

enum { PARTS = 4, AGAIN = 2, PARTITIONS_MAX = 1024, ALL_MS = 18500 };

static const size_t part_arena = (size_t)256 << 20;

/* A part at work. Its thread writes into seen of its own, which is taken over when it is done. */
struct work {
	struct doctor_part part;
	struct doctor_seen *seen; /* owned by the thread until done */
	void (*look)(struct work *work);
	pthread_mutex_t *lock;
	pthread_cond_t *changed;
	struct doctor_kafka cluster; /* under lock: what is known of Kafka so far */
	bool done;
};

struct examination {
	struct hubctl *hubctl;
	struct doctor_seen *seen;
	pthread_mutex_t lock;
	pthread_cond_t changed;
	struct hub_kafka_pool *pool;       /* of the part that looks at Kafka, in both looks; NULL: none */
	struct work *works[PARTS + AGAIN]; /* what was seen lies in their arenas */
	uint32_t work_count;
	bool left_behind; /* a thread still runs: only _exit ends it safely */
};

int doctor_patience(const struct doctor_part *part)
{
	int64_t left = part->until_ms - hubctl_now_ms();
	int64_t most = (int64_t)part->settings.timeout_ms;
	return (int)(left < 100 ? 100 : left > most ? most : left);
}

/* What the broker alone has said is there for whoever does not wait for the rest. */
static void look_kafka(struct work *work)
{
	struct doctor_kafka *kafka = &work->seen->kafka;
	bool open = doctor_look_cluster(&work->part, kafka);
	pthread_mutex_lock(work->lock);
	kafka->looked = true;
	work->cluster = *kafka;
	pthread_mutex_unlock(work->lock);
	if (open)
		doctor_look_kafka(&work->part, kafka);
}

static void look_redis(struct work *work)
{
	doctor_look_redis(&work->part, &work->seen->redis);
	work->seen->redis.looked = true;
}

static void look_daemons(struct work *work)
{
	doctor_look_daemons(&work->part, &work->seen->daemons);
	work->seen->daemons.looked = true;
}

static void look_certificates(struct work *work)
{
	doctor_look_certificates(&work->part, work->seen);
	work->seen->certificates_looked = true;
}

static void look_kafka_again(struct work *work)
{
	doctor_look_kafka_again(&work->part, &work->seen->kafka);
}

static void look_redis_again(struct work *work)
{
	doctor_look_redis_again(&work->part, &work->seen->redis);
}

static void *run(void *user)
{
	struct work *work = user;
	work->look(work);
	pthread_mutex_lock(work->lock);
	work->done = true;
	pthread_cond_broadcast(work->changed);
	pthread_mutex_unlock(work->lock);
	return NULL;
}

/* On the heap and never freed: a thread that is left behind may use it to the end. */
static struct work *begin(struct examination *e, void (*look)(struct work *work), int64_t until_ms)
{
	struct work *work = calloc(1, sizeof(*work));
	pthread_t thread;
	if (!work || !(work->seen = malloc(sizeof(*work->seen))))
		return NULL;
	*work->seen = *e->seen;
	work->part.settings = *e->hubctl->settings;
	if (work->part.settings.timeout_ms > DOCTOR_ANSWER_MS && !hubctl_arg(e->hubctl->args, "timeout"))
		work->part.settings.timeout_ms = DOCTOR_ANSWER_MS;
	work->part.settings.kafka.pool = e->pool;
	work->part.hubctl = *e->hubctl;
	work->part.hubctl.settings = &work->part.settings;
	work->part.hubctl.arena = hub_arena_new(part_arena);
	work->part.until_ms = until_ms;
	work->look = look;
	work->lock = &e->lock;
	work->changed = &e->changed;
	e->works[e->work_count++] = work;
	if (!work->part.hubctl.arena || pthread_create(&thread, NULL, run, work))
		return NULL;
	pthread_detach(thread);
	return work;
}

/* True when it came to its end in time. */
static bool await(struct examination *e, const struct work *work, int64_t until_ms)
{
	const struct timespec until = { until_ms / 1000, until_ms % 1000 * 1000000 };
	int result = 0;
	if (!work)
		return false;
	pthread_mutex_lock(&e->lock);
	while (!work->done && !result)
		result = pthread_cond_timedwait(&e->changed, &e->lock, &until);
	bool done = work->done;
	pthread_mutex_unlock(&e->lock);
	e->left_behind |= !done;
	return done;
}

/* The broker answers, what else was asked of it takes too long. */
static void take_cluster(struct examination *e, const struct work *work)
{
	const struct hub_error late = { HUB_E_RETRY, "kafka", "no answer in time" };
	struct doctor_kafka *kafka = &e->seen->kafka;
	pthread_mutex_lock(&e->lock);
	if (work->cluster.looked)
		*kafka = work->cluster;
	pthread_mutex_unlock(&e->lock);
	kafka->registry_error = kafka->letters.error = late;
	kafka->first.members_error = kafka->first.changelog_error = kafka->first.inputs[0].error = late;
	kafka->first.input_count = 1;
}

static void first_look(struct examination *e)
{
	int64_t until = hubctl_now_ms() + DOCTOR_LOOK_MS;
	struct work *kafka = begin(e, look_kafka, until), *redis = begin(e, look_redis, until);
	struct work *daemons = begin(e, look_daemons, until), *files = begin(e, look_certificates, until);
	struct doctor_seen *seen = e->seen;
	/* A little longer than what they were told: they may just have begun a last question. */
	until += DOCTOR_ANSWER_MS;
	if (await(e, kafka, until))
		seen->kafka = kafka->seen->kafka;
	else if (kafka)
		take_cluster(e, kafka);
	if (e->left_behind)
		e->pool = NULL; /* its thread has it */
	if (await(e, redis, until))
		seen->redis = redis->seen->redis;
	if (await(e, daemons, until))
		seen->daemons = daemons->seen->daemons;
	if (await(e, files, until)) {
		seen->certificates_looked = true;
		seen->certificate_count = files->seen->certificate_count;
		memcpy(seen->certificates, files->seen->certificates, sizeof(seen->certificates));
	}
}

static void wait_until(int64_t at_ms)
{
	int64_t left = at_ms - hubctl_now_ms();
	const struct timespec wait = { left / 1000, left % 1000 * 1000000 };
	if (left > 0)
		nanosleep(&wait, NULL);
}

static void second_look(struct examination *e, int64_t began_ms)
{
	struct doctor_seen *seen = e->seen;
	int64_t until = began_ms + ALL_MS;
	wait_until(seen->kafka.first.at_ms + doctor_second_after_ms(seen));
	/* Redis first: then a fence is never newer than the newest position. */
	struct work *redis = seen->redis.first.at_ms ? begin(e, look_redis_again, until) : NULL;
	if (redis && await(e, redis, until))
		seen->redis.second = redis->seen->redis.second;
	struct work *kafka = begin(e, look_kafka_again, until - 1000);
	if (await(e, kafka, until))
		seen->kafka.second = kafka->seen->kafka.second;
}

static int set_up(struct examination *e, struct hub_error *err)
{
	const struct hubctl_settings *settings = e->hubctl->settings;
	struct doctor_seen *seen = e->seen;
	int64_t partitions;
	if (hubctl_arg_number(e->hubctl->args, "partitions", 1, PARTITIONS_MAX, 0, &partitions, err))
		return err->code;
	if (doctor_look_disks(e->hubctl, seen, err))
		return err->code;
	seen->now_ms = hubctl_now_ms();
	seen->daemon = "referral-router";
	seen->prefix = settings->prefix;
	seen->limit_ms = DOCTOR_LOOK_MS;
	seen->kafka.partitions = (int32_t)partitions;
	seen->kafka.servers = hub_kafka_property_get(&settings->kafka, "bootstrap.servers");
	seen->kafka.protocol = hub_kafka_property_get(&settings->kafka, "security.protocol");
	seen->kafka.user = hub_kafka_property_get(&settings->kafka, "sasl.username");
	seen->redis.address = settings->redis_address;
	seen->redis.user = settings->redis_username;
	seen->redis.database = settings->redis_database;
	e->pool = hub_kafka_pool_new(hubctl_topic(e->hubctl, seen->daemon));
	pthread_mutex_init(&e->lock, NULL);
	pthread_cond_init(&e->changed, NULL);
	return HUB_OK;
}

static int conclude(struct examination *e, int64_t began_ms)
{
	struct hubctl *hubctl = e->hubctl;
	const struct doctor_findings *findings = doctor_judge(e->seen, hubctl->arena);
	if (!findings)
		return HUBCTL_UNREACHABLE;
	if (hubctl->json)
		hubctl_put_json(hubctl, doctor_json(findings, hubctl_now_ms() - began_ms));
	else
		doctor_show(findings, hubctl_now_ms() - began_ms, hubctl->width, &hubctl->out);
	return findings->faults ? HUBCTL_ATTENTION : HUBCTL_DONE;
}

int hubctl_doctor(struct hubctl *hubctl)
{
	struct hub_error err = { 0 };
	static struct examination e; /* threads that are left behind use it */
	int64_t began_ms = hubctl_now_ms();
	e.hubctl = hubctl;
	e.seen = hub_arena_alloc(hubctl->arena, sizeof(*e.seen));
	if (!e.seen)
		return HUBCTL_UNREACHABLE;
	if (set_up(&e, &err))
		return hubctl_usage(hubctl, &err);
	first_look(&e);
	const struct hub_error *wrong = &e.seen->daemons.error;
	if (!wrong->code && doctor_wants_second(e.seen))
		second_look(&e, began_ms);
	int code = wrong->code        ? hubctl_usage(hubctl, wrong)
	           : hubctl_stopped() ? HUBCTL_INTERRUPTED
	                              : conclude(&e, began_ms);
	if (e.left_behind) {
		int flushed = hubctl_flush(hubctl);
		_exit(code ? code : flushed);
	}
	hub_kafka_pool_free(e.pool);
	return code;
}
