/* What somebody will do, and when: a queue by time, then by the order in which it was written down. Pure. */
#ifndef SAMPLE_COUNTY_AGENDA_H
#define SAMPLE_COUNTY_AGENDA_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* The deeds, about a referral, a session or the beds of a hospital; act.c says what each sends. */
enum sample_deed {
	/* a referral's sender */
	SAMPLE_REQUEST,
	SAMPLE_REQUEST_AGAIN,  /* the same event once more (I-8) */
	SAMPLE_REQUEST_ANEW,   /* the same referral in an event of its own (REF-12) */
	SAMPLE_REQUEST_DOUBLE, /* a second referral for the same patient and specialty (REF-14) */
	SAMPLE_CANCEL,
	SAMPLE_SUPPLEMENT, /* what the hospital asked for */
	/* the addressed hospital */
	SAMPLE_ACCEPT,
	SAMPLE_REJECT,
	SAMPLE_ARRIVE,
	SAMPLE_NO_SHOW,
	SAMPLE_COMPLETE,
	SAMPLE_ASK,     /* SupplementRequested */
	SAMPLE_CONFIRM, /* ReturnConfirmed */
	/* mistakes that happen */
	SAMPLE_ACCEPT_AS_STRANGER, /* another hospital answers */
	SAMPLE_ACCEPT_UNKNOWN,     /* a referral that does not exist */
	SAMPLE_ACCEPT_TWICE,
	SAMPLE_ACCEPT_ENDED,
	SAMPLE_AUTHORISE, /* the control centre lets it leave the county */
	/* sessions */
	SAMPLE_OPEN,
	SAMPLE_TAKE, /* the hospital's own booking */
	SAMPLE_FREE,
	SAMPLE_RAISE,    /* more slots */
	SAMPLE_LOWER,    /* fewer than are in use */
	SAMPLE_CALL_OFF, /* SessionCancelled */
	SAMPLE_TAKE_UNKNOWN,
	/* beds */
	SAMPLE_BEDS,
};

struct sample_act {
	int64_t at_ms;
	uint64_t order; /* given by the agenda */
	enum sample_deed deed;
	void *subject; /* struct sample_referral, sample_session or sample_ward */
	int32_t turn; /* of a referral: the attempt that it answers; of a booking: its number; of beds: the report's */
};

struct sample_agenda {
	struct sample_act *items; /* a heap; owned */
	size_t count, room;
	uint64_t orders;
};

/* In place: zeroed. */
void sample_agenda_done(struct sample_agenda *agenda);

/* Aborts when memory is out. */
void sample_agenda_add(
        struct sample_agenda *agenda, int64_t at_ms, enum sample_deed deed, void *subject, int32_t turn);

/* Takes the next act before end_ms; false: none. */
bool sample_agenda_next(struct sample_agenda *agenda, int64_t end_ms, struct sample_act *ret);

#endif
