#include "sample-county/agenda.h"

#include "base/check.h"

#include <stdlib.h>

static bool before(const struct sample_act *a, const struct sample_act *b)
{
	return a->at_ms != b->at_ms ? a->at_ms < b->at_ms : a->order < b->order;
}

static void swap(struct sample_act *a, struct sample_act *b)
{
	struct sample_act keep = *a;
	*a = *b;
	*b = keep;
}

void sample_agenda_done(struct sample_agenda *agenda)
{
	free(agenda->items);
	*agenda = (struct sample_agenda){ 0 };
}

void sample_agenda_add(
        struct sample_agenda *agenda, int64_t at_ms, enum sample_deed deed, void *subject, int32_t turn)
{
	if (agenda->count == agenda->room) {
		agenda->room = agenda->room ? 2 * agenda->room : 1024;
		agenda->items = realloc(agenda->items, agenda->room * sizeof(*agenda->items));
		hub_check(agenda->items);
	}
	size_t at = agenda->count++;
	agenda->items[at] = (struct sample_act){ at_ms, agenda->orders++, deed, subject, turn };
	for (; at > 0 && before(&agenda->items[at], &agenda->items[(at - 1) / 2]); at = (at - 1) / 2)
		swap(&agenda->items[at], &agenda->items[(at - 1) / 2]);
}

static void sink(struct sample_agenda *agenda)
{
	for (size_t at = 0, child; (child = 2 * at + 1) < agenda->count; at = child) {
		if (child + 1 < agenda->count && before(&agenda->items[child + 1], &agenda->items[child]))
			child++;
		if (!before(&agenda->items[child], &agenda->items[at]))
			return;
		swap(&agenda->items[child], &agenda->items[at]);
	}
}

bool sample_agenda_next(struct sample_agenda *agenda, int64_t end_ms, struct sample_act *ret)
{
	if (!agenda->count || agenda->items[0].at_ms >= end_ms)
		return false;
	*ret = agenda->items[0];
	agenda->items[0] = agenda->items[--agenda->count];
	sink(agenda);
	return true;
}
