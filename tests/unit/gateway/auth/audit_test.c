/* What the audit is told of an access, and what can never get into it. */
#include "dashboard-gateway/auth/audit.h"

#include "wire/framing.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>

#include <cmocka.h>

static const struct gateway_viewer desk = { .user = { "lead-desk", 9 },
	.role = GATEWAY_ROLE_HOSPITAL,
	.org_id = { "990121-H01", 10 },
	.county_id = { "990121", 6 },
	.consortium_id = { "QX-1", 4 } };

static struct gateway_access access_of(const char *resource, const char *subject, int status)
{
	return (struct gateway_access){ .resource = hub_str_from(resource),
		.subject = hub_str_from(subject),
		.action = HUB_ACCESS_ACTION_READ,
		.status = status,
		.client = HUB_STR("10.1.2.3"),
		.trace_id = HUB_STR("0123456789abcdef0123456789abcdef"),
		.epoch = 0xabc,
		.number = 0x12,
		.at_ms = INT64_C(1800000000000) };
}

static void says_who_read_what(void **state)
{
	(void)state;
	struct gateway_audit audit;
	struct gateway_access access = access_of("/referrals/{id}/history", "T02-0001", 200);
	gateway_audit_fill(&desk, &access, &audit);
	const struct hub_access_recorded *r = &audit.record;
	assert_true(hub_str_is(r->head.event_id, "access/abc/12"));
	assert_int_equal(r->head.occurred_at, access.at_ms);
	assert_true(hub_str_is(r->head.county_id, "990121"));
	assert_true(hub_str_is(r->head.consortium_id, "QX-1"));
	assert_true(hub_str_is(r->head.source_org_id, "990121-H01"));
	assert_true(hub_str_is(r->user, "lead-desk"));
	assert_int_equal(r->role, HUB_ACCESS_ROLE_HOSPITAL);
	assert_int_equal(r->action, HUB_ACCESS_ACTION_READ);
	assert_true(hub_str_is(r->resource, "/referrals/{id}/history"));
	assert_true(hub_str_is(r->subject_id, "T02-0001"));
	assert_int_equal(r->status, 200);
	assert_true(hub_str_is(r->client, "10.1.2.3"));
	assert_true(hub_str_is(r->trace_id, "0123456789abcdef0123456789abcdef"));
}

static enum hub_access_action action(enum hub_access_action asked, int status)
{
	struct gateway_audit audit;
	struct gateway_access access = access_of("/session", "", status);
	access.action = asked;
	gateway_audit_fill(&desk, &access, &audit);
	return audit.record.action;
}

static void says_what_was_denied(void **state)
{
	(void)state;
	assert_int_equal(action(HUB_ACCESS_ACTION_CHANGE, 202), HUB_ACCESS_ACTION_CHANGE);
	assert_int_equal(action(HUB_ACCESS_ACTION_CHANGE, 403), HUB_ACCESS_ACTION_DENIED);
	assert_int_equal(action(HUB_ACCESS_ACTION_READ, 401), HUB_ACCESS_ACTION_DENIED);
	assert_int_equal(action(HUB_ACCESS_ACTION_STREAM, 401), HUB_ACCESS_ACTION_DENIED);
	assert_int_equal(action(HUB_ACCESS_ACTION_STREAM, 200), HUB_ACCESS_ACTION_STREAM);
	assert_int_equal(
	        action(HUB_ACCESS_ACTION_LOGIN, 401), HUB_ACCESS_ACTION_LOGIN); /* its status says it */
	assert_int_equal(action(HUB_ACCESS_ACTION_LOGOUT, 204), HUB_ACCESS_ACTION_LOGOUT);
}

static void nobody_is_told_as_nobody(void **state)
{
	(void)state;
	struct gateway_audit audit;
	struct gateway_access access = access_of("/referrals", "", 401);
	gateway_audit_fill(NULL, &access, &audit);
	assert_int_equal(audit.record.role, HUB_ACCESS_ROLE_NOBODY);
	assert_true(hub_str_empty(audit.record.user) && hub_str_empty(audit.record.head.county_id));
	access.login_user = HUB_STR("control");
	access.action = HUB_ACCESS_ACTION_LOGIN;
	gateway_audit_fill(NULL, &access, &audit);
	assert_true(hub_str_is(audit.record.user, "control"));
	/* A name of a login is not one who is somebody else already. */
	gateway_audit_fill(&desk, &access, &audit);
	assert_true(hub_str_is(audit.record.user, "lead-desk"));
}

static const char secret[] = "P-3f9ac1";

/* The record's bytes do not hold the secret, and can be encoded whatever came in. */
static void assert_kept_out(const struct gateway_viewer *viewer, const struct gateway_access *access)
{
	struct gateway_audit audit;
	struct hub_buf bytes;
	hub_buf_init(&bytes, 1 << 16);
	gateway_audit_fill(viewer, access, &audit);
	assert_int_equal(hub_frame_encode(&hub_access_recorded_schema, &audit.record, &bytes, NULL), HUB_OK);
	assert_null(memmem(bytes.data, bytes.len, secret, strlen(secret)));
	hub_buf_done(&bytes);
}

static void nothing_of_what_was_said_gets_in(void **state)
{
	(void)state;
	static const char *const resources[] = { "/referrals?q=P-3f9ac1", "/referrals/P-3f9ac1", "P-3f9ac1",
		"/api/v1/referrals/P-3f9ac1", "/referrals/{id}?P-3f9ac1", "" };
	for (size_t i = 0; i < sizeof(resources) / sizeof(resources[0]); i++) {
		struct gateway_access access = access_of(resources[i], "", 200);
		struct gateway_audit audit;
		assert_kept_out(&desk, &access);
		gateway_audit_fill(&desk, &access, &audit);
		assert_true(hub_str_is(audit.record.resource, "other"));
	}
	/* What stands in a path is told only when it is the id of something. */
	static const int unknown[] = { 400, 401, 403, 404, 405, 406, 413, 415, 422, 429, 500, 503 };
	for (size_t i = 0; i < sizeof(unknown) / sizeof(unknown[0]); i++) {
		struct gateway_access access = access_of("/referrals/{id}", secret, unknown[i]);
		assert_kept_out(&desk, &access);
		assert_kept_out(NULL, &access);
	}
	/* Nor do the other texts carry anything that is not of their form. */
	struct gateway_access access = access_of("/session", "two words of P-3f9ac1", 200);
	access.client = HUB_STR("P-3f9ac1");
	access.trace_id = HUB_STR("P-3f9ac1");
	access.event_ref = HUB_STR("an event P-3f9ac1");
	access.login_user = hub_str_from(secret); /* somebody is logged in: it is not the user */
	assert_kept_out(&desk, &access);
}

static void nothing_is_too_long_to_be_told(void **state)
{
	(void)state;
	char text[2000];
	memset(text, 'a', sizeof(text));
	const struct hub_str much = { text, sizeof(text) };
	const struct gateway_viewer viewer = { much, GATEWAY_ROLE_COUNTY, much, much, much };
	struct gateway_access access = { .resource = much,
		.subject = much,
		.action = HUB_ACCESS_ACTION_READ,
		.status = 200,
		.client = much,
		.trace_id = much,
		.event_ref = much,
		.epoch = UINT64_MAX,
		.number = UINT64_MAX,
		.at_ms = INT64_C(1800000000000) };
	assert_kept_out(&viewer, &access);
	const struct gateway_viewer nobody = { .role = GATEWAY_ROLE_NONE };
	access.login_user = much;
	assert_kept_out(NULL, &access);
	assert_kept_out(&nobody, &access);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(says_who_read_what),
		cmocka_unit_test(says_what_was_denied),
		cmocka_unit_test(nobody_is_told_as_nobody),
		cmocka_unit_test(nothing_of_what_was_said_gets_in),
		cmocka_unit_test(nothing_is_too_long_to_be_told),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
