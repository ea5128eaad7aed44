#include "base/sorted.h"

/* What libbsd's <sys/tree.h> marks its static functions with; the C library does not define it. */
#define __unused __attribute__((unused))

static int compare(const struct hub_sorted_node *a, const struct hub_sorted_node *b)
{
	return hub_str_cmp(a->key, b->key);
}

/* The red-black tree is libbsd's <sys/tree.h>, as in the BSDs. */
RB_PROTOTYPE_STATIC(hub_sorted, hub_sorted_node, link, compare)
RB_GENERATE_STATIC(hub_sorted, hub_sorted_node, link, compare)

void hub_sorted_init(struct hub_sorted *set)
{
	RB_INIT(set);
}

struct hub_sorted_node *hub_sorted_add(struct hub_sorted *set, struct hub_sorted_node *node)
{
	return RB_INSERT(hub_sorted, set, node);
}

void hub_sorted_remove(struct hub_sorted *set, struct hub_sorted_node *node)
{
	RB_REMOVE(hub_sorted, set, node);
}

struct hub_sorted_node *hub_sorted_seek(struct hub_sorted *set, struct hub_str key)
{
	struct hub_sorted_node probe = { .key = key };
	return RB_NFIND(hub_sorted, set, &probe);
}

struct hub_sorted_node *hub_sorted_next(struct hub_sorted_node *node)
{
	return RB_NEXT(hub_sorted, NULL, node);
}

void hub_ordered_i64(int64_t value, unsigned char ret_bytes[HUB_ORDERED_I64_LEN])
{
	uint64_t bits = (uint64_t)value ^ (UINT64_C(1) << 63);
	for (int i = 0; i < HUB_ORDERED_I64_LEN; i++)
		ret_bytes[i] = (unsigned char)(bits >> (56 - 8 * i));
}
