/* Who looks. */
import { del, get, post, useCsrfToken } from './api.js';
import { heardTime } from './clock.js';

let current = null;
let build = null;

/* null: nobody is signed in. */
export const me = () => current;
/* Of the server when this page was loaded. */
export const pageBuild = () => build;
export const forget = () => void (current = null);

export async function loadMe() {
	const { body } = await get('/me');
	useCsrfToken(body.csrf_token || '');
	heardTime(body.server_time);
	current = body;
	build ??= body.build;
	return body;
}

export const signIn = (user, password) => post('/session', { user, password });

export async function signOut() {
	await del('/session');
	current = null;
}

/* Where somebody begins: a desk at its work, others with the picture. */
export const homePath = () => (current?.role === 'HOSPITAL' ? '/referrals' : '/live');
