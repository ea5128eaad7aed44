/* A crash file of any content, then a daemon's start and a few events on a broker in memory: nothing is lost, nothing is
 * doubled, it does not hang; what may happen is that something is set aside, or a partition is stopped. */
#include "take.h"

#include "base/check.h"
#include "base/hash.h"
#include "toy.h"

static struct toy toy;
static struct hub_crash_file file;

static void fill(struct bytes *bytes, struct hub_crash_list *list)
{
	list->count = take_byte(bytes) % 8;
	for (uint32_t i = 0; i < list->count; i++) {
		struct hub_crash_entry *entry = &list->entries[i];
		uint8_t what = take_byte(bytes);
		*entry = (struct hub_crash_entry){ .kind = what & 3,
			.partition = (what >> 2) % 3,
			.topic = what & 64 ? hub_hash(HUB_HASH_START, HUB_STR("toy.events")) : what,
			.from = (int8_t)take_byte(bytes),
			.to = (int8_t)take_byte(bytes),
			.print = take_byte(bytes) % 4 };
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct bytes bytes = { data, size };
	toy_init(&toy);
	memset(&file, 0, sizeof(file));
	toy.options.crash_file = &file;
	uint8_t raw = take_byte(&bytes);
	file.layout = HUB_CRASH_LAYOUT;
	file.signal = raw & 1 ? 11 : 0;
	fill(&bytes, &file.noted);
	fill(&bytes, &file.suspects);
	if (raw & 2) {
		struct hub_str rest = take_rest(&bytes);
		memcpy(&file, rest.data, rest.len < sizeof(file) ? rest.len : sizeof(file));
	}
	for (int i = 0; i < 8; i++)
		toy_event(&toy, i % 2, "a", i == 4 ? "after 100" : "");
	toy_start_ready(&toy, "01");
	for (int i = 0; i < 40; i++) {
		hub_check(toy_run(&toy, 1) == 0);
		toy.broker.now_us += 20 * 1000;
	}
	hub_check(toy.decided + toy.dead == 8 || toy.notices[HUB_NOTICE_STOPPED]);
	hub_check(broker_visible_count(&toy.broker, DEAD_LETTERS, 0) +
	                  broker_visible_count(&toy.broker, DEAD_LETTERS, 1) ==
	          toy.dead);
	toy_done(&toy);
	return 0;
}
