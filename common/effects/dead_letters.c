#include "effects/dead_letters.h"

static const struct hub_dead_letter_reason reasons[] = {
#define DEAD_LETTER(reason, meaning, remedy) { #reason, meaning, remedy },
#include "effects/dead_letters.def"
};

const struct hub_dead_letter_reason *hub_dead_letter_reason(struct hub_str reason)
{
	for (size_t i = 0; i < sizeof(reasons) / sizeof(reasons[0]); i++) {
		if (hub_str_is(reason, reasons[i].reason))
			return &reasons[i];
	}
	return NULL;
}

bool hub_dead_letter_comes_back(struct hub_str reason)
{
	return hub_str_is(reason, "CRASHED") || hub_str_is(reason, "TOO_LARGE");
}

bool hub_dead_letter_left_out(const struct hub_header *headers, uint32_t count)
{
	return hub_header_last(headers, count, HUB_STR("hub_dlq_left_out")).len > 0;
}

bool hub_dead_letter_owns(struct hub_str header_name)
{
	return hub_str_starts_with(header_name, HUB_STR("hub_dlq_"));
}

uint32_t hub_dead_letter_headers(
        const struct hub_header *headers, uint32_t count, struct hub_str lay, struct hub_header *ret)
{
	/* A letter that dies again has only the last one. */
	const struct hub_str marker = HUB_STR("hub_replayed_from");
	uint32_t kept = 0;
	for (uint32_t i = 0; i < count; i++) {
		if (!hub_dead_letter_owns(headers[i].name) && !hub_str_eq(headers[i].name, marker))
			ret[kept++] = headers[i];
	}
	ret[kept++] = (struct hub_header){ marker, lay };
	return kept;
}
