#include "counties.h"

#include "load.h"

#include "records/catalogue.h"

#include <stdio.h>

static void print_county(unsigned c)
{
	(void)printf(
	        "    {\"org_id\": \"BH%02u\", \"name\": \"Bench hospital %u\", \"kind\": \"HOSPITAL\", "
	        "\"level\": \"COUNTY\", "
	        "\"county_id\": \"9901%02u\", \"memberships\": [\"BC%02u\"], \"valid_from\": \"2020-01-01\", "
	        "\"specialties\": [\"03.01\", \"03.04\", \"03.07\", \"04.01\", \"05.01\"]}",
	        c, c, c, c);
	for (unsigned s = 0; s < BENCH_SENDERS; s++)
		(void)printf(
		        ",\n    {\"org_id\": \"BT%02u-%u\", \"name\": \"Bench centre %u-%u\", \"kind\": "
		        "\"TOWNSHIP_HEALTH_CENTRE\", \"level\": \"TOWNSHIP\", \"county_id\": \"9901%02u\", "
		        "\"memberships\": [\"BC%02u\"], \"valid_from\": \"2020-01-01\"}",
		        c, s, c, s, c, c);
	(void)printf("%s\n", c + 1 < BENCH_COUNTIES ? "," : "");
}

void bench_counties_registry(void)
{
	(void)printf("{\n  \"Region\": [\n");
	for (unsigned c = 0; c < BENCH_COUNTIES; c++)
		(void)printf("    {\"region_id\": \"9901%02u\", \"name\": \"Bench county %u\", \"kind\": "
		             "\"COUNTY\", "
		             "\"control_org_id\": \"BH%02u\", \"valid_from\": \"2020-01-01\"}%s\n",
		        c, c, c, c + 1 < BENCH_COUNTIES ? "," : "");
	(void)printf("  ],\n  \"Consortium\": [\n");
	for (unsigned c = 0; c < BENCH_COUNTIES; c++)
		(void)printf(
		        "    {\"consortium_id\": \"BC%02u\", \"name\": \"Bench consortium %u\", \"form\": "
		        "\"COUNTY_CONSORTIUM\", \"region_id\": \"9901%02u\", \"lead_org_id\": \"BH%02u\", "
		        "\"valid_from\": \"2020-01-01\"}%s\n",
		        c, c, c, c, c + 1 < BENCH_COUNTIES ? "," : "");
	(void)printf("  ],\n  \"Organisation\": [\n");
	for (unsigned c = 0; c < BENCH_COUNTIES; c++)
		print_county(c);
	(void)printf("  ]\n}\n");
}

void bench_counties_directory(void)
{
	for (unsigned c = 0; c < BENCH_COUNTIES; c++) {
		(void)printf("BH%02u\t9901%02u\tBC%02u\tlead\n", c, c, c);
		for (unsigned s = 0; s < BENCH_SENDERS; s++)
			(void)printf("BT%02u-%u\t9901%02u\tBC%02u\tmember\n", c, s, c, c);
	}
}

void bench_counties_schemas(void)
{
	for (uint32_t i = 0; i < hub_all_schemas.count; i++) {
		const struct hub_schema *schema = hub_all_schemas.schemas[i];
		(void)printf("%s\t%016llx\n", schema->full_name, (unsigned long long)schema->fingerprint);
	}
}
