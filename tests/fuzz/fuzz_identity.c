/* Documents, identities and what came sealed, as text of a stranger: the first byte says which. */
#include "take.h"

#include "base/check.h"
#include "hubctl/sealed.h"

#include <sodium.h>
#include <stdio.h>
#include <string.h>

enum { DOCUMENT_MAX = 128, TEXT_MAX = 1 << 14 };

static struct hubctl_box_key secret, public;

static void make_keys(void)
{
	static const unsigned char seed[crypto_box_SEEDBYTES] = { 1 };
	hub_check(sodium_init() >= 0);
	hub_check(crypto_box_seed_keypair(public.bytes, secret.bytes, seed) == 0);
	hubctl_key_id(public.bytes, public.key_id);
	hubctl_key_id(public.bytes, secret.key_id);
}

/* The one spelling is spelt like itself. */
static void spell(struct hub_str kind, struct hub_str number)
{
	struct hub_buf once, twice;
	hub_buf_init(&once, DOCUMENT_MAX);
	hub_buf_init(&twice, DOCUMENT_MAX);
	if (hubctl_document_normalise(kind, number, &once, NULL) == HUB_OK) {
		struct hub_str spelt = { once.data + kind.len + 1, (uint32_t)once.len - kind.len - 1 };
		hub_check(hubctl_document_normalise(kind, spelt, &twice, NULL) == HUB_OK);
		hub_check(hub_str_eq(hub_buf_slice(&once), hub_buf_slice(&twice)));
	}
	hub_buf_done(&once);
	hub_buf_done(&twice);
}

static void open_text(struct hub_str text)
{
	json_t *identity;
	if (hubctl_open_sealed(&secret, text, &identity, NULL) == HUB_OK)
		json_decref(identity);
}

/* What can be sealed is what is opened. */
static void seal(struct hub_str text)
{
	json_t *sealed, *opened;
	if (hubctl_seal(&public, text, &sealed, NULL))
		return;
	char bytes[TEXT_MAX];
	size_t len = json_dumpb(sealed, bytes, sizeof(bytes), JSON_COMPACT);
	hub_check(len <= sizeof(bytes));
	hub_check(hubctl_open_sealed(&secret, (struct hub_str){ bytes, (uint32_t)len }, &opened, NULL) ==
	          HUB_OK);
	json_t *given = json_loadb(text.data, text.len, 0, NULL);
	hub_check(json_equal(given, opened));
	json_decref(given);
	json_decref(opened);
	json_decref(sealed);
}

/* A sender of any kind sealed any bytes for us. */
static void open_inside(struct hub_str plain)
{
	unsigned char sealed[TEXT_MAX];
	char base64[2 * TEXT_MAX], text[2 * TEXT_MAX + DOCUMENT_MAX];
	if (plain.len + crypto_box_SEALBYTES > sizeof(sealed))
		return;
	hub_check(crypto_box_seal(sealed, (const unsigned char *)plain.data, plain.len, public.bytes) == 0);
	sodium_bin2base64(base64, sizeof(base64), sealed, plain.len + crypto_box_SEALBYTES,
	        sodium_base64_VARIANT_ORIGINAL);
	snprintf(text, sizeof(text), "{\"key_id\":\"%s\",\"cipher\":\"%s\",\"bytes\":\"%s\"}", secret.key_id,
	        HUBCTL_SEALED_CIPHER, base64);
	open_text(hub_str_from(text));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	if (!public.key_id[0])
		make_keys();
	if (size < 1 || size > TEXT_MAX / 2)
		return 0;
	struct hub_str text = { (const char *)data + 1, (uint32_t)size - 1 };
	const char *end = memchr(text.data, '\n', text.len);
	switch (data[0]) {
	case 'd':
		if (end) {
			struct hub_str kind = { text.data, (uint32_t)(end - text.data) };
			spell(kind, (struct hub_str){ end + 1, text.len - kind.len - 1 });
		}
		break;
	case 'i':
		seal(text);
		break;
	case 'o':
		open_text(text);
		break;
	default:
		open_inside(text);
	}
	return 0;
}
