#include "doctor/world.h"

#include "hubctl/doctor/show.h"
#include "records/catalogue.h"

#include <string.h>

struct world w;

void make_topics(void)
{
	for (uint32_t i = 0; i < hub_topics.count; i++) {
		const struct hub_topic_spec *spec = &hub_topics.topics[i];
		struct hub_cluster_topic *topic = &w.topics[i];
		*topic = (struct hub_cluster_topic){ .name = spec->name,
			.partitions = spec->partitions > 1 ? PARTITIONS : 1,
			.copies = 3,
			.in_sync = 3,
			.settings = w.settings[i] };
		for (uint32_t k = 0; k < spec->setting_count; k++)
			topic->settings[topic->setting_count++] =
			        (struct hub_cluster_setting){ spec->settings[k].name,
				        spec->settings[k].value };
		topic->settings[topic->setting_count++] =
		        (struct hub_cluster_setting){ "min.insync.replicas", "2" };
	}
	w.seen.kafka.cluster.topics = w.topics;
	w.seen.kafka.cluster.topic_count = hub_topics.count;
	w.seen.kafka.specs = hub_topics.topics;
}

static void make_look(struct doctor_group_look *look, int n)
{
	static const char *const inputs[] = { "referral.events", "referral.transfers" };
	look->at_ms = now_ms + 4000 * n;
	look->members = w.members[n];
	look->member_count = 1;
	w.members[n][0] = (struct hub_group_member){ HUB_STR("id-1"), HUB_STR("referral-router-a"),
		HUB_STR("/10.0.0.7") };
	look->input_count = 2;
	look->changelogs = w.changelogs[n];
	look->changelog_count = PARTITIONS;
	for (int i = 0; i < 2; i++) {
		look->inputs[i] =
		        (struct doctor_input){ inputs[i], w.positions[n][i], PARTITIONS, { 0 }, NULL };
		for (int p = 0; p < PARTITIONS; p++)
			w.positions[n][i][p] = (struct hub_group_position){ p, 100, 0, 100 };
	}
	for (int p = 0; p < PARTITIONS; p++)
		w.changelogs[n][p] = (struct doctor_changelog){ .count = 2,
			.positions = { { 490, now_ms - 60000 }, { 500, now_ms - 30000 } } };
}

static void make_fences(struct doctor_fence_look *look)
{
	look->at_ms = now_ms;
	for (int p = 0; p < PARTITIONS; p++)
		look->fences[p] =
		        (struct doctor_fence){ p, true, true, { 10, true, 500, now_ms - 30000, -1 } };
}

int world_set_up(void **state)
{
	(void)state;
	memset(&w, 0, sizeof(w));
	w.arena = hub_arena_new(1 << 20);
	struct doctor_seen *seen = &w.seen;
	seen->now_ms = now_ms;
	seen->daemon = "referral-router";
	seen->prefix = "";
	seen->limit_ms = 7000;
	seen->disks[seen->disk_count++] = (struct doctor_disk){ "/data", { 0 }, 100000000000, 60000000000 };
	seen->certificates_looked = true;
	seen->certificates[seen->certificate_count++] = (struct doctor_certificate){ HUB_STR("ca.crt"),
		HUB_STR("hub"), { 0 }, now_ms - 10 * day, now_ms + 300 * day };
	seen->kafka = (struct doctor_kafka){ .looked = true,
		.servers = "10.0.0.7:9092",
		.protocol = "SASL_SSL",
		.user = "hubctl",
		.registry_records = 40,
		.registry_version = 39 };
	seen->kafka.cluster.brokers = 3;
	make_topics();
	make_look(&seen->kafka.first, 0);
	seen->redis = (struct doctor_redis){ .looked = true,
		.address = "10.0.0.7:6379",
		.policy = HUB_STR("noeviction"),
		.role = HUB_STR("master"),
		.bgsave = HUB_STR("ok"),
		.used = 3000000 };
	make_fences(&seen->redis.first);
	w.daemons[0] = (struct hubctl_daemon){ .name = HUB_STR("referral-router"),
		.address = HUB_STR("10.0.0.7:9464"),
		.connects = true,
		.answers = true,
		.ready = true,
		.instance = HUB_STR("a"),
		.hot_state = HUB_STR("whole") };
	seen->daemons = (struct doctor_daemons){ true, { 0 }, w.daemons, 1 };
	return w.arena == NULL;
}

int world_tear_down(void **state)
{
	(void)state;
	hub_arena_free(w.arena);
	return 0;
}

void look_again(void)
{
	make_look(&w.seen.kafka.second, 1);
	memcpy(w.positions[1], w.positions[0], sizeof(w.positions[0]));
	w.seen.redis.second = w.seen.redis.first;
}

const struct doctor_finding *finding_of(const struct doctor_findings *findings, enum doctor_fault_id id)
{
	for (uint32_t i = 0; i < findings->count; i++)
		if (findings->items[i].fault == id)
			return &findings->items[i];
	return NULL;
}

static void print_page(const struct doctor_findings *findings)
{
	struct hub_buf out;
	hub_buf_init(&out, TEXT_LIMIT);
	doctor_show(findings, 1000, 80, &out);
	print_message("%.*s\n", (int)out.len, out.data);
	hub_buf_done(&out);
}

void assert_fault(enum doctor_fault_id id, const char *words)
{
	const struct doctor_findings *findings = doctor_judge(&w.seen, w.arena);
	assert_non_null(findings);
	const struct doctor_finding *finding = finding_of(findings, id);
	if (findings->faults != 1 || !finding)
		print_page(findings);
	assert_int_equal(findings->faults, 1);
	assert_non_null(finding);
	if (!memmem(finding->seen.data, finding->seen.len, words, strlen(words)))
		print_page(findings);
	assert_non_null(memmem(finding->seen.data, finding->seen.len, words, strlen(words)));
	assert_null(memchr(finding->commands.data, '{', finding->commands.len));
	assert_null(memchr(finding->next.data, '{', finding->next.len));
	assert_null(memchr(finding->cause.data, '{', finding->cause.len));
}

void assert_well(void)
{
	const struct doctor_findings *findings = doctor_judge(&w.seen, w.arena);
	if (findings->faults)
		print_page(findings);
	assert_int_equal(findings->faults, 0);
}

struct hub_cluster_topic *topic(const char *name)
{
	for (uint32_t i = 0; i < hub_topics.count; i++)
		if (strcmp(w.topics[i].name, name) == 0)
			return &w.topics[i];
	fail_msg("no topic %s", name);
	return NULL;
}
