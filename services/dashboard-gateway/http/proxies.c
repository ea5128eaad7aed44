#include "dashboard-gateway/http/proxies.h"

#include <arpa/inet.h>

enum { ADDRESS_BYTES = 16, MAPPED_BYTES = 12, TEXT_SIZE = 64 };

/* Every address as one of IPv6, so that there is one way to compare. */
struct network {
	unsigned char address[ADDRESS_BYTES];
	unsigned bits;
};

static const unsigned char mapped[MAPPED_BYTES] = { [10] = 0xff, [11] = 0xff };

/* The first bits of the address that are told by its form: 96 for IPv4. -1: no address. */
static int address_of(const char *text, unsigned char ret[ADDRESS_BYTES])
{
	memcpy(ret, mapped, MAPPED_BYTES);
	if (inet_pton(AF_INET, text, ret + MAPPED_BYTES) == 1)
		return MAPPED_BYTES * 8;
	return inet_pton(AF_INET6, text, ret) == 1 ? 0 : -1;
}

/* "24", of at most so many. */
static bool number_of(const char *text, unsigned most, unsigned *ret)
{
	unsigned value = 0;
	if (!*text)
		return false;
	for (; *text; text++) {
		if (*text < '0' || *text > '9' || value > most)
			return false;
		value = value * 10 + (unsigned)(*text - '0');
	}
	*ret = value;
	return value <= most;
}

static bool network_of(struct hub_str text, struct network *ret)
{
	char copy[TEXT_SIZE];
	if (!text.len || text.len >= sizeof(copy) || memchr(text.data, '\0', text.len))
		return false;
	memcpy(copy, text.data, text.len);
	copy[text.len] = '\0';
	char *slash = strchr(copy, '/');
	if (slash)
		*slash = '\0';
	int before = address_of(copy, ret->address);
	ret->bits = ADDRESS_BYTES * 8;
	if (before < 0)
		return false;
	if (slash && !number_of(slash + 1, ADDRESS_BYTES * 8 - (unsigned)before, &ret->bits))
		return false;
	ret->bits += slash ? (unsigned)before : 0;
	return true;
}

/* Takes the first element, without blanks around it, from *list. */
static struct hub_str next_of(const char **list)
{
	const char *comma = strchrnul(*list, ',');
	struct hub_str text = { *list, (uint32_t)(comma - *list) };
	*list = *comma ? comma + 1 : comma;
	while (text.len && *text.data == ' ')
		text = (struct hub_str){ text.data + 1, text.len - 1 };
	while (text.len && text.data[text.len - 1] == ' ')
		text.len--;
	return text;
}

int gateway_proxies_check(const char *list, struct hub_error *reterr)
{
	struct network network;
	while (*list) {
		struct hub_str text = next_of(&list);
		if (!network_of(text, &network))
			return hub_error_set(reterr, HUB_E_INVALID, "",
			        "\"%.*s\" is neither an address (10.1.2.3) nor a network (10.1.2.0/24)",
			        HUB_STR_ARG(text));
	}
	return HUB_OK;
}

static bool within(const struct network *network, const unsigned char address[ADDRESS_BYTES])
{
	unsigned whole = network->bits / 8, rest = network->bits % 8;
	if (memcmp(network->address, address, whole) != 0)
		return false;
	return !rest || ((network->address[whole] ^ address[whole]) >> (8 - rest)) == 0;
}

bool gateway_proxies_have(const char *list, const char *address)
{
	unsigned char peer[ADDRESS_BYTES];
	struct network network;
	if (!*list || !address || address_of(address, peer) < 0)
		return false;
	while (*list)
		if (network_of(next_of(&list), &network) && within(&network, peer))
			return true;
	return false;
}
