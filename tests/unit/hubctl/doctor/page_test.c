/* What is told: the page for people, JSON, and DOCTOR.md, which is made from the table (HUB_README_UPDATE=1 writes it). */
#include "doctor/world.h"
#include "hubctl/doctor/show.h"
#include "hubctl/text.h"

#include <stdio.h>
#include <stdlib.h>

static void a_hub_that_is_well(void **state)
{
	(void)state;
	assert_well();
	assert_false(doctor_wants_second(&w.seen));
	look_again();
	assert_well();
}

static void what_needs_kafka_is_named_once_when_it_is_away(void **state)
{
	(void)state;
	struct hub_buf out;
	hub_buf_init(&out, TEXT_LIMIT);
	w.seen.kafka.cluster.way = HUB_WAY_REFUSED;
	doctor_show(doctor_judge(&w.seen, w.arena), 1234, 80, &out);
	hub_buf_byte(&out, 0);
	const char *once = strstr(out.data, "Kafka is away");
	assert_non_null(once);
	assert_null(strstr(once + 1, "Kafka is away"));
	assert_non_null(strstr(out.data, "1 fault; "));
	assert_non_null(strstr(out.data, "$ docker compose up -d kafka\n"));
	hub_buf_done(&out);
}

/* Prose fits 80 columns; commands are whole, one a line. */
static void pages_are_narrow(void **state)
{
	(void)state;
	struct hub_buf out;
	hub_buf_init(&out, TEXT_LIMIT);
	w.seen.disks[0].room = 0;
	w.seen.certificates[0].until_ms = now_ms - day;
	topic("audit.events")->state = HUB_CLUSTER_TOPIC_MISSING;
	w.seen.redis.policy = HUB_STR("allkeys-lru");
	doctor_show(doctor_judge(&w.seen, w.arena), 1234, 80, &out);
	hub_buf_byte(&out, 0);
	for (const char *line = out.data; *line; line += strcspn(line, "\n") + 1) {
		struct hub_str text = { line, (uint32_t)strcspn(line, "\n") };
		bool command = memmem(line, text.len, "$ ", 2) != NULL;
		assert_true(command || hubctl_text_width(text) <= 80);
	}
	assert_non_null(strstr(out.data, "4 faults: begin with the first"));
	hub_buf_done(&out);
}

static void json_says_the_same(void **state)
{
	(void)state;
	w.seen.redis.policy = HUB_STR("allkeys-lru");
	json_t *json = doctor_json(doctor_judge(&w.seen, w.arena), 1500), *item;
	size_t i, found = 0;
	assert_int_equal(json_integer_value(json_object_get(json, "faults")), 1);
	assert_true(json_is_false(json_object_get(json, "well")));
	json_array_foreach(json_object_get(json, "checks"), i, item)
	{
		if (!json_object_get(item, "fault"))
			continue;
		found++;
		assert_string_equal(json_string_value(json_object_get(item, "fault")), "REDIS_EVICTS");
		assert_string_equal(json_string_value(json_array_get(json_object_get(item, "commands"), 1)),
		        "redis-cli -u redis://10.0.0.7:6379 config set maxmemory-policy noeviction  # "
		        "without");
	}
	assert_int_equal(found, 1);
	json_decref(json);
}

static void put_page(struct hub_buf *out)
{
	hub_buf_text(out,
	        "# What `hubctl doctor` finds\n\n"
	        "Made from `doctor/faults.def` by `HUB_README_UPDATE=1 ctest --test-dir build/release -R "
	        "hubctl_doctor_page_test`;\nin the order of its checks, most fundamental first. "
	        "`tests/integration/test_doctor*.py` stages them.\n\n");
	doctor_show_table(out);
}

static void the_page_is_what_the_table_says(void **state)
{
	(void)state;
	char *text = calloc(1, TEXT_LIMIT);
	struct hub_buf wanted;
	FILE *file = fopen(DOCTOR_PAGE, "r");
	hub_buf_init(&wanted, TEXT_LIMIT);
	put_page(&wanted);
	if (file) {
		text[fread(text, 1, TEXT_LIMIT - 1, file)] = '\0';
		fclose(file);
	}
	bool same = hub_str_is(hub_buf_slice(&wanted), text);
	if (!same && getenv("HUB_README_UPDATE")) {
		file = fopen(DOCTOR_PAGE, "w");
		assert_non_null(file);
		fwrite(wanted.data, 1, wanted.len, file);
		fclose(file);
		same = true;
	}
	hub_buf_done(&wanted);
	free(text);
	assert_true(same);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		DOCTOR_TEST(a_hub_that_is_well),
		DOCTOR_TEST(what_needs_kafka_is_named_once_when_it_is_away),
		DOCTOR_TEST(pages_are_narrow),
		DOCTOR_TEST(json_says_the_same),
		cmocka_unit_test(the_page_is_what_the_table_says),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
