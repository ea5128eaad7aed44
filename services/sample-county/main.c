/* Plays the hospitals of a made-up county for one working day against a running hub, and sums the day up. */
#include "base/calendar.h"
#include "kafka/reader.h"
#include "sample-county/play.h"
#include "sample-county/settings.h"
#include "sample-county/summary.h"

#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>
#include <sysexits.h>
#include <time.h>
#include <unistd.h>

static const char usage_text[] =
        "usage: sample-county day      print the last full working day by the county's calendar\n"
        "       sample-county play     play it: about 2,000 referrals and their slots, in lockstep with a "
        "hub whose\n"
        "                              clock is `stream`; its topics must be new\n"
        "       sample-county summary  what was sent and how it was answered, from the topics\n"
        "\n"
        "  --kafka HOST:PORT   the broker; or HUB_KAFKA_BOOTSTRAP_SERVERS\n"
        "  --config FILE       how it is talked to: kafka.* as hubctl's file has it; or HUBCTL_CONFIG\n"
        "  --prefix TEXT       before every topic's name\n"
        "  --date YYYY-MM-DD   another day than the last full working one\n"
        "  --referrals N       how many (2000)\n"
        "  --seed N            another day with other chances (1); the same seed gives the same day\n"
        "  --timeout SECONDS   the longest wait for one answer (60)\n"
        "\n"
        "exit codes: 0 done, 64 usage, 69 no broker or no answer, 70 a fault, 78 no county loaded, topics "
        "not new\n";

struct arguments {
	const char *command;
	const char *kafka, *config, *prefix, *date;
	uint64_t seed;
	uint32_t referrals;
	int64_t timeout_ms;
};

/* A positive number, or the end of the program. */
static int64_t number(const char *option, const char *text, int64_t most)
{
	char *end;
	long long value = strtoll(text, &end, 10);
	if (*end || end == text || value < 1 || value > most) {
		fprintf(stderr, "sample-county: --%s %s: expected a number from 1 to %lld\n", option, text,
		        (long long)most);
		exit(EX_USAGE);
	}
	return value;
}

static struct arguments parse(int argc, char **argv)
{
	static const struct option options[] = { { "kafka", 1, NULL, 'k' }, { "config", 1, NULL, 'c' },
		{ "prefix", 1, NULL, 'p' }, { "date", 1, NULL, 'd' }, { "seed", 1, NULL, 's' },
		{ "referrals", 1, NULL, 'n' }, { "timeout", 1, NULL, 't' }, { "help", 0, NULL, 'h' }, { 0 } };
	struct arguments arguments = { .config = getenv("HUBCTL_CONFIG"),
		.prefix = "",
		.seed = 1,
		.referrals = 2000,
		.timeout_ms = 60000 };
	for (int c; (c = getopt_long(argc, argv, "h", options, NULL)) != -1;) {
		switch (c) {
		case 'k':
			arguments.kafka = optarg;
			break;
		case 'c':
			arguments.config = optarg;
			break;
		case 'p':
			arguments.prefix = optarg;
			break;
		case 'd':
			arguments.date = optarg;
			break;
		case 's':
			arguments.seed = (uint64_t)number("seed", optarg, INT64_MAX);
			break;
		case 'n':
			arguments.referrals = (uint32_t)number("referrals", optarg, 100000);
			break;
		case 't':
			arguments.timeout_ms = 1000 * number("timeout", optarg, 3600);
			break;
		case 'h':
			fputs(usage_text, stdout);
			exit(0);
		default:
			exit(EX_USAGE);
		}
	}
	if (optind != argc - 1) {
		fputs(usage_text, stderr);
		exit(EX_USAGE);
	}
	arguments.command = argv[optind];
	return arguments;
}

static int exit_code(int rc)
{
	switch (rc) {
	case HUB_E_RETRY:
		return EX_UNAVAILABLE;
	case HUB_E_NOT_FOUND:
	case HUB_E_INVALID:
		return EX_CONFIG;
	default:
		return EX_SOFTWARE;
	}
}

/* The last working day that is over; else the one that was asked for. */
static int choose_day(const struct arguments *arguments, const struct hub_kafka_properties *properties,
        struct sample_county *county, int32_t *ret, struct hub_error *reterr)
{
	char registry[256];
	snprintf(registry, sizeof(registry), "%sregistry", arguments->prefix);
	int32_t today = hub_day_of((int64_t)time(NULL) * 1000);
	int32_t day = today;
	if (arguments->date && !hub_day_parse(hub_str_from(arguments->date), &day))
		return hub_error_set(
		        reterr, HUB_E_INVALID, "--date", "%s is not a date like 2026-02-09", arguments->date);
	int rc = sample_county_read(county, properties, registry, day, reterr);
	if (rc)
		return rc;
	if (!arguments->date)
		do
			day--;
		while (!hub_workdays_is_working(&county->workdays, day));
	*ret = day;
	return 0;
}

static void show_progress(void *user, int64_t at_ms, const struct sample_exchange *exchange)
{
	(void)user;
	if (!isatty(STDERR_FILENO))
		return;
	char text[HUB_TIME_LEN + 1];
	hub_time_format(at_ms - 5 * HUB_MINUTE_MS, text);
	struct sample_exchange_counts counts = sample_exchange_counts(exchange);
	fprintf(stderr, "\r\033[K  the day is at %.5s: %llu events sent, %llu decisions read", text + 11,
	        (unsigned long long)counts.sent, (unsigned long long)counts.decisions);
}

/* A second day on top of the first would be refused word by word. */
static int check_new(const struct arguments *arguments, const struct hub_kafka_properties *properties,
        struct hub_arena *arena, struct hub_error *reterr)
{
	char topic[256], group[256];
	snprintf(topic, sizeof(topic), "%sreferral.events", arguments->prefix);
	snprintf(group, sizeof(group), "%sreferral-router", arguments->prefix);
	struct hub_group_position *positions;
	uint32_t count;
	int rc =
	        hub_kafka_group_positions(properties, group, topic, 10000, arena, &positions, &count, reterr);
	for (uint32_t i = 0; !rc && i < count; i++)
		if (positions[i].high > 0)
			rc = hub_error_set(reterr, HUB_E_INVALID, topic,
			        "it already holds events; the sample day needs new topics");
	return rc;
}

static int play(const struct arguments *arguments, const struct hub_kafka_properties *properties,
        const struct sample_county *county, int32_t number, struct hub_error *reterr)
{
	struct hub_arena *arena = hub_arena_new(1 << 20);
	struct sample_exchange *exchange = NULL;
	const struct sample_exchange_options options = { *properties, arguments->prefix,
		arguments->timeout_ms };
	struct sample_day day;
	sample_day_plan(&day, county, number, arguments->seed, arguments->referrals);
	int rc = check_new(arguments, properties, arena, reterr);
	if (!rc)
		rc = sample_exchange_open(&options, &exchange, reterr);
	if (!rc)
		rc = sample_day_play(&day, exchange, show_progress, NULL, reterr);
	if (isatty(STDERR_FILENO))
		fputs("\r\033[K", stderr);
	if (!rc) {
		char date[HUB_DATE_LEN + 1];
		hub_day_format(number, date);
		struct sample_exchange_counts counts = sample_exchange_counts(exchange);
		printf("%s: %llu events, %llu decisions, %llu dead letters\n", date,
		        (unsigned long long)counts.sent, (unsigned long long)counts.decisions,
		        (unsigned long long)counts.dead_letters);
	}
	sample_exchange_close(exchange);
	sample_day_done(&day);
	hub_arena_free(arena);
	return rc;
}

static int run(const struct arguments *arguments, const struct hub_kafka_properties *properties,
        struct hub_error *reterr)
{
	if (!strcmp(arguments->command, "summary"))
		return sample_summary_print(properties, arguments->prefix, reterr);
	struct sample_county county = { 0 };
	int32_t day = 0;
	int rc = choose_day(arguments, properties, &county, &day, reterr);
	if (!rc && !strcmp(arguments->command, "day")) {
		char date[HUB_DATE_LEN + 1];
		hub_day_format(day, date);
		puts(date);
	} else if (!rc) {
		rc = play(arguments, properties, &county, day, reterr);
	}
	sample_county_done(&county);
	return rc;
}

static int settled(const struct arguments *arguments)
{
	struct hub_error error = { 0 };
	struct sample_settings settings;
	int rc = sample_settings_load(arguments->config, arguments->kafka, &settings, &error);
	if (!rc)
		rc = run(arguments, &settings.kafka, &error);
	sample_settings_done(&settings);
	if (rc)
		fprintf(stderr, "sample-county: %s%s%s\n", error.place, *error.place ? ": " : "", error.text);
	return rc ? exit_code(rc) : 0;
}

int main(int argc, char **argv)
{
	struct arguments arguments = parse(argc, argv);
	static const char *const commands[] = { "day", "play", "summary" };
	for (size_t i = 0; i < sizeof(commands) / sizeof(commands[0]); i++)
		if (!strcmp(arguments.command, commands[i]))
			return settled(&arguments);
	fprintf(stderr, "sample-county: unknown command %s; try --help\n", arguments.command);
	return EX_USAGE;
}
