/* One connection to /api/v1/events that does not give up. EventSource itself is not enough: after a 503 it stays closed
 * for good, and a dead socket looks open. So every fault closes it, and a new one asks for what came `after` the last
 * position; 40 s of silence is a fault (the server beats each 15 s). */
import { get } from './api.js';
import { position, positionText } from './position.js';

const TYPES = ['hello', 'reset', 'beat', 'referrals', 'overview', 'alerts', 'health', 'answers', 'bye'];
const SILENCE_MS = 40000;
const BACKOFF_MS = 500;
const BACKOFF_MAX_MS = 6000;

/* hear(type, data, id): each event. tell(up): the connection stands, or does not. */
export function connect({ topics, after, hear, tell }) {
	let source = null;
	let at = after;
	let failures = 0;
	let silence = 0;
	let retry = 0;
	let ended = false;

	function close() {
		clearTimeout(silence);
		clearTimeout(retry);
		source?.close();
		source = null;
	}

	function again(waitMs) {
		close();
		if (!ended) retry = setTimeout(open, waitMs * (0.5 + Math.random() / 2));
	}

	/* EventSource does not tell the status: an ordinary request does, and signs out on 401. */
	async function failed() {
		close();
		if (ended) return;
		tell(false);
		failures++;
		let wait = Math.min(BACKOFF_MAX_MS, BACKOFF_MS * 2 ** failures);
		if (failures > 1) {
			try {
				await get('/me');
			} catch (problem) {
				if (problem.status === 401) return;
				wait = Math.min(BACKOFF_MAX_MS, Math.max(wait, problem.retryAfterMs));
			}
		}
		if (!source) again(wait);
	}

	function listen() {
		clearTimeout(silence);
		silence = setTimeout(failed, SILENCE_MS);
	}

	function on(type, event) {
		listen();
		let data = {};
		try {
			data = event.data ? JSON.parse(event.data) : {};
		} catch {
			return void failed();
		}
		if (type === 'hello') {
			failures = 0;
			tell(true);
		}
		if (type === 'reset') at = null;
		else at = position(event.lastEventId) || at;
		hear(type, data, event.lastEventId);
		if (type === 'bye') {
			tell(false);
			again(data.reconnect_ms || BACKOFF_MS);
		}
	}

	function open() {
		close();
		if (ended) return;
		const params = new URLSearchParams({ topics: topics.join(',') });
		if (at) params.set('after', positionText(at));
		const opened = new EventSource(`/api/v1/events?${params}`);
		source = opened;
		opened.onerror = () => source === opened && failed();
		for (const type of TYPES) opened.addEventListener(type, (event) => source === opened && on(type, event));
		listen();
	}

	open();
	return {
		/* The network is back, the page is looked at again: try now if it is not connected. */
		nudge() {
			if (!ended && (!source || source.readyState !== EventSource.OPEN)) open();
		},
		close() {
			ended = true;
			close();
		},
	};
}
