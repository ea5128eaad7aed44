/* The transaction coordinator. What it decides holds at once; who reads sees it when the markers are there, each
 * partition at a time of its own. */
#include "kafka.h"
#include "world.h"

#include "base/check.h"
#include "check.h"

enum { TIMEOUT_US = 10 * 1000 * 1000 };

static int64_t marker_delay_us(struct kafka *kafka)
{
	if (kafka->world->now_us < kafka->slow_markers_until_us)
		return roll(&kafka->dice, 4000) * 1000;
	return one_in(&kafka->dice, 12) ? roll(&kafka->dice, 400) * 1000 : roll(&kafka->dice, 6000);
}

static void queue_marker(struct kafka *kafka, int producer, struct hub_topic_partition at, bool commit)
{
	hub_check(kafka->marker_count < sizeof(kafka->markers) / sizeof(kafka->markers[0]));
	kafka->markers[kafka->marker_count++] = (struct marker){ .producer = producer,
		.at = at,
		.commit = commit,
		.due_us = kafka->world->now_us + marker_delay_us(kafka) };
	kafka->producers[producer].markers_left++;
}

void txn_add(struct kafka *kafka, int producer, struct hub_topic_partition at)
{
	struct producer *p = &kafka->producers[producer];
	hub_check(p->state != PRODUCER_ENDING);
	if (p->state == PRODUCER_EMPTY) {
		p->state = PRODUCER_ONGOING;
		p->began_us = kafka->world->now_us;
	}
	if (at.topic >= 0)
		p->touched[at.topic][at.partition] = true;
	else
		p->has_offsets = true;
}

static void decide_entries(struct log *log, int producer)
{
	for (int64_t i = log->open[producer]; i >= 0 && i < log->end; i++)
		if (log->entries[i].writer == producer)
			log->entries[i].committed = true;
}

void txn_end(struct kafka *kafka, int producer, bool commit)
{
	struct producer *p = &kafka->producers[producer];
	hub_check(p->state == PRODUCER_ONGOING);
	p->state = PRODUCER_ENDING;
	if (commit)
		check_transaction(kafka->world, producer);
	for (int32_t t = 0; t < kafka->topic_count; t++)
		for (int32_t n = 0; n < kafka->partitions; n++) {
			if (!p->touched[t][n])
				continue;
			if (commit)
				decide_entries(&kafka->logs[t][n], producer);
			p->touched[t][n] = false;
			queue_marker(kafka, producer, (struct hub_topic_partition){ t, n }, commit);
		}
	if (p->has_offsets)
		queue_marker(kafka, producer, (struct hub_topic_partition){ -1, 0 }, commit);
	p->has_offsets = false;
	if (p->markers_left == 0)
		p->state = PRODUCER_EMPTY;
}

void txn_end_later(struct kafka *kafka, int producer, int32_t epoch, bool commit, int64_t due_us)
{
	hub_check(kafka->late_end_count < sizeof(kafka->late_ends) / sizeof(kafka->late_ends[0]));
	kafka->late_ends[kafka->late_end_count++] = (struct late_end){ producer, epoch, commit, due_us };
}

static void write_marker(struct kafka *kafka, const struct marker *marker)
{
	struct producer *p = &kafka->producers[marker->producer];
	if (marker->at.topic >= 0) {
		log_mark(kafka, marker->at, marker->producer, marker->commit);
	} else {
		for (uint32_t i = 0; marker->commit && i < p->pending_count; i++)
			kafka->group.committed[p->pending[i].at.topic][p->pending[i].at.partition] =
			        p->pending[i];
		p->pending_count = 0;
	}
	if (--p->markers_left == 0)
		p->state = PRODUCER_EMPTY;
	world_stir(kafka->world);
}

/* A request of an epoch that is over is refused; one of the present epoch ends whatever is open. */
static void arrive(struct kafka *kafka, const struct late_end *end)
{
	struct producer *p = &kafka->producers[end->producer];
	bool effect = p->epoch == end->epoch && p->state == PRODUCER_ONGOING;
	world_tell(kafka->world, "a late %s of instance %d arrives: %s", end->commit ? "commit" : "abort",
	        end->producer, effect ? "it ends the transaction that is open" : "nothing is open to it");
	if (effect)
		txn_end(kafka, end->producer, end->commit);
}

void txn_tick(struct kafka *kafka)
{
	int64_t now = kafka->world->now_us;
	for (uint32_t i = 0; i < kafka->marker_count;) {
		if (kafka->markers[i].due_us > now) {
			i++;
			continue;
		}
		struct marker marker = kafka->markers[i];
		kafka->markers[i] = kafka->markers[--kafka->marker_count];
		write_marker(kafka, &marker);
	}
	for (uint32_t i = 0; i < kafka->late_end_count;) {
		if (kafka->late_ends[i].due_us > now) {
			i++;
			continue;
		}
		struct late_end end = kafka->late_ends[i];
		kafka->late_ends[i] = kafka->late_ends[--kafka->late_end_count];
		arrive(kafka, &end);
	}
	for (int i = 0; i < PRODUCERS_MAX; i++) {
		struct producer *p = &kafka->producers[i];
		if (p->state != PRODUCER_ONGOING || now < p->began_us + TIMEOUT_US)
			continue;
		world_tell(kafka->world,
		        "the transaction of producer %d took too long: aborted by the coordinator", i);
		p->epoch++;
		txn_end(kafka, i, false);
	}
}

int64_t txn_next_us(const struct kafka *kafka)
{
	int64_t next = INT64_MAX;
	for (uint32_t i = 0; i < kafka->marker_count; i++)
		next = kafka->markers[i].due_us < next ? kafka->markers[i].due_us : next;
	for (uint32_t i = 0; i < kafka->late_end_count; i++)
		next = kafka->late_ends[i].due_us < next ? kafka->late_ends[i].due_us : next;
	for (int i = 0; i < PRODUCERS_MAX; i++)
		if (kafka->producers[i].state == PRODUCER_ONGOING &&
		        kafka->producers[i].began_us + TIMEOUT_US < next)
			next = kafka->producers[i].began_us + TIMEOUT_US;
	return next;
}
