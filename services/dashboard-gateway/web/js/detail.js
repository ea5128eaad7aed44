/* One referral, opened: itself, its history, what may be done. Fetched again whenever the stream tells of it. */
import { get } from './api.js';
import { paintLater } from './paint.js';
import { me } from './session.js';
import { newest, toldRow, whenRows } from './rows.js';

const GATHER_MS = 250;

export class Detail {
	#off;
	#timer = 0;
	#asked = 0;
	#ended = false;

	constructor(referralId, row) {
		this.id = referralId;
		this.row = row;
		this.history = null;
		this.allowed = null;
		this.gone = false;
		this.problem = null;
		this.historyProblem = null;
		this.#off = whenRows((ids) => ids.includes(referralId) && this.#changed());
	}

	end() {
		this.#ended = true;
		clearTimeout(this.#timer);
		this.#off();
	}

	#changed() {
		const row = toldRow(this.id);
		if (row === null) return this.#leave();
		this.gone = false;
		this.row = row ?? this.row;
		this.#timer ||= setTimeout(() => {
			this.#timer = 0;
			this.load();
		}, GATHER_MS);
		return undefined;
	}

	/* It has gone to others: what was seen stays, what follows is not this viewer's to see. */
	#leave() {
		clearTimeout(this.#timer);
		this.#timer = 0;
		this.#asked++;
		Object.assign(this, { gone: true, allowed: [], problem: null, historyProblem: null });
		paintLater();
	}

	async load() {
		const asked = ++this.#asked;
		const path = `/referrals/${encodeURIComponent(this.id)}`;
		const wanted = [get(path), get(`${path}/history`), me().may_send ? get(`${path}/allowed-events`) : null];
		const [row, history, allowed] = await Promise.allSettled(wanted);
		if (this.#ended || asked !== this.#asked) return undefined;
		if (row.reason?.status === 404 && this.row) return this.#leave();
		/* Without what is allowed there are no buttons, which would look as if nothing were. */
		this.problem = row.reason ?? allowed.reason ?? null;
		if (row.value) this.row = newest(row.value.body, row.value.at) ?? row.value.body;
		this.historyProblem = history.status === 'rejected' ? history.reason : null;
		if (history.value) this.history = history.value.body;
		this.allowed = allowed.value ? allowed.value.body.allowed : [];
		paintLater();
		return undefined;
	}
}
