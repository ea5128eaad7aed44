/* The feed alone, for tests/integration/test_gateway_feed.py: it is started, and tells on standard output what it is asked on
 * standard input, one command a line, each answer ended by a line with a dot.
 *
 *   rows                       every row, one a line: key, partition, fields as in hot-state.json
 *   state                      gateway_feed_state, what the listener was told, and the longest turn of the loop
 *   publish TOPIC KEY VALUE MS
 *   fetch TOPIC MS P:O ...     places and lengths of what was found
 *   replay P:O MS
 */
#include "base/calendar.h"
#include "base/check.h"
#include "dashboard-gateway/feed/feed.h"
#include "dashboard-gateway/hot/row.h"
#include "log/log.h"
#include "records/catalogue.h"

#include <event2/buffer.h>
#include <event2/bufferevent.h>
#include <event2/event.h>
#include <event2/util.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>
#include <unistd.h>

enum { TICK_MS = 5, WORDS_MAX = 80, TOMBSTONES = 1000 };

struct probe {
	struct event_base *base;
	struct gateway_hot *hot;
	struct gateway_feed *feed;
	struct event *tick;
	int schedstat;
	int64_t ticked_us, delayed_us, worst_us;
	unsigned registries, rows, states, old, fresh, letters, acknowledgements;
};

static int64_t now_us(void)
{
	struct timespec now;
	clock_gettime(CLOCK_MONOTONIC, &now);
	return (int64_t)now.tv_sec * 1000000 + now.tv_nsec / 1000;
}

/* How long this thread would have run, had there been a processor for it. */
static int64_t delayed_us(const struct probe *probe)
{
	char text[128];
	ssize_t len = pread(probe->schedstat, text, sizeof(text) - 1, 0);
	text[len > 0 ? len : 0] = '\0';
	const char *second = strchr(text, ' ');
	return second ? strtoll(second, NULL, 10) / 1000 : 0;
}

/* The loop is late when a turn takes long, or waits; that others have the processor is none of its doing. */
static void on_tick(int fd, short what, void *user)
{
	(void)fd, (void)what;
	struct probe *probe = user;
	int64_t now = now_us(), delayed = delayed_us(probe);
	int64_t late = now - probe->ticked_us - TICK_MS * 1000 - (delayed - probe->delayed_us);
	if (probe->ticked_us && late > probe->worst_us)
		probe->worst_us = late;
	probe->ticked_us = now;
	probe->delayed_us = delayed;
}

static void on_registry(void *user, const struct hub_registry *registry)
{
	(void)registry;
	((struct probe *)user)->registries++;
}

static void on_hot(void *user)
{
	((struct probe *)user)->rows++;
}

static void on_decision(void *user, int32_t partition, int64_t offset, const struct hub_schema *schema,
        const void *record, bool old)
{
	(void)partition, (void)offset, (void)schema, (void)record;
	struct probe *probe = user;
	probe->old += old;
	probe->fresh += !old;
}

static void on_acknowledgement(void *user, const void *record)
{
	(void)record;
	((struct probe *)user)->acknowledgements++;
}

static void on_letter(void *user, const struct hub_kafka_event *event)
{
	(void)event;
	((struct probe *)user)->letters++;
}

static void on_state(void *user)
{
	((struct probe *)user)->states++;
}

/* A member as hot-state.json writes it; nothing when it is absent. */
static void put_member(const struct gateway_member *member, const void *row)
{
	const void *at = (const char *)row + member->offset;
	char time[HUB_TIME_LEN + 1];
	int64_t at_ms = 0;
	switch (member->form) {
	case GATEWAY_TEXT:
	case GATEWAY_SYMBOL:
		if (((const struct hub_str *)at)->len)
			printf("\t%.*s=%.*s", HUB_STR_ARG(member->name),
			        HUB_STR_ARG(*(const struct hub_str *)at));
		break;
	case GATEWAY_CHOICE:
		if (*(const uint32_t *)at)
			printf("\t%.*s=%s", HUB_STR_ARG(member->name),
			        hub_enum_symbol(member->enumeration, *(const uint32_t *)at));
		break;
	case GATEWAY_NUMBER:
		printf("\t%.*s=%" PRId32, HUB_STR_ARG(member->name), *(const int32_t *)at);
		break;
	case GATEWAY_TIME:
		at_ms = *(const int64_t *)at;
		hub_time_format(at_ms, time);
		if (at_ms != GATEWAY_NO_TIME)
			printf("\t%.*s=%s", HUB_STR_ARG(member->name), time);
		break;
	case GATEWAY_YES:
		printf("\t%.*s=%d", HUB_STR_ARG(member->name), *(const bool *)at);
		break;
	}
}

static void put_rows(struct probe *probe)
{
	for (int kind = 0; kind < GATEWAY_KINDS; kind++) {
		const struct gateway_row_form *form = gateway_row_form_of_kind(kind);
		const struct gateway_row *row;
		for (size_t at = 0; (row = gateway_hot_each(probe->hot, kind, &at));) {
			printf("%.*s\t%" PRId32, HUB_STR_ARG(row->key), row->partition);
			for (uint32_t i = 0; i < form->count; i++)
				put_member(&form->members[i], row);
			putchar('\n');
		}
	}
}

static void put_state(struct probe *probe)
{
	struct gateway_feed_state s;
	gateway_feed_state(probe->feed, &s);
	printf("ready=%d\nkafka_away=%d\nredis_away=%d\npartitions=%u\nwhole=%u\nhistory_percent=%u\n",
	        s.ready, s.kafka_away, s.redis_away, s.partitions, s.whole, s.history_percent);
	printf("registry_version=%" PRId64 "\nlag_records=%" PRId64 "\nlag_ms=%" PRId64
	       "\nfence_lag_records=%" PRId64 "\nfences_live=%u\nclock_skew_ms=%" PRId64
	       "\nasked_at_ms=%" PRId64 "\n",
	        s.registry_version, s.lag_records, s.lag_ms, s.fence_lag_records, s.fences_live,
	        s.clock_skew_ms, s.asked_at_ms);
	printf("registries=%u\nrows=%u\nstates=%u\nold=%u\nfresh=%u\nletters=%u\nacknowledgements=%u\n",
	        probe->registries, probe->rows, probe->states, probe->old, probe->fresh, probe->letters,
	        probe->acknowledgements);
	printf("seq=%" PRIu64 "\nworst_us=%" PRId64 "\n", gateway_hot_seq(probe->hot), probe->worst_us);
	probe->worst_us = 0;
}

static void put_end(void)
{
	printf(".\n");
	fflush(stdout);
}

static void on_published(void *user, int32_t partition, int64_t offset, const struct hub_error *err)
{
	(void)user;
	printf("%s\t%" PRId32 "\t%" PRId64 "\t%s\n", hub_code_name(err->code), partition, offset, err->text);
	put_end();
}

static void on_fetched(
        void *user, const struct hub_kafka_event *events, uint32_t count, const struct hub_error *err)
{
	(void)user;
	printf("%s\n", err->code ? hub_code_name(err->code) : "OK");
	for (uint32_t i = 0; i < count; i++)
		printf("%" PRId32 ":%" PRId64 "\t%u\t%u\n", events[i].at.partition, events[i].offset,
		        events[i].value.len, events[i].header_count);
	put_end();
}

static struct gateway_place place_of(const char *text)
{
	char *end;
	struct gateway_place place = { .partition = (int32_t)strtol(text, &end, 10) };
	place.offset = *end ? strtoll(end + 1, NULL, 10) : 0;
	return place;
}

static void fetch(struct probe *probe, char *const *words, int count)
{
	struct gateway_place places[64];
	uint32_t n = 0;
	for (int i = 3; i < count && n < 64; i++)
		places[n++] = place_of(words[i]);
	gateway_feed_fetch(
	        probe->feed, words[1], places, n, (int)strtol(words[2], NULL, 10), on_fetched, NULL);
}

static void carry_out(struct probe *probe, char *line)
{
	char *words[WORDS_MAX], *rest = line;
	int count = 0;
	for (char *word; count < WORDS_MAX && (word = strsep(&rest, " "));)
		words[count++] = word;
	if (strcmp(words[0], "publish") == 0 && count == 5) {
		gateway_feed_publish(probe->feed, words[1], hub_str_from(words[2]), hub_str_from(words[3]),
		        NULL, 0, (int)strtol(words[4], NULL, 10), on_published, NULL);
	} else if (strcmp(words[0], "fetch") == 0 && count > 2) {
		fetch(probe, words, count);
	} else if (strcmp(words[0], "replay") == 0 && count == 3) {
		gateway_feed_replay(
		        probe->feed, place_of(words[1]), (int)strtol(words[2], NULL, 10), on_published, NULL);
	} else {
		if (strcmp(words[0], "rows") == 0)
			put_rows(probe);
		else if (strcmp(words[0], "state") == 0)
			put_state(probe);
		put_end();
		probe->ticked_us = 0; /* to write all that may have taken long, and is none of the feed's */
	}
}

static void on_input(struct bufferevent *input, void *user)
{
	for (char *line; (line = evbuffer_readln(bufferevent_get_input(input), NULL, EVBUFFER_EOL_LF));) {
		carry_out(user, line);
		free(line);
	}
}

static void on_input_end(struct bufferevent *input, short what, void *user)
{
	(void)input, (void)what;
	event_base_loopbreak(((struct probe *)user)->base);
}

static int run(struct probe *probe, const struct gateway_feed_options *options)
{
	struct hub_error error = { 0 };
	if (gateway_feed_new(options, &probe->feed, &error)) {
		fprintf(stderr, "%s: %s\n", error.place, error.text);
		return 1;
	}
	evutil_make_socket_nonblocking(STDIN_FILENO);
	struct bufferevent *input = bufferevent_socket_new(probe->base, STDIN_FILENO, 0);
	bufferevent_setcb(input, on_input, NULL, on_input_end, probe);
	bufferevent_enable(input, EV_READ);
	probe->tick = event_new(probe->base, -1, EV_PERSIST, on_tick, probe);
	event_add(probe->tick, &(struct timeval){ 0, TICK_MS * 1000 });
	event_base_dispatch(probe->base);
	gateway_feed_free(probe->feed);
	bufferevent_free(input);
	event_free(probe->tick);
	return 0;
}

int main(int argc, char **argv)
{
	if (argc != 5) {
		fprintf(stderr, "usage: %s KAFKA REDIS PREFIX HISTORY_MS < commands (a socket)\n", argv[0]);
		return 64;
	}
	struct probe probe = { .base = event_base_new(),
		.hot = gateway_hot_new(TOMBSTONES),
		.schedstat = open("/proc/thread-self/schedstat", O_RDONLY | O_CLOEXEC) };
	const struct hub_kafka_property property = { "bootstrap.servers", argv[1] };
	const struct gateway_feed_options options = { .base = probe.base,
		.kafka = { &property, 1 },
		.topic_prefix = argv[3],
		.redis = { .address = argv[2], .timeout_ms = 1000 },
		.history_ms = strtoll(argv[4], NULL, 10),
		.hot = probe.hot,
		.log = hub_log_new(STDERR_FILENO, HUB_LOG_INFO, HUB_LOG_LOGFMT, "feed-probe"),
		.listener = { .user = &probe,
		        .registry = on_registry,
		        .hot = on_hot,
		        .decision = on_decision,
		        .acknowledgement = on_acknowledgement,
		        .dead_letter = on_letter,
		        .state = on_state } };
	int result = run(&probe, &options);
	hub_log_free(options.log);
	gateway_hot_free(probe.hot);
	event_base_free(probe.base);
	close(probe.schedstat);
	return result;
}
