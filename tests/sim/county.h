/* Reference data: three counties of one hospital group each, small enough that a check can know by itself who may be
 * asked: everybody of the county who has the specialty; for a general bed the first two hospitals, for one of
 * rehabilitation the first township centre. The last hospital of the last county serves the others, too, and is the only
 * one for one specialty. */
#ifndef SIM_COUNTY_H
#define SIM_COUNTY_H

#include "base/str.h"
#include "records/bed_kind.h"

#include <stdbool.h>
#include <stdint.h>

struct world;

enum { COUNTIES = 3, HOSPITALS = 3, TOWNSHIPS = 2, SPECIALTIES = 2 };

extern const char *const county_ids[COUNTIES];
extern const char *const county_specialties[SPECIALTIES];
extern const char *const county_specialty_elsewhere;

/* The hospital that serves the other counties, too. */
bool county_serves_all(uint32_t hospital, uint32_t county);

/* Whether the registry names beds of the kind for it. */
bool county_has_beds(struct hub_str org_id, enum hub_bed_kind kind);

/* "H1-330281", "T2-330281" */
void county_org(char text[24], char kind, uint32_t number, uint32_t county);
int32_t county_partition(const struct world *world, uint32_t county);

/* Writes a load of everything; each has other limits. */
void county_load(struct world *world, uint32_t number);

#endif
