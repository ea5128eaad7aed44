/* Whoever looks, with whatever senses and hands: axe on every view in both languages and on the wall, targets, greyscale, no
 * word missing. */
import assert from 'node:assert/strict';
import { createRequire } from 'node:module';
import { readFile } from 'node:fs/promises';
import { after, before, test } from 'node:test';
import { WALL, calm, close, open, say } from './support/browser.mjs';
import { openRow, row } from './support/desk.mjs';
import { county, fresh, hub, until } from './support/hub.mjs';

const AXE = await readFile(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');
const TAGS = ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa'];
const TARGET = 24;
let id;

before(async () => {
	const session = fresh('access');
	await hub('opened', { org: county.lead, session, capacity: 3, specialty: '04.03' });
	const condition = 'CHEST_PAIN';
	id = fresh('access');
	await hub('requested', { source: county.centres[0], id, urgency: 'URGENT', specialty: '04.03' });
	await hub('requested', { source: county.centres[0], id: fresh('access'), urgency: 'EMERGENCY', condition });
	for (let i = 0; i < 4; i++) await hub('requested', { source: county.centres[i % 3], id: fresh('access'), specialty: '04.03' });
	await hub('requested', { source: county.centres[1], id: fresh('access'), specialty: '09.09' });
	await hub('nonsense');
});
after(close);

const VIEWS = [
	['login', null, '/live', 'input[type=password]', {}],
	['live', 'control', '/live', '.tile-number', {}],
	['live on the wall', 'wall', '/live?wall=1', '.tile-number', { viewport: WALL }],
	['referrals', 'control', '/referrals', 'table.referrals tbody tr', {}],
	['a referral', 'lead', null, 'section.actions', {}],
	['health', 'control', '/health', '.verdict, .health .panel', {}],
];

async function show([, user, path, ready, options], language) {
	const opened = await open(user, path ?? `/referrals?worklist=all&q=${id}`, { language, ...options });
	if (!path) {
		await row(opened.page, id).waitFor();
		await openRow(opened.page, id);
		await opened.page.getByText('REF-').first().waitFor();
	}
	await opened.page.locator(ready).first().waitFor();
	return opened;
}

async function axe(page) {
	await page.evaluate(AXE);
	const { violations } = await page.evaluate((tags) => globalThis.axe.run(document, { runOnly: tags, rules: { 'target-size': { enabled: true } } }), TAGS);
	return violations.map((each) => `${each.id}: ${each.help}: ${each.nodes.slice(0, 3).map((node) => node.html.slice(0, 160)).join(' | ')}`);
}

/* Everything that is pressed, but links in running text, is 24 px or more. */
const small = (page) =>
	page.evaluate((least) => {
		const found = [];
		for (const element of document.querySelectorAll('a[href], button, select, input, summary, textarea')) {
			const box = (element.type === 'checkbox' ? element.closest('label') : element).getBoundingClientRect();
			if (!box.width || element.closest('.hidden') || getComputedStyle(element).visibility !== 'visible') continue;
			if (box.width < least || box.height < least) found.push(`${element.outerHTML.slice(0, 100)} ${box.width.toFixed(0)}x${box.height.toFixed(0)}`);
		}
		return found;
	}, TARGET);

for (const view of VIEWS) {
	for (const language of ['zh', 'en']) {
		test(`${view[0]}, ${language}: axe, targets, words`, async () => {
			const { page, context, problems } = await show(view, language);
			assert.equal((await page.locator('html').getAttribute('lang')).slice(0, 2), language);
			assert.deepEqual(await axe(page), []);
			assert.deepEqual(await small(page), []);
			const text = await page.locator('body').innerText();
			const missing = text.match(/\b[a-z_]+\.[a-z_]+(\.[a-z_]+)*\b/g)?.filter((word) => !/^referral\.|^audit\.|^referral-router\./.test(word)) || [];
			assert.deepEqual(missing, [], 'keys instead of words');
			assert.ok(!text.includes('{'), 'a value was not filled in');
			calm(problems, { away: view[1] === null });
			await context.close();
		});
	}
}

test('states are told apart without colour', async () => {
	const { page, context } = await show(VIEWS[3], 'en');
	const session = await context.newCDPSession(page);
	await session.send('Emulation.setEmulatedVisionDeficiency', { type: 'achromatopsia' });
	const seen = new Map();
	for (const mark of await page.locator('table.referrals tbody td .mark').all()) {
		const word = (await mark.innerText()).trim();
		if (seen.has(word)) continue;
		const shape = mark.locator('svg').first();
		seen.set(word, { path: await shape.evaluate((svg) => svg.innerHTML), picture: await shape.screenshot() });
	}
	assert.ok(seen.size >= 3, [...seen.keys()].join());
	for (const [word, { path, picture }] of seen) {
		assert.ok(word, 'a state without a word');
		assert.ok(await visible(page, picture), `${word} is not to be seen in grey`);
		const twins = [...seen].filter(([other, its]) => other !== word && its.path === path && word.toLowerCase() === other.toLowerCase());
		assert.deepEqual(twins, []);
	}
	await context.close();
});

/* Darkest and lightest luminance of a picture differ by 3:1 (WCAG 1.4.11). */
const visible = (page, picture) =>
	page.evaluate(async (base64) => {
		const bitmap = await createImageBitmap(new Blob([Uint8Array.from(atob(base64), (letter) => letter.charCodeAt(0))]));
		const context = new OffscreenCanvas(bitmap.width, bitmap.height).getContext('2d');
		context.drawImage(bitmap, 0, 0);
		const { data } = context.getImageData(0, 0, bitmap.width, bitmap.height);
		const linear = (c) => (c / 255 <= 0.04045 ? c / 255 / 12.92 : ((c / 255 + 0.055) / 1.055) ** 2.4);
		let [dark, light] = [1, 0];
		for (let i = 0; i < data.length; i += 4) {
			const luminance = 0.2126 * linear(data[i]) + 0.7152 * linear(data[i + 1]) + 0.0722 * linear(data[i + 2]);
			[dark, light] = [Math.min(dark, luminance), Math.max(light, luminance)];
		}
		return (light + 0.05) / (dark + 0.05) >= 3;
	}, picture.toString('base64'));

test('both languages have the same words', async () => {
	const names = async (language) => {
		await say(language);
		return Object.keys(await (await fetch(`${process.env.HUB_URL}/assets/i18n/${language}.json`)).json()).sort();
	};
	assert.deepEqual(await names('zh'), await names('en'));
});

test('all by keyboard: sign in, find a referral, reject it with a reason', async () => {
	const own = fresh('keys');
	await hub('opened', { org: county.lead, session: fresh('keys'), capacity: 5, specialty: '03.04' });
	await hub('requested', { source: county.centres[0], id: own, urgency: 'URGENT' });
	const words = await say('en');
	const { page, context } = await open(null, '/referrals');
	const key = (name) => page.keyboard.press(name);
	const focus = (selector) => page.evaluate((css) => Boolean(document.activeElement?.closest(css)), selector);
	const tabTo = async (selector, most = 80) => {
		for (let i = 0; i < most; i++) {
			if (await focus(selector)) return;
			await key('Tab');
		}
		assert.fail(`${selector} was not reached by Tab`);
	};
	await page.locator('#user').waitFor();
	await tabTo('#user');
	await page.keyboard.type('lead');
	await key('Tab');
	await page.keyboard.type(process.env.HUB_PASSWORD);
	await key('Enter');
	await row(page, own).waitFor();
	await tabTo(`tr[data-id="${own}"] a`);
	assert.ok(await page.evaluate(() => getComputedStyle(document.activeElement).outlineStyle !== 'none'), 'the focus is not to be seen');
	await key('Enter');
	await page.locator('section.actions button').first().waitFor();
	const reject = words('event.ReferralRejected');
	for (let i = 0; i < 80; i++) {
		if (await page.evaluate((text) => document.activeElement?.innerText === text, reject)) break;
		await key('Tab');
	}
	await key('Enter');
	await until('the form', () => focus('.event-form'));
	await tabTo('#field-reason_code');
	await page.keyboard.type(words('choice.NO_CAPACITY').slice(0, 4));
	await tabTo('.event-form button:not([type=button])');
	await key('Enter');
	await page.locator('section.sent .answer.good').waitFor();
	await key('Escape');
	await until('the row again', () => focus(`tr[data-id="${own}"]`).then((there) => there || focus('body')));
	await context.close();
});
