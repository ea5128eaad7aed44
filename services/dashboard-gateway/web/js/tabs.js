/* One stream for all tabs of a browser, since HTTP/1.1 gives six connections to all of them: the tab that holds the lock
 * has the connection and passes on what it hears. Web Locks are missing on plain http: then each tab has its own. */
import { connect } from './stream.js';
import { position } from './position.js';

const SILENCE_MS = 45000;

/* name: tabs of equal name share. hear(type, data, id), tell(up): as connect's. joined(): this tab listens from
 * now on to a stream that is already there. */
export function share({ name, topics, after, hear, tell, joined }) {
	const channel = 'locks' in navigator && 'BroadcastChannel' in window ? new BroadcastChannel(name) : null;
	let connection = null;
	let others = false; /* somebody listens */
	let asked = false; /* the leading tab has not yet said that its stream stands */
	let up = false;
	let at = after;
	let silence = 0;
	let ended = false;
	let release = () => {};

	const pass = (message) => others && channel?.postMessage(message);

	function lead() {
		clearTimeout(silence);
		channel?.postMessage({ who: true });
		connection = connect({
			topics,
			after: at,
			hear(type, data, id) {
				at = position(id) || at;
				pass({ type, data, id });
				hear(type, data, id);
			},
			tell(state) {
				up = state;
				pass({ up });
				tell(up);
			},
		});
	}

	function follow() {
		connection?.close();
		connection = null;
		if (ended) return;
		ask();
		queue();
	}

	function ask() {
		asked = true;
		channel.postMessage({ ask: true });
		listen();
	}

	/* Resolves when the tab is closed, or the lock was taken by another one. */
	function queue(steal = false) {
		const hold = () => {
			if (ended) return undefined;
			lead();
			return new Promise((resolve) => (release = resolve));
		};
		navigator.locks.request(name, steal ? { steal: true } : {}, hold).catch(follow);
	}

	/* The leading tab may be frozen or hung: whoever is looked at takes over. */
	function listen() {
		clearTimeout(silence);
		silence = setTimeout(() => {
			if (connection || ended) return;
			if (document.visibilityState === 'visible') queue(true);
			else listen();
		}, SILENCE_MS * (1 + Math.random() / 5));
	}

	function onMessage({ data: message }) {
		if (message.who) return void channel.postMessage({ here: true });
		if (message.ask || message.here) {
			others = true;
			if (connection && (message.ask || up)) channel.postMessage({ up });
			return;
		}
		if (connection) return;
		listen();
		if (message.up !== undefined) tell((up = message.up));
		if (up && asked) {
			asked = false;
			joined();
		}
		if (message.type) {
			at = position(message.id) || at;
			hear(message.type, message.data, message.id);
		}
	}

	if (channel) {
		channel.onmessage = onMessage;
		ask();
		queue();
	} else {
		lead();
	}
	return {
		nudge: () => connection?.nudge(),
		close() {
			ended = true;
			clearTimeout(silence);
			connection?.close();
			release();
			channel?.close();
		},
	};
}
