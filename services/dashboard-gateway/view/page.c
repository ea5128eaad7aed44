#include "dashboard-gateway/view/page.h"

/* A cursor in bytes: order, time, first, second, id; as hexadecimal digits, which need no escape in a URL. */
enum { NUMBER_LEN = 8, FIXED_LEN = 1 + 3 * NUMBER_LEN };

static int by_rank(const struct gateway_rank *a, const struct gateway_rank *b)
{
	if (a->first != b->first)
		return a->first < b->first ? -1 : 1;
	if (a->second != b->second)
		return a->second < b->second ? -1 : 1;
	return hub_str_cmp(a->id, b->id);
}

static int digit(char c)
{
	return c >= '0' && c <= '9' ? c - '0' : c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

/* False: not hexadecimal, or too long. */
static bool read_bytes(struct hub_str text, unsigned char *bytes, uint32_t room, uint32_t *ret_len)
{
	if (text.len % 2 || text.len / 2 > room)
		return false;
	for (uint32_t i = 0; i < text.len / 2; i++) {
		int high = digit(text.data[2 * i]), low = digit(text.data[2 * i + 1]);
		if (high < 0 || low < 0)
			return false;
		bytes[i] = (unsigned char)(high << 4 | low);
	}
	*ret_len = text.len / 2;
	return true;
}

static int64_t read_number(const unsigned char *bytes)
{
	uint64_t value = 0;
	for (int i = 0; i < NUMBER_LEN; i++)
		value = value << 8 | bytes[i];
	return (int64_t)value;
}

static bool read_cursor(struct gateway_page *page, struct hub_str text)
{
	unsigned char bytes[FIXED_LEN + GATEWAY_CURSOR_ID_MAX];
	uint32_t len;
	if (!read_bytes(text, bytes, sizeof(bytes), &len) || len <= FIXED_LEN ||
	        (char)bytes[0] != page->order)
		return false;
	page->at_ms = read_number(bytes + 1);
	page->after.first = read_number(bytes + 1 + NUMBER_LEN);
	page->after.second = read_number(bytes + 1 + 2 * NUMBER_LEN);
	memcpy(page->after_id, bytes + FIXED_LEN, len - FIXED_LEN);
	page->after.id = (struct hub_str){ page->after_id, len - FIXED_LEN };
	page->has_after = true;
	return true;
}

int gateway_page_init(struct gateway_page *page, char order, int64_t now_ms,
        const struct gateway_params *params, struct hub_error *reterr)
{
	struct hub_str cursor = gateway_params_get(params, "cursor");
	page->order = order;
	page->limit = GATEWAY_LIMIT_DEFAULT;
	page->at_ms = now_ms;
	page->has_after = false;
	page->total = 0;
	page->behind = 0;
	page->count = 0;
	if (cursor.len && !read_cursor(page, cursor))
		return hub_error_set(reterr, HUB_E_INVALID, "cursor",
		        "expected the `next` of an answer to the same query");
	return gateway_params_limit(params, &page->limit, reterr);
}

/* The heap has the last of the page at its root. */
static void sift_down(struct gateway_page *page, uint32_t at, uint32_t count)
{
	struct gateway_page_item moved = page->items[at];
	for (uint32_t child; (child = 2 * at + 1) < count; at = child) {
		if (child + 1 < count && by_rank(&page->items[child].rank, &page->items[child + 1].rank) < 0)
			child++;
		if (by_rank(&page->items[child].rank, &moved.rank) <= 0)
			break;
		page->items[at] = page->items[child];
	}
	page->items[at] = moved;
}

static void sift_up(struct gateway_page *page, uint32_t at)
{
	struct gateway_page_item moved = page->items[at];
	for (; at > 0; at = (at - 1) / 2) {
		if (by_rank(&moved.rank, &page->items[(at - 1) / 2].rank) <= 0)
			break;
		page->items[at] = page->items[(at - 1) / 2];
	}
	page->items[at] = moved;
}

void gateway_page_offer(struct gateway_page *page, const struct gateway_rank *rank, const void *item)
{
	page->total++;
	if (page->has_after && by_rank(rank, &page->after) <= 0)
		return;
	page->behind++;
	if (page->count < page->limit) {
		page->items[page->count] = (struct gateway_page_item){ *rank, item };
		sift_up(page, page->count++);
	} else if (by_rank(rank, &page->items[0].rank) < 0) {
		page->items[0] = (struct gateway_page_item){ *rank, item };
		sift_down(page, 0, page->count);
	}
}

static void put_bytes(struct hub_buf *out, const void *bytes, size_t len)
{
	static const char digits[] = "0123456789abcdef";
	const unsigned char *at = bytes;
	for (size_t i = 0; i < len; i++) {
		hub_buf_byte(out, (uint8_t)digits[at[i] >> 4]);
		hub_buf_byte(out, (uint8_t)digits[at[i] & 15]);
	}
}

static void put_number(struct hub_buf *out, int64_t value)
{
	unsigned char bytes[NUMBER_LEN];
	for (int i = 0; i < NUMBER_LEN; i++)
		bytes[i] = (unsigned char)((uint64_t)value >> 8 * (NUMBER_LEN - 1 - i));
	put_bytes(out, bytes, sizeof(bytes));
}

void gateway_page_finish(struct gateway_page *page, struct hub_buf *next)
{
	for (uint32_t left = page->count; left > 1; left--) {
		struct gateway_page_item last = page->items[0];
		page->items[0] = page->items[left - 1];
		page->items[left - 1] = last;
		sift_down(page, 0, left - 1);
	}
	if (page->behind <= page->count)
		return;
	const struct gateway_rank *rank = &page->items[page->count - 1].rank;
	put_bytes(next, &page->order, 1);
	put_number(next, page->at_ms);
	put_number(next, rank->first);
	put_number(next, rank->second);
	put_bytes(next, rank->id.data, rank->id.len);
}
