/* Sending an event about a referral, and hearing the hub's answer. The key stays the same when it is sent again after a
 * fault, so that it is one event however often. */
import { answerTo } from './answers.js';
import { freshKey, post } from './api.js';
import { paint } from './paint.js';

export class Sending {
	#key = freshKey();
	#body;

	/* step: "sending", "waiting" (Kafka has it), "answered", "silent" (no answer yet), "failed". etag: of the row as it was seen. */
	constructor(referralId, type, fields, etag) {
		this.referralId = referralId;
		this.type = type;
		this.#body = { type, ...fields };
		this.etag = etag;
		this.send();
	}

	async send() {
		if (this.step === 'sending') return undefined;
		this.step = 'sending';
		this.problem = null;
		this.answer = null;
		this.since = Date.now();
		paint();
		const headers = { 'Idempotency-Key': this.#key };
		if (this.etag) headers['If-Match'] = this.etag.startsWith('"') ? this.etag : `"${this.etag}"`;
		try {
			const { body } = await post(`/referrals/${encodeURIComponent(this.referralId)}/events`, this.#body, headers);
			this.eventId = body.event_id;
		} catch (problem) {
			this.step = 'failed';
			this.problem = problem;
			return paint();
		}
		return this.wait();
	}

	async wait() {
		if (this.step === 'waiting') return;
		this.step = 'waiting';
		paint();
		this.answer = await answerTo(this.eventId);
		this.step = this.answer ? 'answered' : 'silent';
		paint();
	}

	/* Whether trying again can help. */
	get again() {
		return this.step === 'failed' && this.problem.again;
	}
}
