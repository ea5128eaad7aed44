/* The wards of the county: which beds a hospital reports, and how many are free. */
#ifndef SAMPLE_COUNTY_BEDS_H
#define SAMPLE_COUNTY_BEDS_H

#include "sample-county/day.h"

struct sample_ward {
	const struct hub_organisation *org;
	enum hub_bed_kind kind;
	int32_t beds;
};

/* Free beds in the n-th report of the day: few, since wards are full. */
int32_t sample_ward_free(const struct sample_day *day, const struct sample_ward *ward, int32_t n);

#endif
