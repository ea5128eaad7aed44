/* Redis, the follower thread of one instance, and the worker's side of it. Redis holds a fence {epoch; LIVE and an
 * offset, or REBUILDING and the number of the write} and two keys. */

inline m_disown(i, p)
{
	epoch[X(i, p)] = 0; restored_at[X(i, p)] = 0; missed[X(i, p)] = 0; wants[X(i, p)] = 0; served[X(i, p)] = 0;
	ask[X(i, p)] = 0; high[X(i, p)] = 0; fresh[X(i, p)] = 0; dfrom[X(i, p)] = 0
}

/* == deliver.c */

inline hub_runtime_own(i, p)
{
	epoch[X(i, p)] = made[X(i, p)]; restored_at[X(i, p)] = base[X(i, p)];
#ifdef M_HIGHCACHED
	high[X(i, p)] = log[p].n; /* mutant: asked once, before any fence was seen */
#endif
}

/* A commit's changes, from the state before to the state now. */
inline hub_runtime_deliver(i, p)
{
	if
	:: fresh[X(i, p)] ->
		pepoch[X(i, p)] = epoch[X(i, p)]; pfrom[X(i, p)] = dfrom[X(i, p)]; pfence[X(i, p)] = base[X(i, p)];
		fresh[X(i, p)] = 0; dfrom[X(i, p)] = 0; given[i] = 1
	:: else
	fi
}

inline still_wanted(i)
{
	if
	:: snumber[i] != 0 && (wants[X(i, spart[i])] != snumber[i] || missed[X(i, spart[i])]) ->
		snumber[i] = 0; skeys[i] = 0; sfirst[i] = 0; spart[i] = 0
	:: else
	fi
}

/* The keys that are there now. */
inline begin_snapshot(i, p)
{
	if
	:: snumber[i] == 0 && wants[X(i, p)] != served[X(i, p)] ->
		snumber[i] = wants[X(i, p)]; served[X(i, p)] = wants[X(i, p)]; spart[i] = p; sfirst[i] = 1;
		skeys[i] = (log[p].k0[base[X(i, p)]] != 0 -> 1 : 0) + (log[p].k1[base[X(i, p)]] != 0 -> 2 : 0)
	:: else
	fi
}

/* The next of them, by its value now; with the changes of the last commit, if there are any. */
inline add_piece(i)
{
	if
	:: snumber[i] != 0 ->
		q = X(i, spart[i]);
		if
		:: pepoch[q] == 0 -> pepoch[q] = epoch[q]; pfrom[q] = base[q]; pfence[q] = base[q]
		:: else
		fi;
		psnap[q] = snumber[i]; pfirst[q] = sfirst[i]; sfirst[i] = 0;
		if
		:: skeys[i] == 0 -> pkey[q] = 0
		:: skeys[i] == 2 -> pkey[q] = 2; skeys[i] = 0
		:: else -> pkey[q] = 1; skeys[i] = skeys[i] - 1
		fi;
		plast[q] = (skeys[i] == 0);
		given[i] = 1;
		if :: skeys[i] == 0 -> snumber[i] = 0; spart[i] = 0 :: else fi
	:: else
	fi
}

inline go_on_with_snapshot(i)
{
	still_wanted(i);
	begin_snapshot(i, 0);
#if P > 1
	begin_snapshot(i, 1);
#endif
	add_piece(i)
}

inline answer_high(i, p)
{
	if
	:: ask[X(i, p)] == 1 -> ask[X(i, p)] = 2;
#ifndef M_HIGHCACHED
		high[X(i, p)] = log[p].n
#endif
	:: else
	fi
}

#define WAITS_FOR(i, p) (epoch[X(i, p)] != 0 && (wants[X(i, p)] != served[X(i, p)] || ask[X(i, p)] == 1))
#if P == 1
#define WAITS(i) (snumber[i] != 0 || WAITS_FOR(i, 0)) /* hub_runtime_follower_waits */
#else
#define WAITS(i) (snumber[i] != 0 || WAITS_FOR(i, 0) || WAITS_FOR(i, 1))
#endif
inline hub_runtime_serve_follower(i)
{
	hub_runtime_deliver(i, 0);
#if P > 1
	hub_runtime_deliver(i, 1);
#endif
	answer_high(i, 0);
#if P > 1
	answer_high(i, 1);
#endif
	go_on_with_snapshot(i)
}

/* == handover.c */

inline m_miss(i, p)
{
	if
	:: fresh[X(i, p)] -> fresh[X(i, p)] = 0; dfrom[X(i, p)] = 0;
#ifndef M_MISSED
		missed[X(i, p)] = 1 /* without it (a mutant) the follower would never know */
#endif
	:: else
	fi
}
inline drop_filling(i)
{
	m_miss(i, 0);
#if P > 1
	m_miss(i, 1);
#endif
}

/* == fenced.c */

/* As hub_fenced_judge says it, of the fence that was read: t, k, n. */
#if defined(M_FENCEOFF)
#define INTACT(i, p, t, k, n) (wkind[X(i, p)] != 0 && !rebuild[X(i, p)] && (k) == wkind[X(i, p)] && (n) == wnumber[X(i, p)])
#elif defined(M_FENCETOK)
#define INTACT(i, p, t, k, n) (wkind[X(i, p)] != 0 && !rebuild[X(i, p)] && (t) == fepoch[X(i, p)])
#elif defined(M_NOCOMPARE)
#define INTACT(i, p, t, k, n) (wkind[X(i, p)] != 0 && !rebuild[X(i, p)])
#elif defined(M_WRITENO)
#define INTACT(i, p, t, k, n) (wkind[X(i, p)] != 0 && !rebuild[X(i, p)] && (t) == fepoch[X(i, p)] && (k) == wkind[X(i, p)] && ((k) == REBUILDING || (n) == wnumber[X(i, p)]))
#else
#define INTACT(i, p, t, k, n) (wkind[X(i, p)] != 0 && !rebuild[X(i, p)] && (t) == fepoch[X(i, p)] && (k) == wkind[X(i, p)] && (n) == wnumber[X(i, p)])
#endif
#ifdef M_CLAIMANY
#define LATER(i, p, t) 0 /* mutant: who believes to be the owner claims */
#else
#define LATER(i, p, t) ((t) > fepoch[X(i, p)] && (t) != foreign[X(i, p)])
#endif
#if defined(M_CATCHUP)
/* mutant: any older fence that is LIVE will do; what follows it is taken from the changelog */
#define AT_OUR_POSITION(i, p, k, n) (standing[X(i, p)] == CLAIMING && !rebuild[X(i, p)] && (k) == LIVE && (n) <= frestored[X(i, p)])
#else
#define AT_OUR_POSITION(i, p, k, n) (standing[X(i, p)] == CLAIMING && !rebuild[X(i, p)] && (k) == LIVE && (n) == frestored[X(i, p)] && (n) != 0)
#endif

/* == rebuild.c */

inline hub_fenced_must_rebuild(i, p)
{
	standing[X(i, p)] = CLAIMING; rebuild[X(i, p)] = 1; began[X(i, p)] = 0
}

/* == fenced.c */

/* hub_handover_edit: the share of this assignment, or none. */
#ifdef M_EDITANY
#define SHARE(i, p) 1 /* mutant: of whatever assignment */
#else
#define SHARE(i, p) (epoch[X(i, p)] == fepoch[X(i, p)])
#endif

inline hub_fenced_on_later_owner(i, p, t)
{
	standing[X(i, p)] = BEHIND; rebuild[X(i, p)] = 0; began[X(i, p)] = 0;
	if
	:: !SHARE(i, p)
	:: SHARE(i, p) && asked_for[X(i, p)] != t -> asked_for[X(i, p)] = t; ask[X(i, p)] = 1; told[X(i, p)] = 0
	:: SHARE(i, p) && asked_for[X(i, p)] == t && ask[X(i, p)] == 2 ->
		ask[X(i, p)] = 0; asked_for[X(i, p)] = 0;
		if
		:: t > high[X(i, p)] -> foreign[X(i, p)] = t; hub_fenced_must_rebuild(i, p)
		:: else -> told[X(i, p)] = t
		fi
	:: else
	fi
}

/* WATCH and GET. */
inline hub_fenced_look(i, p)
{
	dirty[X(i, p)] = 0; t = repoch[p]; k = rkind[p]; n = rnumber[p]; mine = fepoch[X(i, p)]
}

/* Properties STALE and FOLD: whenever anybody writes. */
inline m_written(p)
{
	CHECK(STALE, repoch[p] <= mine || repoch[p] == FOREIGN);
	repoch[p] = mine; rkind[p] = tokind; rnumber[p] = tonumber;
	dirty[X(0, p)] = 1; dirty[X(1, p)] = 1;
	CHECK(FOLD, rkind[p] != LIVE || (rnumber[p] <= log[p].last && log[p].st[rnumber[p]] != ABORTED && rk0[p] == log[p].k0[rnumber[p]] && rk1[p] == log[p].k1[rnumber[p]]))
}

#ifdef M_NOWATCH
#define CLEAN(i, p) 1 /* mutant: compared, but EXEC without WATCH */
#else
#define CLEAN(i, p) (!dirty[X(i, p)])
#endif
/* MULTI, the changes, SET fence, EXEC. The fenced struct is the one of the look, or already gone. */
inline hub_fenced_end_write(i, p)
{
	atomic { if
	:: CLEAN(i, p) -> d_step { m_change(i, p); m_written(p);
		if :: fepoch[X(i, p)] == mine -> wkind[X(i, p)] = tokind; wnumber[X(i, p)] = tonumber; m_then(i, p) :: else fi }
	:: CLEAN(i, p) && ru < RU -> d_step { ru++; m_change(i, p); m_written(p);
		if :: fepoch[X(i, p)] == mine -> hub_fenced_must_rebuild(i, p) :: else fi }
	:: ru < RU -> d_step { ru++; if :: fepoch[X(i, p)] == mine -> hub_fenced_must_rebuild(i, p) :: else fi }
	:: !CLEAN(i, p) -> d_step { if :: fepoch[X(i, p)] == mine -> hub_fenced_must_rebuild(i, p) :: else fi }
	fi }
}

#define CHANGES 1
#define PIECE 2
#define CLAIM 3
#define WIPE 4

/* == follow.c */

/* The changes of (pfrom, pfence]. */
inline m_follow_changes(i, p)
{
#ifdef M_CATCHUP
	if
	:: standing[X(i, p)] == CLAIMING -> /* its first write: the changelog from the fence on, as compaction left it */
		if :: log[p].k0[pfence[X(i, p)]] != 0 || !compacted -> rk0[p] = log[p].k0[pfence[X(i, p)]] :: else fi;
		if :: log[p].k1[pfence[X(i, p)]] != 0 || !compacted -> rk1[p] = log[p].k1[pfence[X(i, p)]] :: else fi
	:: else
	fi;
#endif
	if
	:: log[p].k0[pfrom[X(i, p)]] != log[p].k0[pfence[X(i, p)]] -> rk0[p] = log[p].k0[pfence[X(i, p)]]
	:: else
	fi;
	if
	:: log[p].k1[pfrom[X(i, p)]] != log[p].k1[pfence[X(i, p)]] -> rk1[p] = log[p].k1[pfence[X(i, p)]]
	:: else
	fi
}

#define OF_OURS(i, p) (psnap[X(i, p)] != 0 && psnap[X(i, p)] == fsnap[X(i, p)])
inline write_changes(i, p)
{
	act = CHANGES; tokind = LIVE; tonumber = pfence[X(i, p)]
}

inline write_piece(i, p)
{
	if
	:: OF_OURS(i, p) && !began[X(i, p)] && !pfirst[X(i, p)] -> hub_fenced_must_rebuild(i, p)
	:: else ->
		act = PIECE;
#ifdef M_LIVEEARLY
		if :: OF_OURS(i, p) -> tokind = LIVE; tonumber = pfence[X(i, p)] /* mutant: LIVE with the first piece */
#else
		if :: OF_OURS(i, p) && plast[X(i, p)] -> tokind = LIVE; tonumber = pfence[X(i, p)]
#endif
		:: else -> writes[X(i, p)]++; tokind = REBUILDING; tonumber = writes[X(i, p)]
		fi
	fi
}

#define WAITS_FOR_PIECE(i, p) (standing[X(i, p)] == WRITING && !began[X(i, p)] && psnap[X(i, p)] != fsnap[X(i, p)])
inline follow(i, p)
{
	if
	:: fepoch[X(i, p)] == 0 || fepoch[X(i, p)] != pepoch[X(i, p)] || standing[X(i, p)] == WIPING || standing[X(i, p)] == BEHIND || WAITS_FOR_PIECE(i, p) || rebuild[X(i, p)]
	:: else ->
		hub_fenced_look(i, p);
		if
		:: INTACT(i, p, t, k, n) && standing[X(i, p)] == WRITING -> write_piece(i, p)
		:: INTACT(i, p, t, k, n) && standing[X(i, p)] != WRITING -> write_changes(i, p)
		:: !INTACT(i, p, t, k, n) && AT_OUR_POSITION(i, p, k, n) && !LATER(i, p, t) -> write_changes(i, p)
		:: !INTACT(i, p, t, k, n) && LATER(i, p, t) -> hub_fenced_on_later_owner(i, p, t)
		:: else -> hub_fenced_must_rebuild(i, p)
		fi
	fi
}

/* Each second, also when there is nothing to follow. Enabled here when it would find something. */
#define FENCE_INTACT(i, p) INTACT(i, p, repoch[p], rkind[p], rnumber[p])
#define KNOWN_LATER(i, p) (standing[X(i, p)] == BEHIND && LATER(i, p, repoch[p]) && (told[X(i, p)] == repoch[p] || (asked_for[X(i, p)] == repoch[p] && ask[X(i, p)] == 1)))
#define SEES(i, p) (fepoch[X(i, p)] != 0 && standing[X(i, p)] != CLAIMING && !FENCE_INTACT(i, p) && !KNOWN_LATER(i, p))
inline on_look(i, p)
{
	if
	:: LATER(i, p, repoch[p]) -> hub_fenced_on_later_owner(i, p, repoch[p])
	:: else -> hub_fenced_must_rebuild(i, p)
	fi
}

/* == rebuild.c */

inline begin_rebuild(i, p)
{
	act = CLAIM; writes[X(i, p)]++; tokind = REBUILDING; tonumber = writes[X(i, p)]
}

inline hub_fenced_claim(i, p)
{
	hub_fenced_look(i, p);
	if
	:: LATER(i, p, t) -> hub_fenced_on_later_owner(i, p, t)
	:: else -> begin_rebuild(i, p)
	fi
}

inline want_snapshot(i, p)
{
	standing[X(i, p)] = WRITING; began[X(i, p)] = 0;
	fsnap[X(i, p)]++;
	if :: SHARE(i, p) -> wants[X(i, p)] = fsnap[X(i, p)] :: else fi
}

/* A page of SCAN holds one key here. */
inline hub_fenced_wipe(i, p)
{
	hub_fenced_look(i, p);
	if
	:: !INTACT(i, p, t, k, n) -> hub_fenced_must_rebuild(i, p)
	:: INTACT(i, p, t, k, n) && rk0[p] == 0 && rk1[p] == 0 -> want_snapshot(i, p)
	:: else -> act = WIPE; writes[X(i, p)]++; tokind = REBUILDING; tonumber = writes[X(i, p)]
	fi
}

inline m_change(i, p)
{
	if
	:: act == CHANGES -> m_follow_changes(i, p)
	:: act == PIECE ->
#ifndef M_NOCHANGES /* mutant: what changes between the pieces is not written */
		if :: began[X(i, p)] -> m_follow_changes(i, p) :: else fi;
#endif
		if
		:: OF_OURS(i, p) && pkey[X(i, p)] == 1 && log[p].k0[pfence[X(i, p)]] != 0 -> rk0[p] = log[p].k0[pfence[X(i, p)]]
		:: OF_OURS(i, p) && pkey[X(i, p)] == 2 && log[p].k1[pfence[X(i, p)]] != 0 -> rk1[p] = log[p].k1[pfence[X(i, p)]]
		:: else
		fi
	:: act == WIPE -> if :: rk0[p] != 0 -> rk0[p] = 0 :: else -> rk1[p] = 0 fi
	:: act == CLAIM
	fi
}

inline m_then(i, p)
{
	if
	:: act == CHANGES -> standing[X(i, p)] = WHOLE
	:: act == PIECE -> began[X(i, p)] = 1; if :: tokind == LIVE -> standing[X(i, p)] = WHOLE; began[X(i, p)] = 0 :: else fi
	:: act == CLAIM -> rebuild[X(i, p)] = 0; foreign[X(i, p)] = 0; standing[X(i, p)] = WIPING
	:: act == WIPE -> if :: rk0[p] == 0 && rk1[p] == 0 -> want_snapshot(i, p) :: else fi
	fi
}

/* == owned.c */

inline on_missed(i, p)
{
	missed[X(i, p)] = 0;
	if :: standing[X(i, p)] != WIPING && standing[X(i, p)] != BEHIND -> hub_fenced_must_rebuild(i, p) :: else fi
}

inline m_sync(i, p)
{
	if
	:: fepoch[X(i, p)] != epoch[X(i, p)] -> /* another assignment: adopt */
		fepoch[X(i, p)] = epoch[X(i, p)]; frestored[X(i, p)] = restored_at[X(i, p)];
		standing[X(i, p)] = CLAIMING; rebuild[X(i, p)] = 0; began[X(i, p)] = 0; wkind[X(i, p)] = 0; wnumber[X(i, p)] = 0;
		writes[X(i, p)] = 0; fsnap[X(i, p)] = 0; foreign[X(i, p)] = 0; asked_for[X(i, p)] = 0; told[X(i, p)] = 0
	:: else
	fi;
	if :: missed[X(i, p)] && epoch[X(i, p)] != 0 -> on_missed(i, p) :: else fi
}

inline hub_follower_sync(i)
{
	m_sync(i, 0);
#if P > 1
	m_sync(i, 1);
#endif
}

/* == handover.c */

inline m_empty(i, p)
{
	pepoch[X(i, p)] = 0; pfrom[X(i, p)] = 0; pfence[X(i, p)] = 0; psnap[X(i, p)] = 0; pkey[X(i, p)] = 0;
	pfirst[X(i, p)] = 0; plast[X(i, p)] = 0
}

inline hub_handover_done(i)
{
	given[i] = 0;
	m_empty(i, 0);
#if P > 1
	m_empty(i, 1);
#endif
}

/* == follow.c */

#define UNSYNCED(i, p) (fepoch[X(i, p)] != epoch[X(i, p)] || missed[X(i, p)])
#define TENDS(i, p) (fepoch[X(i, p)] != 0 && ((standing[X(i, p)] == CLAIMING && rebuild[X(i, p)]) || standing[X(i, p)] == WIPING))

inline tend(i, p)
{
	if
	:: standing[X(i, p)] == CLAIMING -> hub_fenced_claim(i, p)
	:: else -> hub_fenced_wipe(i, p)
	fi
}

inline m_write(i, p)
{
	if
	:: act != 0 -> hub_fenced_end_write(i, p)
	:: else
	fi;
	act = 0; t = 0; k = 0; n = 0; mine = 0; tokind = 0; tonumber = 0
}

/* Any order of its parts; in each turn the list of what is owned comes first. */
proctype hub_follower_step(bit i)
{
	byte t, k, n, mine, act, tokind, tonumber;
end:	do
	:: given[i] ->
		d_step { hub_follower_sync(i); follow(i, 0) }; m_write(i, 0);
#if P > 1
		d_step { follow(i, 1) }; m_write(i, 1);
#endif
		d_step { hub_handover_done(i) }
	:: d_step { UNSYNCED(i, 0) || UNSYNCED(i, P - 1) -> hub_follower_sync(i) }
	:: atomic { TENDS(i, 0) && !UNSYNCED(i, 0) -> d_step { tend(i, 0) } }; m_write(i, 0)
	:: d_step { SEES(i, 0) && !UNSYNCED(i, 0) -> on_look(i, 0) }
#if P > 1
	:: atomic { TENDS(i, 1) && !UNSYNCED(i, 1) -> d_step { tend(i, 1) } }; m_write(i, 1)
	:: d_step { SEES(i, 1) && !UNSYNCED(i, 1) -> on_look(i, 1) }
#endif
	od
}

/* Redis loses what it had: all of it, or what came after some moment. Compaction loses tombstones. */
inline m_touched()
{
	dirty[0] = 1; dirty[1] = 1;
#if P > 1
	dirty[2] = 1; dirty[3] = 1
#endif
}
inline m_keep(p)
{
	oepoch[p] = repoch[p]; okind[p] = rkind[p]; onumber[p] = rnumber[p]; ok0[p] = rk0[p]; ok1[p] = rk1[p]
}
inline m_put_back(p)
{
	repoch[p] = oepoch[p]; rkind[p] = okind[p]; rnumber[p] = onumber[p]; rk0[p] = ok0[p]; rk1[p] = ok1[p];
	oepoch[p] = 0; okind[p] = 0; onumber[p] = 0; ok0[p] = 0; ok1[p] = 0
}
proctype RedisFaults()
{
end:	do
	:: d_step { rf < RF && !kept -> kept = 1; m_keep(0);
#if P > 1
		m_keep(1);
#endif
		skip }
	:: d_step { rf < RF && kept -> rf++; kept = 0; m_touched(); m_put_back(0);
#if P > 1
		m_put_back(1);
#endif
		skip }
	:: d_step { rf < RF && !kept -> rf++; m_touched();
		repoch[0] = 0; rkind[0] = 0; rnumber[0] = 0; rk0[0] = 0; rk1[0] = 0;
#if P > 1
		repoch[1] = 0; rkind[1] = 0; rnumber[1] = 0; rk0[1] = 0; rk1[1] = 0;
#endif
		skip }
#if defined(M_CATCHUP) && !defined(KEEPS_TOMBSTONES)
	:: d_step { !compacted -> compacted = 1 }
#endif
	od
}
