/* The rows of one list, as a person sees them. What belongs to a list is the server's to say: a change of any referral has
 * the list fetched again, at a pace that the answer's own duration sets. While somebody is at work in it (`held`), rows keep
 * their places: they change where they are, those that left stay and say so, new ones are counted. */
import { get, query } from './api.js';
import { paintLater } from './paint.js';
import { newest, whenRows } from './rows.js';

const PAGE = 100;
const MOST = 1000;
const PACE_MIN_MS = 1000;
const PACE_FACTOR = 10;
const RETRY_MS = 2000;
const GATHER_MS = 150; /* changes come in groups */

async function fetchRows(params, want) {
	const rows = [];
	let first = null;
	let cursor = null;
	do {
		const limit = Math.min(200, want - rows.length);
		const answer = await get(`/referrals${query({ ...params, limit, cursor })}`);
		first ||= answer;
		rows.push(...answer.body.items);
		cursor = answer.body.next;
	} while (cursor && rows.length < want);
	/* One that moved meanwhile may stand on two of its pages. */
	const once = new Map(rows.map((row) => [row.referral_id, row]));
	return { rows: [...once.values()], more: Boolean(cursor), body: first.body, at: first.at };
}

export class Worklist {
	#params;
	#want = PAGE;
	#held;
	#timer = 0;
	#next = 0; /* not fetched again before */
	#asked = 0;
	#done = 0;
	#fresh = [];
	#off;
	#ended = false;

	/* params: of GET /referrals. held: whether rows must keep their places now. */
	constructor(params, held) {
		this.#params = params;
		this.#held = held;
		this.rows = null; /* [{row, left}] */
		this.total = null;
		this.more = false;
		this.problem = null;
		this.body = null;
		this.at = null;
		this.#off = whenRows((ids) => this.#changed(ids));
	}

	end() {
		this.#ended = true;
		clearTimeout(this.#timer);
		this.#off();
	}

	async load() {
		clearTimeout(this.#timer);
		this.#timer = 0;
		const asked = ++this.#asked;
		const began = performance.now();
		try {
			const answer = await fetchRows(this.#params, this.#want);
			if (this.#ended || asked < this.#done) return;
			this.#done = asked;
			this.#take(answer);
		} catch (problem) {
			if (this.#ended) return;
			this.problem = problem;
			if (problem.again) this.#later(Math.max(RETRY_MS, problem.retryAfterMs));
		} finally {
			const ended = performance.now();
			this.#next = ended + Math.max(PACE_MIN_MS, (ended - began) * PACE_FACTOR);
			paintLater();
		}
	}

	loadMore() {
		this.#want = Math.min(MOST, this.#want + PAGE);
		return this.load();
	}

	get full() {
		return this.#want >= MOST;
	}

	#take({ rows, more, body, at }) {
		this.problem = null;
		this.body = body;
		this.at = at;
		this.total = body.total;
		this.more = more;
		this.#fresh = rows.map((row) => newest(row, at)).filter(Boolean);
		if (this.rows === null || !this.#held()) this.settle();
		else this.#keepPlaces();
	}

	#keepPlaces() {
		const fresh = new Map(this.#fresh.map((row) => [row.referral_id, row]));
		for (const place of this.rows) {
			const row = fresh.get(place.row.referral_id);
			if (row) Object.assign(place, { row, left: false });
			else if (!this.more) place.left = true;
		}
	}

	/* Rows that are to be seen and have no place yet. */
	get waiting() {
		if (!this.rows) return 0;
		const placed = new Set(this.rows.map((place) => place.row.referral_id));
		return this.#fresh.filter((row) => !placed.has(row.referral_id)).length;
	}

	/* Every row to its place, as it was told last. */
	settle() {
		this.#fresh = this.#fresh.map((row) => newest(row, this.at)).filter(Boolean);
		this.rows = this.#fresh.map((row) => ({ row, left: false }));
	}

	/* Nobody holds the rows any more: called before each drawing. */
	settleIfFree() {
		if (this.rows && !this.#held() && (this.waiting || this.rows.some((place) => place.left))) this.settle();
	}

	find(referralId) {
		return this.rows?.find((place) => place.row.referral_id === referralId)?.row ?? null;
	}

	#changed(ids) {
		const changed = new Set(ids);
		for (const place of this.rows || []) {
			if (!changed.has(place.row.referral_id)) continue;
			const row = newest(place.row, this.at);
			if (row) place.row = row;
			else place.left = true;
		}
		this.#later(Math.max(GATHER_MS, this.#next - performance.now()));
	}

	#later(wait) {
		if (this.#timer || this.#ended) return;
		this.#timer = setTimeout(() => {
			this.#timer = 0;
			if (document.visibilityState === 'visible') this.load();
			else this.#later(PACE_MIN_MS);
		}, wait);
	}
}
