/* How many referrals each list has, for its tab: the `total` of the list itself, so that tab and list never differ for
 * long. Fetched when something changed, at most every ten seconds. */
import { get, query } from './api.js';
import { paintLater } from './paint.js';
import { whenRows } from './rows.js';

const PACE_MS = 10000;
const FRESH_MS = 3000;

export class Tally {
	#lists;
	#timer = 0;
	#began = -Infinity;
	#off;
	#ended = false;

	constructor(lists) {
		this.#lists = lists;
		this.totals = new Map();
		this.#off = whenRows(() => this.#later(PACE_MS));
	}

	end() {
		this.#ended = true;
		clearTimeout(this.#timer);
		this.#off();
	}

	/* What a list that was just fetched says. */
	hear(list, total) {
		this.totals.set(list, total);
	}

	/* What was counted a moment ago still holds. */
	async load() {
		if (performance.now() - this.#began < FRESH_MS) return this.#later(FRESH_MS);
		this.#began = performance.now();
		for (const worklist of this.#lists) {
			if (this.#ended) return undefined;
			try {
				const { body } = await get(`/referrals${query({ worklist, limit: 1 })}`);
				this.totals.set(worklist, body.total);
			} catch {
				this.totals.delete(worklist);
				this.#later(PACE_MS);
			}
			paintLater();
		}
		return undefined;
	}

	#later(wait) {
		if (this.#timer || this.#ended) return;
		this.#timer = setTimeout(() => {
			this.#timer = 0;
			if (document.visibilityState === 'visible') this.load();
			else this.#later(PACE_MS);
		}, wait);
	}
}
