/* Modules of the page without a browser, as they are written: what they ask of a browser is answered here, so that a test says what comes and when. */
import { readFileSync } from 'node:fs';
import { register } from 'node:module';

const WEB = new URL('../../../services/dashboard-gateway/web/', import.meta.url).href;
const hooks = `export const load = (url, context, next) =>
	next(url, url.startsWith(${JSON.stringify(WEB)}) && url.endsWith('.js') ? { ...context, format: 'module' } : context);`;
register(`data:text/javascript,${encodeURIComponent(hooks)}`);

export const load = (path) => import(`${WEB}js/${path}`);

/* Requests in the order in which they came, without /api/v1, and what answers them: call(path, init) -> body, or a Response. */
export const asked = [];
let answer = () => new Response('', { status: 404 });
export const answerWith = (call) => void (answer = call);

/* A body that answers: JSON with a status. */
export const json = (body, status = 200) => new Response(JSON.stringify(body), { status, headers: { 'Content-Type': 'application/json' } });

async function fetchHere(url, init) {
	if (url.startsWith('/assets/')) return json(JSON.parse(readFileSync(new URL(url.replace('/assets/', ''), WEB))));
	const path = url.replace('/api/v1', '');
	asked.push(path);
	const told = await answer(path, init);
	return told instanceof Response ? told : json(told);
}

/* The streams that were opened. tell(type, data, id): what the server says on one. */
export const streams = [];
class Source extends EventTarget {
	static OPEN = 1;
	readyState = 1;

	constructor(url) {
		super();
		this.url = url;
		streams.push(this);
	}

	tell(type, data = {}, id = '') {
		this.dispatchEvent(Object.assign(new Event(type), { data: JSON.stringify(data), lastEventId: id }));
	}

	close() {
		this.readyState = 2;
	}
}

/* Channels of one name hear each other, a moment later. */
const channels = new Set();
class Channel {
	constructor(name) {
		this.name = name;
		channels.add(this);
	}

	postMessage(message) {
		if (!channels.has(this)) throw new Error('the channel is closed');
		for (const other of channels) if (other !== this && other.name === this.name) setTimeout(() => channels.has(other) && other.onmessage?.({ data: structuredClone(message) }));
	}

	close() {
		channels.delete(this);
	}
}

/* One lock is enough: who comes later waits, or takes it away. */
const locks = {
	held: null,
	waiting: [],
	request(name, { steal = false }, hold) {
		return new Promise((resolve, reject) => {
			const one = { hold, resolve, reject };
			if (steal) this.held?.reject(new Error('stolen'));
			if (steal || !this.held) this.grant(one);
			else this.waiting.push(one);
		});
	},
	grant(one) {
		this.held = one;
		const free = () => {
			if (this.held !== one) return;
			this.held = null;
			if (this.waiting.length) this.grant(this.waiting.shift());
		};
		Promise.resolve().then(one.hold).then(one.resolve, one.reject).then(free);
	},
};

const nothing = () => {};
const document = { visibilityState: 'visible', documentElement: {}, activeElement: null, addEventListener: nothing, removeEventListener: nothing, createComment: nothing, createTreeWalker: nothing, getElementById: () => null };
const globals = { window: globalThis, document, location: { pathname: '/', search: '?lang=en', href: 'http://hub/' }, navigator: { locks, languages: [] }, fetch: fetchHere, EventSource: Source, BroadcastChannel: Channel, addEventListener: nothing, removeEventListener: nothing, requestAnimationFrame: (call) => setTimeout(call) };
for (const [name, value] of Object.entries(globals)) Object.defineProperty(globalThis, name, { value, configurable: true, writable: true });

/* Long enough for everything that waits for nothing but its turn. */
export const settled = () => new Promise((resolve) => setTimeout(resolve, 20));

/* The words of a template, without its marks. */
export function text(part) {
	if (part === null || part === undefined || typeof part === 'symbol' || typeof part === 'function') return '';
	if (Array.isArray(part)) return part.map(text).join('');
	if (part.strings) return part.strings.map((string, i) => string + text(part.values[i])).join('').replace(/<[^>]*>/g, ' ').replace(/\s+/g, ' ').trim();
	return part.values ? text(part.values) : String(part);
}
