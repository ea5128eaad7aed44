/* Pseudonyms by the published test vectors, which the clients in Python, Java and Node meet, too. */
#include "hubctl/pseudonym.h"

#include <jansson.h>
#include <setjmp.h>
#include <sodium.h>
#include <stdarg.h>
#include <string.h>

#include <cmocka.h>

static json_t *vectors;

static int setup(void **state)
{
	(void)state;
	vectors = json_load_file(PSEUDONYM_VECTORS, 0, NULL);
	return vectors && sodium_init() >= 0 ? 0 : -1;
}

static int teardown(void **state)
{
	(void)state;
	json_decref(vectors);
	return 0;
}

static struct hub_str text_of(const json_t *json, const char *member)
{
	return hub_str_from(json_string_value(json_object_get(json, member)));
}

static struct hubctl_pseudonym_key published_key(void)
{
	struct hubctl_pseudonym_key key = { .generation = (uint32_t)json_integer_value(
		                                    json_object_get(vectors, "generation")) };
	const char *text = json_string_value(json_object_get(vectors, "pseudonym_key"));
	size_t len;
	assert_int_equal(sodium_base642bin(key.bytes, sizeof(key.bytes), text, strlen(text), NULL, &len, NULL,
	                         sodium_base64_VARIANT_ORIGINAL),
	        0);
	assert_int_equal(len, sizeof(key.bytes));
	return key;
}

static void test_patients(void **state)
{
	(void)state;
	const json_t *patients = json_object_get(vectors, "patients"), *patient;
	struct hubctl_pseudonym_key key = published_key();
	size_t i;
	struct hub_buf told;
	hub_buf_init(&told, 128);
	assert_true(json_array_size(patients) > 0);
	json_array_foreach(patients, i, patient)
	{
		hub_buf_reset(&told);
		assert_int_equal(hubctl_pseudonym(&key, text_of(patient, "id_kind"),
		                         text_of(patient, "id_number"), &told, NULL),
		        HUB_OK);
		assert_int_equal(told.len, text_of(patient, "patient_id").len);
		assert_memory_equal(told.data, text_of(patient, "patient_id").data, told.len);
	}
	hub_buf_done(&told);
}

/* The error says what is wrong without the number, which may come to a log. */
static void test_refused(void **state)
{
	(void)state;
	const json_t *refused = json_object_get(vectors, "refused"), *each;
	struct hubctl_pseudonym_key key = published_key();
	size_t i;
	struct hub_buf told;
	hub_buf_init(&told, 128);
	assert_true(json_array_size(refused) > 0);
	json_array_foreach(refused, i, each)
	{
		struct hub_error error = { 0 };
		struct hub_str number = text_of(each, "id_number");
		assert_int_equal(hubctl_pseudonym(&key, text_of(each, "id_kind"), number, &told, &error),
		        HUB_E_INVALID);
		assert_int_equal(told.len, 0);
		assert_true(error.text[0]);
		assert_true(number.len == 0 || !strstr(error.text, number.data));
	}
	hub_buf_done(&told);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_patients),
		cmocka_unit_test(test_refused),
	};
	return cmocka_run_group_tests(tests, setup, teardown);
}
