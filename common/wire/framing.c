#include "wire/framing.h"

enum { MARK_0 = 0xc3, MARK_1 = 0x01 };

static void put_frame(uint64_t fingerprint, struct hub_buf *out)
{
	unsigned char frame[HUB_FRAME_LEN] = { MARK_0, MARK_1 };
	for (int i = 0; i < 8; i++)
		frame[2 + i] = (unsigned char)(fingerprint >> (8 * i));
	hub_buf_bytes(out, frame, sizeof(frame));
}

void hub_frame_put(const struct hub_schema *schema, struct hub_buf *out)
{
	put_frame(schema->fingerprint, out);
}

int hub_frame_encode(
        const struct hub_schema *schema, const void *record, struct hub_buf *out, struct hub_error *reterr)
{
	size_t before = out->len;
	hub_frame_put(schema, out);
	int rc = hub_record_encode(schema, record, out, reterr);
	if (rc)
		out->len = before;
	return rc;
}

int hub_frame_encode_for(const struct hub_schema *schema, int32_t state_version, const void *record,
        struct hub_buf *out, struct hub_error *reterr)
{
	if (schema->state_version <= state_version)
		return hub_frame_encode(schema, record, out, reterr);
	uint32_t past = schema->version_count;
	while (past > 0 && schema->versions[past - 1].state_version > state_version)
		past--;
	if (past == 0)
		return hub_error_set(reterr, HUB_E_INVALID, schema->name, "not part of a state of version %d",
		        (int)state_version);
	const struct hub_version *version = &schema->versions[past - 1];
	size_t before = out->len;
	put_frame(version->fingerprint, out);
	int rc = hub_record_encode_version(schema, version, record, out, reterr);
	if (rc)
		out->len = before;
	return rc;
}

int hub_frame_split(
        struct hub_str bytes, uint64_t *ret_fingerprint, struct hub_str *ret_body, struct hub_error *reterr)
{
	const unsigned char *at = (const unsigned char *)bytes.data;
	if (bytes.len < HUB_FRAME_LEN || at[0] != MARK_0 || at[1] != MARK_1)
		return hub_error_set(
		        reterr, HUB_E_INVALID, "", "not in single-object framing (C3 01, fingerprint)");
	uint64_t fingerprint = 0;
	for (int i = 0; i < 8; i++)
		fingerprint |= (uint64_t)at[2 + i] << (8 * i);
	*ret_fingerprint = fingerprint;
	*ret_body = (struct hub_str){ bytes.data + HUB_FRAME_LEN, bytes.len - HUB_FRAME_LEN };
	return HUB_OK;
}

static const struct hub_schema *search_schemas(
        const struct hub_schema_set *set, uint64_t fingerprint, const struct hub_version **ret_version)
{
	for (uint32_t i = 0; i < set->count; i++) {
		const struct hub_schema *schema = set->schemas[i];
		*ret_version = NULL;
		if (schema->fingerprint == fingerprint)
			return schema;
		for (uint32_t v = 0; v < schema->version_count; v++) {
			*ret_version = &schema->versions[v];
			if (schema->versions[v].fingerprint == fingerprint)
				return schema;
		}
	}
	return NULL;
}

const struct hub_schema *hub_schema_by_fingerprint(
        const struct hub_schema_set *set, uint64_t fingerprint, const struct hub_version **ret_version)
{
	if (!set->forms)
		return search_schemas(set, fingerprint, ret_version);
	uint32_t low = 0;
	uint32_t high = set->form_count;
	while (low < high) {
		uint32_t middle = low + (high - low) / 2;
		if (set->forms[middle].fingerprint < fingerprint)
			low = middle + 1;
		else
			high = middle;
	}
	if (low == set->form_count || set->forms[low].fingerprint != fingerprint)
		return NULL;
	const struct hub_form *form = &set->forms[low];
	*ret_version = form->version < 0 ? NULL : &form->schema->versions[form->version];
	return form->schema;
}

const struct hub_schema *hub_schema_by_name(const struct hub_schema_set *set, struct hub_str name)
{
	for (uint32_t i = 0; i < set->count; i++) {
		const struct hub_schema *schema = set->schemas[i];
		if (hub_str_is(name, schema->full_name) || hub_str_is(name, schema->name))
			return schema;
	}
	return NULL;
}

int hub_frame_decode(const struct hub_schema_set *set, struct hub_str bytes, struct hub_arena *arena,
        const struct hub_schema **ret_schema, void **ret_record, struct hub_error *reterr)
{
	uint64_t fingerprint;
	struct hub_str body;
	int rc = hub_frame_split(bytes, &fingerprint, &body, reterr);
	if (rc)
		return rc;
	const struct hub_version *version;
	const struct hub_schema *schema = hub_schema_by_fingerprint(set, fingerprint, &version);
	if (!schema)
		return hub_error_set(reterr, HUB_E_NOT_FOUND, "",
		        "no record type known here has the fingerprint %016llx",
		        (unsigned long long)fingerprint);
	void *record = hub_arena_alloc(arena, schema->size);
	if (!record)
		return hub_error_set(
		        reterr, HUB_E_INVALID, schema->name, "more memory than a batch may take");
	rc = version ? hub_record_decode_version(schema, version, body, arena, record, reterr)
	             : hub_record_decode(schema, body, arena, record, reterr);
	if (rc)
		return rc;
	*ret_schema = schema;
	*ret_record = record;
	return HUB_OK;
}
