/* What the benchmark's programs have to know before the load comes, each to standard output. */
#ifndef BENCH_COUNTIES_H
#define BENCH_COUNTIES_H

/* The registry of the load's counties as `hubctl registry load` reads it. */
void bench_counties_registry(void);

/* The same organisations for the peer, one a line with tabs between: id, county, consortium, lead or member. */
void bench_counties_directory(void);

/* Every record of the contract, one a line: full name, tab, fingerprint in hexadecimal. */
void bench_counties_schemas(void);

#endif
