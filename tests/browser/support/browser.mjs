/* Chromium, pages of signed-in people, and what no page may do: log an error, break the content security policy, ask another
 * host for anything. */
import assert from 'node:assert/strict';
import { chromium } from 'playwright-core';
import { site } from './hub.mjs';
import { patience } from './numbers.mjs';

const CHROMIUM = process.env.CHROMIUM || '/usr/bin/chromium';
const DESK = { width: 1280, height: 800 };
export const WALL = { width: 1920, height: 1080 };

let browser = null;

export async function launch(args = []) {
	browser ||= await chromium.launch({ executablePath: CHROMIUM, args: ['--no-sandbox', '--disable-dev-shm-usage', '--disable-gpu', '--disable-extensions', ...args] });
	return browser;
}

export async function close() {
	await browser?.close();
	browser = null;
}

const words = new Map();

/* The page's words: say('zh')('view.live'). */
export async function say(language) {
	if (!words.has(language)) words.set(language, await (await fetch(`${site.url}/assets/i18n/${language}.json`)).json());
	return (key, values = {}) => {
		const text = words.get(language)[key];
		assert.ok(text !== undefined, `${language}.json has no ${key}`);
		return text.replace(/\{(\w+)\}/g, (all, name) => values[name] ?? all);
	};
}

const sessions = new Map();

/* Signs in once a script: a good hash takes its time. */
export async function signedIn(context, user) {
	if (!sessions.has(user)) {
		const answer = await context.request.post(`${site.url}/api/v1/session`, { data: { user, password: site.password } });
		assert.equal(answer.status(), 204, await answer.text());
		sessions.set(user, (await context.cookies()).filter(({ name }) => name === 'hub_session'));
	}
	await context.addCookies(sessions.get(user));
}

/* {page, context, problems}: a page of user at path. problems grows by what no page may do; `calm` fails when there is any. */
export async function open(user, path, { language = 'en', viewport = DESK, ...options } = {}) {
	const context = await (await launch()).newContext({ viewport, locale: language === 'zh' ? 'zh-CN' : 'en-GB', timezoneId: 'UTC', ...options });
	context.setDefaultTimeout(20000 * Math.min(4, patience()));
	if (user) await signedIn(context, user);
	const page = await context.newPage();
	const problems = watch(page);
	await page.goto(site.url + path);
	return { page, context, problems };
}

export function watch(page) {
	const problems = [];
	page.on('pageerror', (error) => problems.push(`thrown: ${error.message}`));
	page.on('console', (message) => {
		if (message.type() === 'error') problems.push(`console: ${message.text()} ${message.location().url}`);
	});
	page.on('request', (request) => {
		const url = request.url();
		if (!url.startsWith(site.url) && !url.startsWith('data:') && !url.startsWith('blob:')) problems.push(`foreign: ${url}`);
	});
	return problems;
}

/* away: the server was, so the browser reports what it did not get. */
export function calm(problems, { away = false } = {}) {
	const bad = away ? problems.filter((each) => !/Failed to load resource|ERR_|net::/.test(each)) : problems;
	assert.deepEqual(bad, []);
}
