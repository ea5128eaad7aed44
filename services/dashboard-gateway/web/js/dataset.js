/* A value of the server that is fetched once and then kept up to date by the stream: the newer one of both holds, by
 * position. */
import { get } from './api.js';
import { now } from './clock.js';
import { paintLater } from './paint.js';
import { isAfter, position } from './position.js';

const RETRY_MS = 2000;

export class Dataset {
	#loading = null;
	#retry = 0;
	#life = 0; /* up to the next forget */

	constructor(path) {
		this.path = path;
		this.forget();
	}

	/* Also what is under way: it may be somebody else's who looks next. */
	forget() {
		clearTimeout(this.#retry);
		this.#life++;
		this.#loading = null;
		this.value = null;
		this.at = null; /* position */
		this.heardAt = null; /* by the server's clock */
		this.problem = null;
	}

	/* At one position there may be several: deadlines pass and alerts are acknowledged without a change of any row. */
	#isOlder(value, at) {
		if (!this.value || !at || !this.at || at.epoch !== this.at.epoch) return false;
		return isAfter(this.at, at) || (at.seq === this.at.seq && Date.parse(value.as_of) < Date.parse(this.value.as_of));
	}

	take(value, at) {
		if (this.#isOlder(value, at)) return;
		this.value = value;
		this.at = at;
		this.heardAt = now();
		this.problem = null;
	}

	/* Calls while one is under way wait for that one. */
	load() {
		if (this.#loading) return this.#loading;
		const loading = this.#fetch(this.#life).finally(() => {
			if (this.#loading === loading) this.#loading = null;
		});
		this.#loading = loading;
		return loading;
	}

	async #fetch(life) {
		try {
			const { body, at } = await get(this.path);
			if (life === this.#life) this.take(body, at);
		} catch (problem) {
			if (life !== this.#life) return;
			this.problem = problem;
			if (problem.again) this.#later(problem.retryAfterMs);
		}
	}

	/* Whoever waits for it must not have to ask. */
	#later(wait) {
		clearTimeout(this.#retry);
		this.#retry = setTimeout(() => this.problem && this.load().then(paintLater), Math.max(RETRY_MS, wait) * (1 + Math.random() / 2));
	}

	hear(value, id) {
		this.take(value, position(value.revision) || position(id));
	}
}
