#include "hubctl/pseudonym.h"

#include <sodium.h>
#include <string.h>

enum { NUMBER_MIN = 5, NUMBER_MAX = 32, RESIDENT_LEN = 18, RESIDENT_OLD_LEN = 15, CENTURY_AT = 6 };

static const char *const kinds[] = { "RESIDENT_ID", "PASSPORT", "HK_MACAO_PERMIT", "TAIWAN_PERMIT",
	"BIRTH_CERTIFICATE" };

static bool known(struct hub_str kind)
{
	for (size_t i = 0; i < sizeof(kinds) / sizeof(kinds[0]); i++)
		if (hub_str_is(kind, kinds[i]))
			return true;
	return false;
}

/* The character at *at as ASCII: full-width forms, U+FF01 (EF BC 81) to U+FF5E (EF BD 9E), and the ideographic space,
 * U+3000 (E3 80 80), are folded. Of others the first byte, which is none of those allowed. */
static unsigned char next(struct hub_str text, uint32_t *at)
{
	const unsigned char *c = (const unsigned char *)text.data + *at;
	bool three = text.len - *at >= 3;
	*at += three && (c[0] == 0xEF || c[0] == 0xE3) ? 3 : 1;
	if (three && c[0] == 0xEF && c[1] == 0xBC && c[2] > 0x80)
		return (unsigned char)(c[2] - 0x60);
	if (three && c[0] == 0xEF && c[1] == 0xBD && c[2] < 0x9F)
		return (unsigned char)(c[2] - 0x20);
	if (three && c[0] == 0xE3 && c[1] == 0x80 && c[2] == 0x80)
		return ' ';
	return c[0];
}

/* Digits and capitals only; false at anything else, or when it is too long or too short. */
static bool spell(struct hub_str number, char *ret, uint32_t *ret_len)
{
	uint32_t len = 0, at = 0;
	while (at < number.len) {
		unsigned char c = next(number, &at);
		if (c == ' ' || c == '-')
			continue;
		if (c >= 'a' && c <= 'z')
			c = (unsigned char)(c - 'a' + 'A');
		if (len == NUMBER_MAX || !((c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z')))
			return false;
		ret[len++] = (char)c;
	}
	*ret_len = len;
	return len >= NUMBER_MIN;
}

/* GB 11643; 0 when one of the 17 characters is no digit. */
static char check_digit(const char *number)
{
	static const int weights[] = { 7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2 };
	int sum = 0;
	for (int i = 0; i < RESIDENT_LEN - 1; i++) {
		if (number[i] < '0' || number[i] > '9')
			return 0;
		sum += (number[i] - '0') * weights[i];
	}
	return "10X98765432"[sum % 11];
}

/* A number of the first generation (15 digits) gets its century and check digit; of the second, both are checked. */
static const char *spell_resident(char *number, uint32_t *len)
{
	if (*len == RESIDENT_OLD_LEN) {
		memmove(number + CENTURY_AT + 2, number + CENTURY_AT, RESIDENT_OLD_LEN - CENTURY_AT);
		memcpy(number + CENTURY_AT, "19", 2);
		number[RESIDENT_LEN - 1] = check_digit(number);
		*len = RESIDENT_LEN;
	}
	if (*len != RESIDENT_LEN)
		return "a RESIDENT_ID has 18 characters (15 in the first generation)";
	char right = check_digit(number);
	if (!right)
		return "a RESIDENT_ID has digits, and X at most at the end";
	return right == number[RESIDENT_LEN - 1] ? NULL : "its check digit is wrong";
}

int hubctl_document_normalise(
        struct hub_str kind, struct hub_str number, struct hub_buf *out, struct hub_error *reterr)
{
	char spelt[NUMBER_MAX];
	uint32_t len = 0;
	const char *wrong = NULL;
	if (!known(kind))
		return hub_error_set(reterr, HUB_E_INVALID, "id_kind",
		        "RESIDENT_ID, PASSPORT, HK_MACAO_PERMIT, TAIWAN_PERMIT or BIRTH_CERTIFICATE");
	if (!spell(number, spelt, &len))
		wrong = "5 to 32 letters A to Z and digits; spaces and hyphens may stand between them";
	else if (hub_str_is(kind, "RESIDENT_ID"))
		wrong = spell_resident(spelt, &len);
	if (!wrong) {
		hub_buf_str(out, kind);
		hub_buf_byte(out, ':');
		hub_buf_bytes(out, spelt, len);
	}
	sodium_memzero(spelt, sizeof(spelt));
	return wrong ? hub_error_set(reterr, HUB_E_INVALID, "id_number", "%s", wrong) : HUB_OK;
}

int hubctl_pseudonym(const struct hubctl_pseudonym_key *key, struct hub_str kind, struct hub_str number,
        struct hub_buf *out, struct hub_error *reterr)
{
	unsigned char hash[crypto_auth_hmacsha256_BYTES];
	char text[sodium_base64_ENCODED_LEN(sizeof(hash), sodium_base64_VARIANT_URLSAFE_NO_PADDING)];
	struct hub_buf document;
	hub_buf_init(&document, 2 * NUMBER_MAX + 1);
	int result = hubctl_document_normalise(kind, number, &document, reterr);
	if (!result) {
		_Static_assert(crypto_auth_hmacsha256_KEYBYTES == HUBCTL_PSEUDONYM_KEY_LEN, "one length");
		crypto_auth_hmacsha256(hash, (const unsigned char *)document.data, document.len, key->bytes);
		sodium_bin2base64(
		        text, sizeof(text), hash, sizeof(hash), sodium_base64_VARIANT_URLSAFE_NO_PADDING);
		hub_buf_printf(out, "%u.%s", key->generation, text);
		sodium_memzero(document.data, document.len);
	}
	hub_buf_done(&document);
	return result;
}
