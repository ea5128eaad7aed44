/* What the fields of a hash mean: a table for each kind of row. Pure; for the files of hot/. */
#ifndef DASHBOARD_GATEWAY_HOT_ROW_H
#define DASHBOARD_GATEWAY_HOT_ROW_H

#include "dashboard-gateway/hot/hot.h"
#include "dashboard-gateway/hot/words.h"

struct hub_enum;

enum gateway_member_form {
	GATEWAY_TEXT,   /* struct hub_str, shared (words.h) */
	GATEWAY_SYMBOL, /* struct hub_str, a symbol of the enumeration */
	GATEWAY_CHOICE, /* an enum */
	GATEWAY_NUMBER, /* int32_t, decimal */
	GATEWAY_TIME,   /* int64_t, RFC 3339 */
	GATEWAY_YES,    /* bool, 1 or 0 */
};

struct gateway_member {
	struct hub_str name; /* of the field and of the member */
	enum gateway_member_form form;
	uint32_t offset;
	const struct hub_enum *enumeration; /* SYMBOL, CHOICE */
};

struct gateway_row_form {
	struct hub_str prefix; /* of its keys */
	enum gateway_kind kind;
	size_t size;
	const struct gateway_member *members; /* count of them, in the order in which they are written */
	uint32_t count;
	const char *steers; /* the field without which there is no row */
	/* What follows from the others; id: the key without its prefix. May be NULL. */
	void (*finish)(void *row, struct hub_str id);
};

union gateway_any_row {
	struct gateway_row row;
	struct gateway_referral referral;
	struct gateway_session session;
	struct gateway_beds beds;
	struct gateway_foreign_hold foreign_hold;
};

/* NULL: rows of such keys are not kept. */
const struct gateway_row_form *gateway_row_form_of(struct hub_str key);
const struct gateway_row_form *gateway_row_form_of_kind(enum gateway_kind kind);

/* The members from the fields; texts are borrowed from them. HUB_E_INVALID: place names the field. */
int gateway_row_read(const struct gateway_row_form *form, const struct gateway_field *fields, uint32_t count,
        union gateway_any_row *ret, struct hub_error *reterr);
bool gateway_row_equal(const struct gateway_row_form *form, const void *row, const void *other);
/* The members of `from` become those of row, which owns key already; texts are taken, former ones dropped. */
void gateway_row_adopt(const struct gateway_row_form *form, struct gateway_words *words,
        struct gateway_row *row, const void *from);
/* Drops the texts of row. */
void gateway_row_release(
        const struct gateway_row_form *form, struct gateway_words *words, struct gateway_row *row);

/* The key without its prefix: unique within its kind. */
static inline struct hub_str gateway_row_id(const struct gateway_row_form *form, struct hub_str key)
{
	return (struct hub_str){ key.data + form->prefix.len, key.len - form->prefix.len };
}

#endif
