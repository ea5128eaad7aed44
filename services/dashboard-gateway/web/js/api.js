/* Calls to /api/v1. Whatever is not a success is thrown as Problem: RFC 9457's members, or status 0 when nobody answered. */
import { position } from './position.js';

const BASE = '/api/v1';
const TIMEOUT_MS = 20000;

class Problem extends Error {
	constructor(status, body, retryAfter) {
		super(body.detail || body.title || `HTTP ${status}`);
		this.status = status;
		this.code = body.code || (status ? `http_${status}` : 'no_answer');
		this.title = body.title || '';
		this.detail = body.detail || '';
		this.rule = body.rule || null;
		this.errors = Array.isArray(body.errors) ? body.errors : [];
		this.traceId = body.trace_id || null;
		this.retryAfterMs = retryAfter > 0 ? retryAfter * 1000 : 0;
	}

	/* Whether the same request may do better in a while. */
	get again() {
		return this.status === 0 || this.status === 429 || this.status >= 500;
	}
}

let csrfToken = '';
let onSignedOut = () => {};

export const useCsrfToken = (token) => void (csrfToken = token);
/* Called whenever an answer says that nobody is signed in. */
export const whenSignedOut = (call) => void (onSignedOut = call);

async function bodyOf(response) {
	const type = response.headers.get('Content-Type') || '';
	if (response.status === 204 || !type.includes('json')) return {};
	try {
		return await response.json();
	} catch {
		return {};
	}
}

async function call(method, path, { body, headers = {}, signal } = {}) {
	const init = { method, headers: { Accept: 'application/json', ...headers }, credentials: 'same-origin' };
	if (method !== 'GET' && csrfToken) init.headers['X-CSRF-Token'] = csrfToken;
	if (body !== undefined) {
		init.headers['Content-Type'] = 'application/json';
		init.body = JSON.stringify(body);
	}
	const ended = new AbortController();
	const timer = setTimeout(() => ended.abort(), TIMEOUT_MS);
	signal?.addEventListener('abort', () => ended.abort(), { once: true });
	init.signal = ended.signal;
	let response;
	let answer;
	try {
		response = await fetch(BASE + path, init);
		answer = await bodyOf(response);
	} catch (error) {
		throw new Problem(0, { detail: String(error.message || error) });
	} finally {
		clearTimeout(timer);
	}
	if (!response.ok) {
		if (response.status === 401 && path !== '/session') onSignedOut();
		throw new Problem(response.status, answer, Number(response.headers.get('Retry-After')));
	}
	return { body: answer, at: position(response.headers.get('Stream-Position') || answer.revision) };
}

/* {body, at: stream position or null} */
export const get = (path, options) => call('GET', path, options);
export const post = (path, body, headers) => call('POST', path, { body, headers });
export const del = (path) => call('DELETE', path);

/* "?a=1&b=2" of what is set, or "". */
export function query(params) {
	const set = Object.entries(params).filter(([, value]) => value !== undefined && value !== null && value !== '');
	return set.length ? `?${new URLSearchParams(set)}` : '';
}

/* A key for Idempotency-Key. crypto.randomUUID is missing on plain http. */
export function freshKey() {
	const bytes = crypto.getRandomValues(new Uint8Array(16));
	return Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join('');
}
