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
