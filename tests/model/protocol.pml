/* Commit, restore and fence: what the runtime does between Kafka and Redis, with two instances of a daemon in one group.
 * A pause needs no code: whoever has a next step may be late with it for ever.
 * TIMERS, REDIS: what is looked at (Redis decides nothing, so the rest may be searched without it). */
#include "bounds.h"
#include "kafka.pml"
#include "state.pml"
#ifdef REDIS
#include "follower.pml"
#endif
#include "worker.pml"

#ifdef REDIS
#define SHOWN(p) (repoch[p] == epoch[X(owner[p], p)] && rkind[p] == LIVE && rnumber[p] == log[p].last && rk0[p] == log[p].k0[log[p].last] && rk1[p] == log[p].k1[log[p].last])
#else
#define SHOWN(p) 1
#endif
#define ALL_DONE(p) (log[p].next[log[p].last] == INPUTS(p) && phase[X(owner[p], p)] == RESTORED && SHOWN(p))

/* Property END. */
proctype Monitor()
{
	timeout;
	CHECK(END, ALL_DONE(0));
#if P > 1
	CHECK(END, ALL_DONE(1));
#endif
#ifdef TIMERS
	CHECK(END, log[0].tmr[log[0].last] != ARMED)
#endif
}

init {
	atomic {
#if P > 1
		do :: nin[1] < N1 ->
#ifdef REDIS
			input[3 + nin[1]] = SET0;
#else
			input[3 + nin[1]] = REQUEST;
#endif
			nin[1]++
		:: else -> break od;
#endif
		log[0].st[0] = COMMITTED; log[P - 1].st[0] = COMMITTED;
#ifdef REDIS
		if :: FO -> repoch[0] = FOREIGN; rkind[0] = LIVE; rnumber[0] = FOREIGN; rk0[0] = FOREIGN; rk1[0] = FOREIGN :: else fi;
		do :: nin[0] < N0 ->
			if :: input[nin[0]] = SET0 :: nin[0] > 0 -> input[nin[0]] = SET1 :: nin[0] > 0 -> input[nin[0]] = DEL0 fi;
			nin[0]++
		:: else -> break od;
		run hub_follower_step(0); run hub_follower_step(1); run RedisFaults();
#endif
#if OP
		run Operators();
#endif
#ifndef REDIS
		run Publisher();
#endif
		run Coordinator(0); run Coordinator(1); run Group();
		run hub_runtime_step(0); run hub_runtime_step(1); run Monitor()
	}
}
