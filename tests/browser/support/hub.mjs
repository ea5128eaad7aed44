/* The hub around the browser: levers.py does what is asked. */
import { patience } from './numbers.mjs';

const LEVERS = process.env.HUB_LEVERS;

export async function hub(lever, args = {}) {
	const response = await fetch(`${LEVERS}/${lever}`, { method: 'POST', body: JSON.stringify(args) });
	const told = await response.json();
	if (!response.ok) throw new Error(`${lever}: ${told}`);
	return told;
}

/* Without levers only the page's address is known. */
export const site = LEVERS ? await hub('site') : { url: process.env.HUB_URL, password: process.env.HUB_PASSWORD };
export const county = site.counties?.[0];

export const sleep = (ms) => new Promise((resolve) => setTimeout(resolve, ms));

/* The first value of call() that is true. */
export async function until(what, call, timeoutMs = 15000, pauseMs = 100) {
	const end = Date.now() + timeoutMs * Math.min(4, patience());
	let last;
	for (;;) {
		try {
			const value = await call();
			if (value) return value;
		} catch (error) {
			last = error;
		}
		if (Date.now() > end) throw new Error(`waited ${timeoutMs / 1000} s for ${what}${last ? `: ${last.message}` : ''}`);
		await sleep(pauseMs);
	}
}

let number = 0;
/* An id that no other script has. */
export const fresh = (name) => `${name}-${process.pid}-${++number}`;
